/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The areas of a space, in no order, none empty, none over another. */
#include "guest-stubs/penguin/penguin.h"

struct area *area_find(struct space *s, u32 at)
{
	struct area *a;

	for (a = s->area; a < s->area + s->count; a++)
		if (at >= a->start && at < a->end)
			return a;
	return NULL;
}

bool area_cut(struct space *s, u32 at)
{
	struct area *a = area_find(s, at);

	if (!a || a->start == at)
		return true;
	if (s->count == AREAS)
		return false;
	s->area[s->count] = *a;
	s->area[s->count++].start = at;
	a->end = at;
	return true;
}

void area_join(struct space *s)
{
	u32 i, k;

	for (i = 0; i < s->count; i++)
		for (k = 0; k < s->count; k++) {
			struct area *a = &s->area[i], *b = &s->area[k];

			if (a->end != b->start || a->prot != b->prot || a->shared || b->shared)
				continue;
			a->end = b->end;
			*b = s->area[--s->count];
			i = k = 0;
		}
}

bool area_overlaps(struct space *s, u32 start, u32 end)
{
	u32 i;

	for (i = 0; i < s->count; i++)
		if (start < s->area[i].end && end > s->area[i].start)
			return true;
	return false;
}

u32 space_find(struct space *s, u32 bytes)
{
	u32 at;

	for (at = MMAP_BASE; at <= MMAP_TOP - bytes; at += PAGE_SIZE)
		if (!area_overlaps(s, at, at + bytes))
			return at;
	return 0;
}

bool space_allows(struct space *s, u32 at, u32 bytes, bool write)
{
	struct area *a;
	u32 end = at + bytes;

	if (end < at)
		return false;
	for (; at < end; at = a->end) {
		a = area_find(s, at);
		if (!a || !a->prot || (write && !(a->prot & PROT_WRITE)))
			return false;
	}
	return true;
}
