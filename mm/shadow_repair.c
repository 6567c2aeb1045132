/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shadow tables are a cache that is repaired, not thrown away: present entries are compared with
 * what the guest's tables say now, and only those that differ are dropped or changed. That is done
 * at once to what is in use, and to the rest when it is next used.
 */
#include "mm/walk.h"

/* Where in its leaf table the guest's entry for the first page of our slot lies, in bytes: with a
 * 2-level guest on PAE shadows one guest table feeds two of ours. */
static u32 guest_offset(const struct pt_format *gf, const struct shadow *s, u32 slot)
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

/* Most entries of most tables are absent: they are passed over four at a time. P and A lie in the
 * low word. */
#define STRIDE 4u
_Static_assert(GROUP % STRIDE == 0 && PTE_A < 1u << 12 && PTE_P < 1u << 12,
	       "flags of the low word");

SPECIALISED u32 stride_flags(const struct pt_format *f, const u32 *low)
{
	const u32 words = f->entry_bytes / 4u;

	return low[0] | low[words] | low[2 * words] | low[3 * words];
}

/* One leaf table and the part of the guest's that it stands for. Neighbours mostly have the same
 * flags, and those in the low word of a RAM entry alone decide ours there: the last answer is
 * kept. */
struct pair {
	u32 *ours;
	const u32 *guest;
	u32 rights;
	u32 guest_flags, our_flags; /* our_flags 0: its next use must trap */
	/* Of the guest, at hand: */
	const pfn_t *frames;
	u32 pages;
};

SPECIALISED struct pair pair_of(const struct shadow *s, void *table, const void *guest, u32 rights)
{
	return (struct pair){.ours = table,
			     .guest = guest,
			     .rights = rights,
			     .frames = s->mem->frames,
			     .pages = s->mem->ram_pages};
}

/* What our entry ought to be, where it is RAM; its flags are p->our_flags. False: that takes more.
 */
SPECIALISED bool judge(const struct pt_format *gf, const struct shadow *s, struct pair *p,
		       const u32 *guest, u32 *low, u32 *high)
{
	const u32 gw = gf->entry_bytes / 4u, nx = (u32)(s->nx >> 32);
	u32 pte = read_once(&guest[0]), frame;

	*high = gw == 2 ? read_once(&guest[1]) : 0;
	if ((pte & ~PAGE_MASK) != p->guest_flags) {
		p->guest_flags = pte & ~PAGE_MASK;
		p->our_flags = spte_flags(pte, p->rights);
	}
	if (pte >> PAGE_SHIFT >= p->pages || *high & ~nx)
		return false;
	frame = p->frames[pte >> PAGE_SHIFT].n;
	*low = frame << PAGE_SHIFT | p->our_flags;
	if (gw == 2)
		*high |= p->rights & nx;
	*high |= frame >> (32 - PAGE_SHIFT);
	return true;
}

/* Whatever either of the two is. */
static NOINLINE void compare_slow(struct shadow *s, const struct pair *p, u32 i)
{
	u64 pte = pt_get(s->gf, p->guest, i), want = spte_for(s, pte, p->rights);
	u64 have = pt_get(s->sf, p->ours, i);

	if (want == (have & ~(u64)SPTE_USED))
		return;
	s->stats.drops += have & PTE_P;
	leaf_set(s, p->ours, i, want, pte);
}

/* Bring one of our entries in line. */
SPECIALISED void compare(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 struct pair *p, u32 *have, const u32 *guest)
{
	u32 low, high;

	if (have[0] & SPTE_DEVICE || !judge(gf, s, p, guest, &low, &high)) {
		compare_slow(s, p, (u32)(have - p->ours) / (sf->entry_bytes / 4u));
		return;
	}
	if (p->our_flags && (have[0] & ~SPTE_USED) == low && (sf->levels == 2 || have[1] == high))
		return;
	s->stats.drops += have[0] & PTE_P;
	leaf_put(sf, have, p->our_flags ? low : 0, p->our_flags ? high : 0);
}

