/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shadow tables are a cache that is repaired, not thrown away: present entries are compared with
 * what the guest's tables say now, and only those that differ are dropped or changed. That is done
 * at once to what is in use, and to the rest when it is next used.
 */
#include "mm/shadow.h"

/* Where in its leaf table the guest's entry for the first page of our slot lies, in bytes: with a
 * 2-level guest on PAE shadows one guest table feeds two of ours. */
static u32 guest_offset(const struct shadow *s, u32 slot)
{
	return pt_index(s->gf, 0, slot_va(s, slot)) * s->gf->entry_bytes;
}

u64 spte_general(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights)
{
	u64 gfn = (pte & f->frame_mask) >> PAGE_SHIFT;
	u32 may = (u32)pte & rights;

	if ((pte & (PTE_P | PTE_A)) != (PTE_P | PTE_A) || pte & entry_illegal(f, s, 0))
		return 0;
	if (gfn >= s->mem->ram_pages)
		return spte_for_device(s, gfn, pte, rights);
	return (u64)s->mem->frames[gfn].n << PAGE_SHIFT | entry_nx(f, s, pte, rights) | PTE_P |
	       PTE_D | (may & PTE_U) | (pte & PTE_D ? may & PTE_W : 0);
}

void leaf_set(struct shadow *s, void *leaf, u32 index, u64 entry, u64 pte)
{
	if (pt_get(s->sf, leaf, index) & SPTE_DEVICE)
		rmap_remove(s, leaf, index);
	if (entry & SPTE_DEVICE)
		rmap_add(s, gfn_of(s, pte), leaf, index);
	pt_set(s->sf, leaf, index, entry);
}

/* Most entries of most tables are absent: they are passed over four at a time. P lies in the low
 * word. */
#define STRIDE 4u

SPECIALISED bool stride_absent(const struct pt_format *f, const u32 *low)
{
	const u32 words = f->entry_bytes / 4u;

	return !((low[0] | low[words] | low[2 * words] | low[3 * words]) & PTE_P);
}

/* One leaf table and the part of the guest's that it stands for, entry by entry. Neighbours mostly
 * have the same flags, and those in the low word of a RAM entry alone decide ours there: the last
 * answer is kept. */
struct pair {
	u32 *ours;
	const u32 *guest;
	u32 rights, end;
	u32 guest_flags, our_flags; /* our_flags 0: no answer yet */
};

static void keep_flags(struct pair *p, u32 pte, u64 entry)
{
	if (!(entry & SPTE_DEVICE)) {
		p->guest_flags = pte & ~PAGE_MASK;
		p->our_flags = (u32)entry & ~PAGE_MASK;
	}
}

/* Go on from entry i while ours is absent or what it ought to be, as far as that is seen quickly;
 * most of the time of a flush is spent here. */
SPECIALISED u32 agreeing(const struct pt_format *gf, const struct pt_format *sf,
			 const struct shadow *s, const struct pair *p, u32 i)
{
	const u32 gw = gf->entry_bytes / 4u, sw = sf->entry_bytes / 4u, end = p->end;
	const u32 guest_flags = p->guest_flags, our_flags = p->our_flags;
	const u32 pages = s->mem->ram_pages, nx = (u32)(s->nx >> 32), table_nx = p->rights & nx;
	const pfn_t *frames = s->mem->frames;
	const u32 *pte = p->guest, *have = p->ours;

	for (; i < end; i++) {
		u32 low, high, frame;

		if (i % STRIDE == 0 && stride_absent(sf, have + i * sw)) {
			i += STRIDE - 1;
			continue;
		}
		if (!(have[i * sw] & PTE_P))
			continue;
		low = pte[i * gw];
		if ((low & ~PAGE_MASK) != guest_flags || low >> PAGE_SHIFT >= pages)
			break;
		frame = frames[low >> PAGE_SHIFT].n;
		if ((frame << PAGE_SHIFT | our_flags) != (have[i * sw] & ~PTE_A))
			break;
		high = gw == 2 ? pte[i * gw + 1] : 0;
		if (high & ~nx)
			break;
		if (sw == 2 && (frame >> (32 - PAGE_SHIFT) | high | table_nx) != have[i * sw + 1])
			break;
	}
	return i;
}

