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

void leaf_set(struct shadow *s, void *leaf, u32 index, u64 entry, gfn_t gfn)
{
	if (pt_get(s->sf, leaf, index) & SPTE_DEVICE)
		rmap_remove(s, leaf, index);
	if (entry & SPTE_DEVICE)
		rmap_add(s, gfn, leaf, index);
	pt_set(s->sf, leaf, index, entry);
}

/* Compare the present entries of one leaf table with the guest's. */
static void compare_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w)
{
	const void *guest = frame_map(s->mem->frames[w->table >> PAGE_SHIFT]);
	u32 offset = guest_offset(s, slot), n = leaf_entries(s);

	for (u32 i = 0; i < n; i++) {
		u64 have = pt_get(s->sf, leaf, i), want;

		if (!have)
			continue;
		want = spte_for(s, pt_get(s->gf, guest, offset + i), w->rights);
		if (want != have) {
			leaf_set(s, leaf, i, want, gfn_of(s, pt_get(s->gf, guest, offset + i)));
			s->stats.drops++;
		}
	}
	frame_unmap(guest);
}

/* Fill an empty leaf table with all that the guest has touched before. */
static void fill_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w)
{
	const void *guest = frame_map(s->mem->frames[w->table >> PAGE_SHIFT]);
	u32 offset = guest_offset(s, slot), n = leaf_entries(s);

	for (u32 i = 0; i < n; i++) {
		u64 pte = pt_get(s->gf, guest, offset + i);

		pte = pte && gfn_of(s, pte) < s->mem->ram_pages ? spte_for(s, pte, w->rights) : 0;
		if (pte) {
			pt_set(s->sf, leaf, i, pte);
			s->stats.prefills++;
		}
	}
	frame_unmap(guest);
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
	for (u32 slot = first; slot < first + count && slot < slot_count(s); slot++)
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
	struct walk w = {0};
	bool fresh = false;
	void *leaf;
	u64 e = 0;

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
	leaf_set(s, leaf, index, e, gfn_of(s, w.pte));
	if (e)
		s->stats.prefills++;
}