/* Used since the last flush is used recently from now on; used recently, but not since, is used no
 * more. */
SPECIALISED u32 grow_older(u32 low)
{
	return (low & ~SPTE_USED) | (low & PTE_A) * (SPTE_RECENT / PTE_A);
}

/* Compare what was used, and what lies beside it: that is likely to be used next. Hide the others.
 * Entries are looked at four at a time, since most are absent. False: there are only others. */
SPECIALISED bool refresh_group(const struct pt_format *gf, const struct pt_format *sf,
			       struct shadow *s, struct pair *p, u32 first)
{
	const u32 sw = sf->entry_bytes / 4u, gw = gf->entry_bytes / 4u;
	const u32 *guest = p->guest + first * gw;
	u32 *have = p->ours + first * sw, *end = have + GROUP * sw, used = 0;

	for (; have < end; have += STRIDE * sw, guest += STRIDE * gw) {
		u32 any = stride_flags(sf, have);

		if (!(any & PTE_P))
			continue;
		used |= any & SPTE_USED;
		for (u32 k = 0; k < STRIDE; k++) {
			u32 low = have[k * sw];

			if (!(low & PTE_P))
				continue;
			if (!((low | (any & PTE_A)) & SPTE_USED)) {
				have[k * sw] = low & ~PTE_P;
				continue;
			}
			have[k * sw] = grow_older(low);
			compare(gf, sf, s, p, have + k * sw, guest + k * gw);
		}
	}
	return used;
}

SPECIALISED void refresh_leaf(const struct pt_format *gf, const struct pt_format *sf,
			      struct shadow *s, struct leaf *l, struct pair *p)
{
	for (u32 w = 0; w < GROUP_WORDS; w++)
		for (u32 left = l->shown[w]; left; left &= left - 1) {
			u32 g = (u32)__builtin_ctz(left);

			if (!refresh_group(gf, sf, s, p, (w * 32 + g) * GROUP))
				l->shown[w] &= ~BIT(g);
		}
	if (!(l->shown[0] | l->shown[1]))
		leaf_hide(l);
}

static const void *guest_part(const struct shadow *s, u32 slot, const struct walk *w)
{
	return (const u8 *)frame_map(s->mem->frames[w->table >> PAGE_SHIFT]) +
	       guest_offset(s->gf, s, slot);
}

/* The guest's part of a leaf table, wherever it lies. NULL: the leaf table is gone. A directory
 * entry without Accessed must get it at the next use (SDM vol. 3, 4.8): so nothing behind it may be
 * used without a fault. */
static NOINLINE const void *find_guest_part(struct shadow *s, struct leaf *l, gpa_t top,
					    u32 *rights)
{
	struct walk w;

	if (walk_to_leaf(s, top, slot_va(s, l->slot), false, &w) != WALK_OK || !w.marked) {
		leaf_drop(s, l);
		return NULL;
	}
	*rights = w.rights;
	return guest_part(s, l->slot, &w);
}

/* `most` leaf tables of a list. */
SPECIALISED void refresh(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 struct leaf *l, u32 most, gpa_t top)
{
	u32 *table = quick_top(s, top), rights;
	struct pair p = pair_of(s, NULL, NULL, 0);
	struct leaf *next;
	const void *guest;

	for (; l && most--; l = next) {
		next = l->next;
		guest = quick_walk(gf, s, table, slot_va(s, l->slot), &rights);
		if (!guest)
			guest = find_guest_part(s, l, top, &rights);
		if (!guest)
			continue;
		p.ours = leaf_table(l);
		p.guest = guest;
		if (p.rights != rights) {
			p.rights = rights;
			p.our_flags = spte_flags(p.guest_flags, rights);
		}
		refresh_leaf(gf, sf, s, l, &p);
		frame_unmap(guest);
	}
}

static NOINLINE void refresh_leaves(struct shadow *s, struct leaf *l, u32 most, gpa_t top)
{
	PAIR_CALL(s, refresh, l, most, top);
}