/* Compare the present entries from the first on with the guest's. */
SPECIALISED void compare(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 struct pair *p, u32 first)
{
	for (u32 i = first; (i = agreeing(gf, sf, s, p, i)) < p->end; i++) {
		u64 pte = pt_get(gf, p->guest, i), want = spte_make(gf, s, pte, p->rights);

		if (want != (pt_get(sf, p->ours, i) & ~(u64)PTE_A)) {
			leaf_set(s, p->ours, i, want, pte);
			s->stats.drops++;
		}
		keep_flags(p, (u32)pte, want);
	}
}

/* Fill an empty leaf table with all the RAM that the guest has touched before. */
SPECIALISED void fill(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
		      const struct pair *p)
{
	const u32 rights = p->rights, *guest = p->guest;
	void *leaf = p->ours;
	u32 filled = 0;

	for (u32 i = 0; i < 1u << sf->bits[0]; i++) {
		u64 entry;

		if (i % STRIDE == 0 && stride_absent(gf, guest + i * (gf->entry_bytes / 4u))) {
			i += STRIDE - 1;
			continue;
		}
		entry = spte_make(gf, s, pt_get(gf, guest, i), rights);
		if (entry && !(entry & SPTE_DEVICE)) {
			pt_set(sf, leaf, i, entry);
			filled++;
		}
	}
	s->stats.prefills += filled;
}

/* A guest's format is never larger than ours, so there are three pairs of them. */
#define PAIR_CALL(s, fn, ...)                                                        \
	((s)->sf->levels == 2	? fn(&format_2level, &format_2level, s, __VA_ARGS__) \
	 : (s)->gf->levels == 2 ? fn(&format_2level, &format_pae, s, __VA_ARGS__)    \
				: fn(&format_pae, &format_pae, s, __VA_ARGS__))

/* guest: the page of its leaf table, mapped. */
static struct pair pair_of(const struct shadow *s, void *leaf, const void *guest, u32 slot,
			   const struct walk *w)
{
	const void *part = (const u8 *)guest + guest_offset(s, slot);

	return (struct pair){
		.ours = leaf, .guest = part, .rights = w->rights, .end = leaf_entries(s)};
}

static void fill_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w)
{
	const void *guest = frame_map(s->mem->frames[w->table >> PAGE_SHIFT]);
	struct pair p = pair_of(s, leaf, guest, slot, w);

	PAIR_CALL(s, fill, &p);
	frame_unmap(guest);
}

static void compare_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w, u32 first,
			 u32 count)
{
	const void *guest = frame_map(s->mem->frames[w->table >> PAGE_SHIFT]);
	struct pair p = pair_of(s, leaf, guest, slot, w);

	p.end = first + count;
	PAIR_CALL(s, compare, &p, first);
	frame_unmap(guest);
}

/* ---- Groups of entries ------------------------------------------------------------------- */

#define GROUP 32u /* few enough faults, and not much compared in vain */
_Static_assert(GROUP % STRIDE == 0 && 512 % GROUP == 0, "strides fill groups, groups fill tables");

static u32 *low_word(const struct shadow *s, void *leaf, u32 index)
{
	return (u32 *)leaf + index * (s->sf->entry_bytes / 4u);
}

/* What any low word of a group has. */
static u32 group_flags(const struct shadow *s, void *leaf, u32 first)
{
	const u32 *low = low_word(s, leaf, first), words = s->sf->entry_bytes / 4u;
	u32 any = 0;

	for (u32 i = 0; i < GROUP; i += STRIDE, low += STRIDE * words)
		any |= low[0] | low[words] | low[2 * words] | low[3 * words];
	return any;
}

static void group_clear(const struct shadow *s, void *leaf, u32 first, u32 flags)
{
	u32 *low = low_word(s, leaf, first), words = s->sf->entry_bytes / 4u;

	for (u32 i = 0; i < GROUP; i++, low += words)
		*low &= ~flags;
}

