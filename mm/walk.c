/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk through a guest's page tables, by its format's description. Every entry is read once
 * and judged as read; tables outside RAM and reserved bits are the guest's death. */
#include "mm/shadow.h"

static const char bad_directory[] = "bad page directory entry";
static const char bad_entry[] = "bad page table entry";

bool table_ok(const struct shadow *s, gpa_t top)
{
	u32 bytes = s->gf->levels == 3 ? 32u : PAGE_SIZE;

	return !(top & (s->gf->top_align - 1)) && guest_ram_ok(s->mem, top, bytes);
}

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
static void write_low(struct shadow *s, gpa_t at, u64 entry)
{
	BUG_ON(!guest_set32(s->mem, at, (u32)entry));
}

static enum walk_end bad(struct walk *w, const char *why)
{
	w->why = why;
	return WALK_BAD;
}

SPECIALISED enum walk_end down(const struct pt_format *f, struct shadow *s, gpa_t top, gva_t va,
			       bool touch, struct walk *w)
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
			return bad(w, bad_directory);
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

SPECIALISED enum walk_end full(const struct pt_format *f, struct shadow *s, gpa_t top, gva_t va,
			       bool touch, struct walk *w)
{
	enum walk_end end = down(f, s, top, va, touch, w);

	if (end != WALK_OK)
		return end;
	w->pte = read_entry(f, s, w->table, pt_index(f, 0, va), &w->at);
	if (!(w->pte & PTE_P))
		return WALK_ABSENT;
	if (w->pte & entry_illegal(f, s, 0))
		return bad(w, bad_entry);
	return WALK_OK;
}

enum walk_end walk_to_leaf(struct shadow *s, gpa_t top, gva_t va, bool touch, struct walk *w)
{
	return FORMAT_CALL(s->gf, down, s, top, va, touch, w);
}

enum walk_end walk(struct shadow *s, gpa_t top, gva_t va, bool touch, struct walk *w)
{
	return FORMAT_CALL(s->gf, full, s, top, va, touch, w);
}

void walk_mark(struct shadow *s, struct walk *w, u32 bits)
{
	if ((w->pte & bits) == bits)
		return;
	w->pte |= bits;
	write_low(s, w->at, w->pte);
}
