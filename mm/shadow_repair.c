/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shadow tables are a cache that is repaired, not thrown away: present entries are compared with
 * what the guest's tables say now, and only those that differ are dropped or changed. That is done
 * at once to what is in use, and to the rest when it is next used.
 */
#include "mm/walk.h"

/* Where in its leaf table the guest's entry for the first page of our slot lies, in bytes: with a
 * 2-level guest on PAE shadows one guest table feeds two of ours. */
SPECIALISED u32 guest_offset(const struct pt_format *gf, const struct shadow *s, u32 slot)
{
	return pt_index(gf, 0, slot_va(s, slot)) * gf->entry_bytes;
}

u64 spte_general(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights)
{
	u64 gfn = (pte & f->frame_mask) >> PAGE_SHIFT;

	if ((pte & (PTE_P | PTE_A)) != (PTE_P | PTE_A) || pte & entry_illegal(f, s, 0))
		return 0;
	if (gfn >= s->mem->ram_pages)
		return spte_for_device(s, gfn, pte, rights);
	return spte_of(s->mem->frames[gfn], entry_nx(f, s, pte, rights),
		       PTE_P | PTE_D | granted((u32)pte, rights));
}

/* One leaf table and the part of the guest's that it stands for. Neighbours mostly have the same
 * flags, and those in the low word of a RAM entry alone decide ours there: the last answer is
 * kept. */
struct pair {
	u32 *ours;
	const u32 *guest;
	u32 rights;
	u32 guest_flags, our_flags; /* our_flags 0: no answer yet */
	/* Of the guest, at hand: */
	const pfn_t *frames;
	u32 pages, nx;
};

SPECIALISED struct pair pair_of(const struct shadow *s, void *table, const void *guest, u32 rights)
{
	return (struct pair){.ours = table,
			     .guest = guest,
			     .rights = rights,
			     .frames = s->mem->frames,
			     .pages = s->mem->ram_pages,
			     .nx = (u32)(s->nx >> 32)};
}

/* Is our present entry, but for Accessed, what it ought to be, as far as that is seen quickly? */
SPECIALISED bool agrees(const struct pt_format *gf, const struct pt_format *sf,
			const struct pair *p, u32 i)
{
	const u32 gw = gf->entry_bytes / 4u, sw = sf->entry_bytes / 4u;
	u32 low = p->guest[i * gw], high = gw == 2 ? p->guest[i * gw + 1] : 0, frame;

	if ((low & ~PAGE_MASK) != p->guest_flags || low >> PAGE_SHIFT >= p->pages)
		return false;
	frame = p->frames[low >> PAGE_SHIFT].n;
	if ((frame << PAGE_SHIFT | p->our_flags) != (p->ours[i * sw] & ~PTE_A) || high & ~p->nx)
		return false;
	if (gw == 2)
		high |= p->rights & p->nx;
	return sw == 1 || (frame >> (32 - PAGE_SHIFT) | high) == p->ours[i * sw + 1];
}

/* Bring one of our entries in line. */
SPECIALISED void compare(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 struct pair *p, u32 i)
{
	u64 pte, want;

	if (agrees(gf, sf, p, i))
		return;
	pte = pt_get(gf, p->guest, i);
	want = spte_make(gf, s, pte, p->rights);
	if (want != (pt_get(sf, p->ours, i) & ~(u64)PTE_A)) {
		leaf_set(s, p->ours, i, want, pte);
		s->stats.drops++;
	}
	if (!(want & SPTE_DEVICE)) {
		p->guest_flags = (u32)pte & ~PAGE_MASK;
		p->our_flags = (u32)want & ~PAGE_MASK;
	}
}

/* What the CPU sees of a group, and with `bring` what was hidden. */
SPECIALISED void compare_group(const struct pt_format *gf, const struct pt_format *sf,
			       struct shadow *s, struct pair *p, u32 first, bool bring)
{
	const u32 sw = sf->entry_bytes / 4u;

	for (u32 i = first; i < first + GROUP; i++) {
		u32 *have = &p->ours[i * sw];

		if (bring && *have)
			*have |= PTE_P;
		if (*have & PTE_P)
			compare(gf, sf, s, p, i);
	}
}

SPECIALISED void compare_groups(const struct pt_format *gf, const struct pt_format *sf,
				struct shadow *s, struct pair p, const u32 *groups, bool bring)
{
	for (u32 n = 0; n < GROUP_WORDS; n++)
		for (u32 left = groups[n]; left; left &= left - 1)
			compare_group(gf, sf, s, &p, (n * 32 + (u32)__builtin_ctz(left)) * GROUP,
				      bring);
}

/* Compare the entries that were used, hide the others. False: there are only others. */
SPECIALISED bool refresh_group(const struct pt_format *gf, const struct pt_format *sf,
			       struct shadow *s, struct pair *p, u32 first)
{
	const u32 sw = sf->entry_bytes / 4u;
	bool used = false;

	for (u32 i = first; i < first + GROUP; i++) {
		u32 *have = &p->ours[i * sw];

		if (!(*have & PTE_P))
			continue;
		if (!(*have & PTE_A)) {
			*have &= ~PTE_P;
			continue;
		}
		*have &= ~PTE_A;
		compare(gf, sf, s, p, i);
		used = true;
	}
	return used;
}

