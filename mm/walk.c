/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk through a guest's page tables (mm/walk.h), for who does not need it inline. */
#include "mm/walk.h"

bool table_ok(const struct shadow *s, gpa_t top)
{
	u32 bytes = s->gf->levels == 3 ? 32u : PAGE_SIZE;

	return !(top & (s->gf->top_align - 1)) && guest_ram_ok(s->mem, top, bytes);
}

enum walk_end walk_bad(struct walk *w, const char *why)
{
	w->why = why;
	return WALK_BAD;
}

enum walk_end walk_to_leaf(struct shadow *s, gpa_t top, gva_t va, bool touch, struct walk *w)
{
	return FORMAT_CALL(s->gf, walk_down, s, top, va, touch, w);
}

enum walk_end walk(struct shadow *s, gpa_t top, gva_t va, bool touch, struct walk *w)
{
	return FORMAT_CALL(s->gf, walk_full, s, top, va, touch, w);
}

void walk_mark(struct shadow *s, struct walk *w, u32 bits)
{
	if ((w->pte & bits) == bits)
		return;
	w->pte |= bits;
	write_low(s, w->at, w->pte);
}