static void group_show(struct shadow *s, u32 slot, void *leaf, u32 first, const struct walk *w)
{
	for (u32 i = first; i < first + GROUP; i++)
		if (*low_word(s, leaf, i))
			*low_word(s, leaf, i) |= PTE_P;
	compare_leaf(s, slot, leaf, w, first, GROUP);
}

/* Compare the groups that were used, hide the others. False: there are only others. */
static bool refresh_leaf(struct shadow *s, u32 slot, void *leaf, const struct walk *w)
{
	bool used = false;

	for (u32 first = 0; first < leaf_entries(s); first += GROUP) {
		u32 flags = group_flags(s, leaf, first);

		if (flags & PTE_A) {
			group_clear(s, leaf, first, PTE_A);
			compare_leaf(s, slot, leaf, w, first, GROUP);
			used = true;
		} else if (flags & PTE_P) {
			group_clear(s, leaf, first, PTE_P);
		}
	}
	return used;
}

/* A directory entry without Accessed must get it at the next use (SDM vol. 3, 4.8): so nothing
 * behind it may be used without a fault. */
static bool marked_leaf(struct shadow *s, gpa_t top, u32 slot, struct walk *w)
{
	return walk_to_leaf(s, top, slot_va(s, slot), false, w) == WALK_OK && w->marked;
}

void refresh_root(struct shadow *s, struct root *r, gpa_t top)
{
	u32 slot = 0, end = slot_of(s, SWITCHER_BASE);
	struct walk w;

	for (; (slot = next_slot(s, r->hooked, slot)) < end; slot++) {
		if (!marked_leaf(s, top, slot, &w))
			leaf_drop(s, r, slot);
		else if (!refresh_leaf(s, slot, leaf_find(s, r, slot), &w))
			leaf_unhook(s, r, slot);
	}
}

void *leaf_prepare(struct shadow *s, gva_t va, const struct walk *w)
{
	u32 slot = slot_of(s, va), index = pt_index(s->sf, 0, va);
	bool fresh;
	void *leaf = leaf_make(s, s->current, slot, &fresh);

	if (fresh) {
		fill_leaf(s, slot, leaf, w);
		return leaf;
	}
	if (!leaf_hooked(s, s->current, slot))
		leaf_hook(s, s->current, slot);
	if (*low_word(s, leaf, index))
		group_show(s, slot, leaf, index & ~(GROUP - 1), w);
	return leaf;
}

/* ---- Whole tables ------------------------------------------------------------------------ */

void repair_slot(struct shadow *s, struct root *r, gpa_t top, u32 slot)
{
	void *leaf = leaf_find(s, r, slot);
	struct walk w;

	if (!leaf || slot >= slot_of(s, SWITCHER_BASE))
		return;
	if (!marked_leaf(s, top, slot, &w))
		leaf_drop(s, r, slot);
	else if (leaf_hooked(s, r, slot))
		compare_leaf(s, slot, leaf, &w, 0, leaf_entries(s));
}

void repair_range(struct shadow *s, struct root *r, gpa_t top, u32 first, u32 count)
{
	for (u32 slot = first; (slot = next_slot(s, r->leaves, slot)) < first + count; slot++)
		repair_slot(s, r, top, slot);
}

/* One page of one root, or of the kernel half. A table is made for the current root only: for
 * another one the next use will do. */
void resync_page(struct shadow *s, struct root *r, gpa_t top, gva_t va)
{
	u32 slot = slot_of(s, va), index = pt_index(s->sf, 0, va);
	struct walk w;
	void *leaf;
	u64 e = 0;

	w.pte = 0; /* until the walk gets that far */
	if (walk(s, top, va, false, &w) == WALK_OK && w.marked)
		e = spte_for(s, w.pte, w.rights);
	leaf = leaf_hooked(s, r, slot);
	if (!leaf && e && (r == s->current || r == &s->kernel))
		leaf = leaf_prepare(s, va, &w);
	if (leaf) {
		leaf_set_used(s, leaf, index, e, w.pte);
		s->stats.prefills += e != 0;
	} else if ((leaf = leaf_find(s, r, slot)) != NULL) {
		leaf_set(s, leaf, index, 0, 0); /* unhooked: nothing in it may be seen */
	}
}