SPECIALISED void refresh_leaf(const struct pt_format *gf, const struct pt_format *sf,
			      struct shadow *s, struct leaf *l, struct pair p)
{
	for (u32 w = 0; w < GROUP_WORDS; w++)
		for (u32 left = l->shown[w]; left; left &= left - 1) {
			u32 g = (u32)__builtin_ctz(left);

			if (!refresh_group(gf, sf, s, &p, (w * 32 + g) * GROUP))
				l->shown[w] &= ~BIT(g);
		}
	if (!(l->shown[0] | l->shown[1]))
		leaf_hide(l);
}

SPECIALISED const void *guest_part(const struct pt_format *gf, const struct shadow *s, u32 slot,
				   const struct walk *w)
{
	return (const u8 *)frame_map(s->mem->frames[w->table >> PAGE_SHIFT]) +
	       guest_offset(gf, s, slot);
}

SPECIALISED void refresh(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 struct root *r, gpa_t top)
{
	struct leaf *l = r->shown, *next;
	const void *guest;
	struct walk w;

	for (; l; l = next) {
		next = l->next;
		/* A directory entry without Accessed must get it at the next use (SDM vol. 3, 4.8):
		 * so nothing behind it may be used without a fault. */
		if (walk_down(gf, s, top, slot_va(s, l->slot), false, &w) != WALK_OK || !w.marked) {
			leaf_drop(s, l);
			continue;
		}
		guest = guest_part(gf, s, l->slot, &w);
		refresh_leaf(gf, sf, s, l, pair_of(s, leaf_table(l), guest, w.rights));
		frame_unmap(guest);
	}
}

/* Most entries of most tables are absent: they are passed over four at a time. P lies in the low
 * word. */
#define STRIDE 4u

SPECIALISED bool stride_absent(const struct pt_format *f, const u32 *low)
{
	const u32 words = f->entry_bytes / 4u;

	return !((low[0] | low[words] | low[2 * words] | low[3 * words]) & PTE_P);
}

/* Fill an empty leaf table with all the RAM that the guest has touched before. */
SPECIALISED void fill(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
		      const struct pair *p)
{
	const u32 rights = p->rights, *guest = p->guest, gw = gf->entry_bytes / 4u;
	u32 filled = 0;

	for (u32 i = 0; i < 1u << sf->bits[0]; i++) {
		u64 entry;

		if (i % STRIDE == 0 && stride_absent(gf, guest + i * gw)) {
			i += STRIDE - 1;
			continue;
		}
		entry = spte_make(gf, s, pt_get(gf, guest, i), rights);
		if (entry && !(entry & SPTE_DEVICE)) {
			leaf_show(leaf_of(p->ours), i / GROUP);
			pt_set(sf, p->ours, i, entry);
			filled++;
		}
	}
	s->stats.prefills += filled;
}

void refresh_root(struct shadow *s, struct root *r, gpa_t top)
{
	PAIR_CALL(s, refresh, r, top);
}

static void fill_leaf(struct shadow *s, u32 slot, void *table, const struct walk *w)
{
	const void *guest = guest_part(s->gf, s, slot, w);
	struct pair p = pair_of(s, table, guest, w->rights);

	PAIR_CALL(s, fill, &p);
	frame_unmap(guest);
}

/* The groups of a set, a bit each. */
static void compare_some(struct shadow *s, u32 slot, void *table, const struct walk *w,
			 const u32 *groups, bool bring)
{
	const void *guest = guest_part(s->gf, s, slot, w);

	PAIR_CALL(s, compare_groups, pair_of(s, table, guest, w->rights), groups, bring);
	frame_unmap(guest);
}

SPECIALISED void show_group(const struct pt_format *gf, const struct pt_format *sf,
			    struct shadow *s, struct pair p, u32 first)
{
	compare_group(gf, sf, s, &p, first, true);
}

void group_show(struct shadow *s, u32 *table, const u32 *guest, u32 rights, u32 index)
{
	u32 group = index / GROUP;

	leaf_show(leaf_of(table), group);
	PAIR_CALL(s, show_group, pair_of(s, table, guest, rights), group * GROUP);
	s->stats.shows++;
}

void *leaf_prepare(struct shadow *s, gva_t va, const struct walk *w)
{
	u32 slot = slot_of(s, va), group = pt_index(s->sf, 0, va) / GROUP;
	u32 groups[GROUP_WORDS] = {0};
	bool fresh;
	void *table = leaf_make(s, s->current, slot, &fresh);

	if (fresh) {
		fill_leaf(s, slot, table, w);
		return table;
	}
	groups[group / 32] = BIT(group % 32);
	leaf_show(leaf_of(table), group);
	compare_some(s, slot, table, w, groups, true);
	s->stats.shows++;
	return table;
}

/* ---- Whole tables ------------------------------------------------------------------------ */

void repair_slot(struct shadow *s, struct root *r, gpa_t top, u32 slot)
{
	void *table = leaf_find(s, r, slot);
	struct walk w;

	if (!table || slot >= slot_of(s, SWITCHER_BASE))
		return;
	if (walk_to_leaf(s, top, slot_va(s, slot), false, &w) != WALK_OK || !w.marked)
		leaf_drop(s, leaf_of(table));
	else
		compare_some(s, slot, table, &w, leaf_of(table)->shown, false);
}

void repair_range(struct shadow *s, struct root *r, gpa_t top, u32 first, u32 count)
{
	for (u32 slot = first; slot < first + count; slot++)
		if (slot_is_kernel(s, slot) == (r == &s->kernel))
			repair_slot(s, r, top, slot);
}
