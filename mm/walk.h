/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk through a guest's page tables, by its format's description. Every entry is read once
 * and judged as read; tables outside RAM and reserved bits are the guest's death. Here for the hot
 * paths, which have it compiled into them; the others call mm/walk.c. Private to this room. */
#ifndef MM_WALK_H
#define MM_WALK_H

#include "mm/words.h"

/* An entry of a table that lies in one page of RAM (table_ok, or a checked directory entry). */
SPECIALISED u64 read_entry(const struct pt_format *f, struct shadow *s, gpa_t table, u32 index,
			   gpa_t *at)
{
	const u8 *page;
	u64 e;

	*at = table + index * f->entry_bytes;
	page = frame_map(s->mem->frames[*at >> PAGE_SHIFT]);
	e = pt_get(f, page + (*at & ~PAGE_MASK), 0);
	frame_unmap(page);
	return e;
}

/* A and D lie in the low word; the entry was just read, so it is RAM. */
static inline void write_low(struct shadow *s, gpa_t at, u64 entry)
{
	BUG_ON(!guest_set32(s->mem, at, (u32)entry));
}

enum walk_end walk_bad(struct walk *w, const char *why) COLD;

SPECIALISED enum walk_end walk_down(const struct pt_format *f, struct shadow *s, gpa_t top,
				    gva_t va, bool touch, struct walk *w)
{
	gpa_t table = top, at;
	u64 e, next;

	w->rights = PTE_W | PTE_U;
	for (unsigned level = f->levels - 1u; level > 0; level--) {
		e = read_entry(f, s, table, pt_index(f, level, va), &at);
		if (!(e & PTE_P))
			return WALK_ABSENT;
		next = e & f->frame_mask;
		if (e & entry_illegal(f, s, level) || next >> PAGE_SHIFT >= s->mem->ram_pages)
			return walk_bad(w, "bad page directory entry");
		if (level == 1) {
			w->rights = rights_below(f, w->rights, e);
			w->marked = e & PTE_A;
			if (touch && !(e & PTE_A))
				write_low(s, at, e | PTE_A);
		}
		table = (gpa_t)next;
	}
	w->table = table;
	return WALK_OK;
}

SPECIALISED enum walk_end walk_full(const struct pt_format *f, struct shadow *s, gpa_t top,
				    gva_t va, bool touch, struct walk *w)
{
	enum walk_end end = walk_down(f, s, top, va, touch, w);

	if (end != WALK_OK)
		return end;
	w->pte = read_entry(f, s, w->table, pt_index(f, 0, va), &w->at);
	if (!(w->pte & PTE_P))
		return WALK_ABSENT;
	if (w->pte & entry_illegal(f, s, 0))
		return walk_bad(w, "bad page table entry");
	return WALK_OK;
}

/* ---- In words ------------------------------------------------------------------------------ */

/* What a hot path walks through and what is nearly always so: tables in low frames, nothing in a
 * high word but NX, directories with Accessed. NULL: the walk above must find out. */
SPECIALISED u32 *quick_table(const struct shadow *s, u32 low)
{
	gfn_t gfn = low >> PAGE_SHIFT;

	if (gfn >= s->mem->ram_pages || !frame_is_low(s->mem->frames[gfn]))
		return NULL;
	return frame_ptr(s->mem->frames[gfn]);
}

static inline u32 *quick_top(const struct shadow *s, gpa_t top)
{
	u32 *table = quick_table(s, top);

	return table ? table + (top & ~PAGE_MASK) / 4u : NULL;
}

/* The place of the leaf entry of va, from a top-level table (or none) on. */
SPECIALISED u32 *quick_walk(const struct pt_format *f, const struct shadow *s, u32 *table, gva_t va,
			    u32 *rights)
{
	const u32 words = f->entry_bytes / 4u, nx = (u32)(s->nx >> 32);
	u32 low, high, up = 0;

	if (!table)
		return NULL;
	for (unsigned level = f->levels - 1u; level > 0; level--) {
		table += pt_index(f, level, va) * words;
		low = read_once(&table[0]);
		if (words == 2)
			up = read_once(&table[1]);
		high = up & (level == 1 ? ~nx : ~0u);
		if ((low & ((u32)f->illegal[level] | PTE_P)) != PTE_P || high ||
		    (level == 1 && !(low & PTE_A)))
			return NULL;
		if (level == 1)
			*rights = (low & (PTE_W | PTE_U)) | (up & RIGHT_NX);
		table = quick_table(s, low);
		if (!table)
			return NULL;
	}
	return table + pt_index(f, 0, va) * words;
}

#endif
