/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shadow tables are a cache that is repaired, not thrown away: present entries are compared with
 * what the guest's tables say now, and only those that differ are dropped or changed.
 */
#include "mm/shadow.h"

/* Where in its leaf table the guest's entry for the first page of our slot lies: with a 2-level
 * guest on PAE shadows one guest table feeds two of ours. */
static u32 guest_offset(const struct shadow *s, u32 slot)
{
	return pt_index(s->gf, 0, slot_va(s, slot));
}

u64 spte_general(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights)
{
	u64 gfn = (pte & f->frame_mask) >> PAGE_SHIFT;
	u32 may = (u32)pte & rights;

	if ((pte & (PTE_P | PTE_A)) != (PTE_P | PTE_A) || pte & f->illegal[0])
		return 0;
	if (gfn >= s->mem->ram_pages)
		return spte_for_device(s, gfn, pte, rights);
	return (u64)s->mem->frames[gfn].n << PAGE_SHIFT | PTE_P | PTE_A | PTE_D | (may & PTE_U) |
	       (pte & PTE_D ? may & PTE_W : 0);
}

void leaf_set(struct shadow *s, void *leaf, u32 index, u64 entry, u64 pte)
{
	if (pt_get(s->sf, leaf, index) & SPTE_DEVICE)
		rmap_remove(s, leaf, index);
	if (entry & SPTE_DEVICE)
		rmap_add(s, gfn_of(s, pte), leaf, index);
	pt_set(s->sf, leaf, index, entry);
}

/* Most entries of most tables are empty: they are passed over four at a time. An entry that is not
 * empty has its P bit, in the low word. */
#define STRIDE 4u

SPECIALISED bool stride_empty(const struct pt_format *f, const void *table, u32 i)
{
	const u32 words = f->entry_bytes / 4u;
	const volatile u32 *low = (const volatile u32 *)table + i * words;

	return !(low[0] | low[words] | low[2 * words] | low[3 * words]);
}

/* Compare the present entries of one leaf table with the guest's. */
SPECIALISED void compare(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 u32 slot, void *leaf, const struct walk *w)
{
	const void *guest = frame_map(s->mem->frames[w->table >> PAGE_SHIFT]);
	u32 offset = guest_offset(s, slot);

	for (u32 i = 0; i < 1u << sf->bits[0]; i++) {
		u64 have, pte, want;

		if (i % STRIDE == 0 && stride_empty(sf, leaf, i)) {
			i += STRIDE - 1;
			continue;
		}
		have = pt_get(sf, leaf, i);
		if (!have)
			continue;
		pte = pt_get(gf, guest, offset + i);
		want = spte_make(gf, s, pte, w->rights);
		if (want != have) {
			leaf_set(s, leaf, i, want, pte);
			s->stats.drops++;
		}
	}
	frame_unmap(guest);
}

/* Fill an empty leaf table with all the RAM that the guest has touched before. */
SPECIALISED void fill(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
		      u32 slot, void *leaf, const struct walk *w)
{
	const void *guest = frame_map(s->mem->frames[w->table >> PAGE_SHIFT]);
	u32 offset = guest_offset(s, slot), filled = 0;

	for (u32 i = 0; i < 1u << sf->bits[0]; i++) {
		u64 entry;

		if (i % STRIDE == 0 && stride_empty(gf, guest, offset + i)) {
			i += STRIDE - 1;
			continue;
		}
		entry = spte_make(gf, s, pt_get(gf, guest, offset + i), w->rights);
		if (entry && !(entry & SPTE_DEVICE)) {
			pt_set(sf, leaf, i, entry);
			filled++;
		}
	}
	s->stats.prefills += filled;
	frame_unmap(guest);
}

/* A guest's format is never larger than ours, so there are three pairs of them. */
static void compare_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w)
{
	if (s->sf->levels == 2)
		compare(&format_2level, &format_2level, s, slot, leaf, w);
	else if (s->gf->levels == 2)
		compare(&format_2level, &format_pae, s, slot, leaf, w);
	else
		compare(&format_pae, &format_pae, s, slot, leaf, w);
}

static void fill_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w)
{
	if (s->sf->levels == 2)
		fill(&format_2level, &format_2level, s, slot, leaf, w);
	else if (s->gf->levels == 2)
		fill(&format_2level, &format_pae, s, slot, leaf, w);
	else
		fill(&format_pae, &format_pae, s, slot, leaf, w);
}

void prefill(struct shadow *s, struct root *r, u32 slot, void *leaf)
{
	struct walk w;

	if (walk_to_leaf(s, r->top, slot_va(s, slot), false, &w) == WALK_OK)
		fill_leaf(s, slot, leaf, &w);
}

void repair_slot(struct shadow *s, struct root *r, gpa_t top, u32 slot)
{
	void *leaf = leaf_find(s, r, slot);
	struct walk w;

	if (!leaf || slot >= slot_of(s, SWITCHER_BASE))
		return;
	if (walk_to_leaf(s, top, slot_va(s, slot), false, &w) == WALK_OK)
		compare_leaf(s, slot, leaf, &w);
	else
		leaf_drop(s, r, slot);
}

void repair_range(struct shadow *s, struct root *r, gpa_t top, u32 first, u32 count)
{
	for (u32 slot = first; (slot = next_leaf(s, r, slot)) < first + count; slot++)
		repair_slot(s, r, top, slot);
}

void repair_root(struct shadow *s, struct root *r, gpa_t top)
{
	for (u32 slot = 0; (slot = next_leaf(s, r, slot)) < slot_count(s); slot++)
		repair_slot(s, r, top, slot);
}

/* One page of one root, or of the kernel half. A table is made for the current root only: for
 * another one the next use will do. */
void resync_page(struct shadow *s, struct root *r, gpa_t top, gva_t va)
{
	u32 slot = slot_of(s, va), index = pt_index(s->sf, 0, va);
	struct walk w;
	bool fresh = false;
	void *leaf;
	u64 e = 0;

	w.pte = 0; /* until the walk gets that far */
	if (walk(s, top, va, false, &w) == WALK_OK)
		e = spte_for(s, w.pte, w.rights);
	leaf = leaf_find(s, r, slot);
	if (!leaf) {
		if (!e || (r != s->current && r != &s->kernel))
			return;
		leaf = leaf_make(s, s->current, slot, &fresh);
		if (fresh)
			prefill(s, s->current, slot, leaf);
	}
	leaf_set(s, leaf, index, e, w.pte);
	if (e)
		s->stats.prefills++;
}
