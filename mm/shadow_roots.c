/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roots by the guest's table that they are the shadow of: a hash, since there may be many. */
#include "mm/walk.h"

static struct root **hash_head(const struct shadow *s, gpa_t top)
{
	return (struct root **)(uintptr_t)&s->hash[(top >> PAGE_SHIFT ^ top >> 5) % ROOT_HASH];
}

struct root *root_find(const struct shadow *s, gpa_t top)
{
	struct root *r = *hash_head(s, top);

	while (r && r->top != top)
		r = r->next;
	return r;
}

void root_name(struct shadow *s, struct root *r, gpa_t top)
{
	struct root **head = hash_head(s, top);

	r->top = top;
	r->table = quick_top(s, top); /* a guest's frames stay where they are */
	r->hashed = true;
	r->next = *head;
	*head = r;
}

void root_forget(struct shadow *s, struct root *r)
{
	struct root **at = hash_head(s, r->top);

	if (!r->hashed)
		return;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	r->hashed = false;
}