void refresh_root(struct shadow *s, struct root *r, gpa_t top)
{
	refresh_leaves(s, r->shown, ~0u, top);
}

SPECIALISED bool group_absent(const struct pt_format *f, const u32 *low)
{
	const u32 stride = STRIDE * (f->entry_bytes / 4u);

	_Static_assert(GROUP == 4 * STRIDE, "a group is four strides");
	return !((stride_flags(f, low) | stride_flags(f, low + stride) |
		  stride_flags(f, low + 2 * stride) | stride_flags(f, low + 3 * stride)) &
		 PTE_P);
}

SPECIALISED void fill_group(const struct pt_format *gf, const struct pt_format *sf,
			    struct shadow *s, struct pair *p, u32 first)
{
	const u32 gw = gf->entry_bytes / 4u;
	bool any = false;
	u32 low, high;

	for (u32 i = first; i < first + GROUP; i++) {
		if (!judge(gf, s, p, p->guest + i * gw, &low, &high) || !p->our_flags)
			continue;
		leaf_put(sf, p->ours + i * (sf->entry_bytes / 4u), low, high);
		s->stats.prefills++;
		any = true;
	}
	if (any)
		leaf_show(leaf_of(p->ours), first / GROUP);
}

/* Fill an empty leaf table with all the RAM that the guest has touched before. */
SPECIALISED void fill(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
		      struct pair p)
{
	for (u32 i = 0; i < 1u << sf->bits[0]; i += GROUP)
		if (!group_absent(gf, p.guest + i * (gf->entry_bytes / 4u)))
			fill_group(gf, sf, s, &p, i);
}

static void fill_leaf(struct shadow *s, u32 slot, void *table, const struct walk *w)
{
	const void *guest = guest_part(s, slot, w);

	PAIR_CALL(s, fill, pair_of(s, table, guest, w->rights));
	frame_unmap(guest);
}

/* What is there of a group, hidden or not. */
SPECIALISED void compare_group(const struct pt_format *gf, const struct pt_format *sf,
			       struct shadow *s, struct pair p, u32 first)
{
	const u32 sw = sf->entry_bytes / 4u, gw = gf->entry_bytes / 4u;

	for (u32 i = first; i < first + GROUP; i++)
		if (p.ours[i * sw])
			compare(gf, sf, s, &p, p.ours + i * sw, p.guest + i * gw);
}

void group_show(struct shadow *s, u32 *table, const u32 *guest, u32 rights, u32 index)
{
	u32 group = index / GROUP;

	leaf_show(leaf_of(table), group);
	PAIR_CALL(s, compare_group, pair_of(s, table, guest, rights), group * GROUP);
	s->stats.shows++;
}

void *leaf_prepare(struct shadow *s, gva_t va, const struct walk *w)
{
	u32 slot = slot_of(s, va);
	const void *guest;
	bool fresh;
	void *table = leaf_make(s, s->current, slot, &fresh);

	if (fresh) {
		fill_leaf(s, slot, table, w);
		return table;
	}
	guest = guest_part(s, slot, w);
	group_show(s, table, guest, w->rights, pt_index(s->sf, 0, va));
	frame_unmap(guest);
	return table;
}

/* ---- Whole tables ------------------------------------------------------------------------ */

/* Also of a hidden table, which must go when its way is gone. */
void repair_slot(struct shadow *s, struct root *r, gpa_t top, u32 slot)
{
	void *table = leaf_find(s, r, slot);

	if (table && slot < slot_of(s, SWITCHER_BASE))
		refresh_leaves(s, leaf_of(table), 1, top);
}

void repair_range(struct shadow *s, struct root *r, gpa_t top, u32 first, u32 count)
{
	for (u32 slot = first; slot < first + count; slot++)
		if (slot_is_kernel(s, slot) == (r == &s->kernel))
			repair_slot(s, r, top, slot);
}
