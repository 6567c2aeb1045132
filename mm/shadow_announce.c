/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Announced entries: a guest tells them one by one, or many in a row. Nothing runs between those of
 * a row, so what one has found holds for its neighbours. */
#include "mm/walk.h"

/* What the entries of one of our leaf tables are made of. */
struct place {
	gpa_t top;
	u32 slot;
	u32 *table; /* NULL: we have none, and need none */
	struct leaf *leaf;
	const u32 *guest; /* our part of the guest's table */
	u32 rights;
};

#define NO_SLOT ~0u
#define NO_TOP	1u /* tables are aligned */

/* One page, whatever it takes. A table is made for the current root only, or for the kernel half:
 * for another root its next use will do. */
static void resync_page(struct shadow *s, struct root *r, gpa_t top, gva_t va)
{
	u32 slot = slot_of(s, va), index = pt_index(s->sf, 0, va);
	void *table = leaf_find(s, r, slot);
	struct walk w;
	u64 e = 0;

	w.pte = 0; /* until the walk gets that far */
	if (walk(s, top, va, false, &w) == WALK_OK && w.marked)
		e = spte_for(s, w.pte, w.rights);
	if (!table && e && (r == s->current || r == &s->kernel))
		table = leaf_prepare(s, va, &w);
	if (!table)
		return;
	leaf_set_used(s, table, index, e, w.pte);
	s->stats.prefills += e != 0;
}

/* False: it is not found quickly. */
SPECIALISED bool find_place(const struct pt_format *gf, const struct pt_format *sf,
			    struct shadow *s, const struct root *r, gpa_t top, gva_t va,
			    struct place *p)
{
	u32 *pte;

	p->top = top;
	p->slot = va >> sf->shift[1];
	p->table = leaf_at(sf, r, va);
	if (!p->table && r != s->current && r != &s->kernel)
		return true;
	pte = quick_walk(gf, s, r == &s->kernel ? quick_top(s, top) : r->table, va, &p->rights);
	if (!p->table || !pte)
		return false;
	p->leaf = leaf_of(p->table);
	p->guest = pte - pt_index(sf, 0, va) * (gf->entry_bytes / 4u);
	return true;
}

static inline bool is_at(const struct pt_format *sf, const struct place *p,
			 const struct pte_name *name)
{
	return name->va >> sf->shift[1] == p->slot && name->top == p->top;
}

static inline bool is_absent(const struct shadow *s, gpa_t absent, const struct pte_name *name)
{
	return name->top == absent && name->va < s->kernel_base;
}

/* Two: a move names an entry here and one there in turn. */
struct row {
	struct place place[2];
	gpa_t absent; /* a table that has no root */
};

enum seek { SEEK_FOUND, SEEK_DONE, SEEK_ABSENT };

/* The place of an entry; done: there is none that is found quickly, it was set all the same. */
static NOINLINE enum seek seek(struct shadow *s, const struct pte_name *name, struct row *row,
			       struct place *p)
{
	bool kernel = name->va >= s->kernel_base;
	struct root *r = kernel ? &s->kernel : root_find(s, name->top);
	gpa_t top = name->top;

	if (!r) {
		row->absent = top;
		return SEEK_ABSENT;
	}
	/* All roots, whatever table is named; a bad name falls back to the current one. */
	if (kernel && !table_ok(s, top))
		top = s->current->top;
	if (PAIR_CALL(s, find_place, r, top, name->va, p)) {
		p->top = name->top;
		return SEEK_FOUND;
	}
	row->place[0].slot = row->place[1].slot = NO_SLOT; /* tables may go */
	resync_page(s, r, top, name->va);
	return SEEK_DONE;
}

/* Apart, so that the row below has the registers. */
static NOINLINE void set_entry_slow(struct shadow *s, const struct place *p, u32 index)
{
	u64 pte = pt_get(s->gf, p->guest, index);

	leaf_set_used(s, p->table, index, spte_for(s, pte, p->rights), pte);
}

/* leaf_set_ram(), but nothing of the place is read before it is needed. */
SPECIALISED void set_entry(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			   const struct place *p, u32 index)
{
	const u32 gw = gf->entry_bytes / 4u, *pte;
	volatile u32 *have;
	u32 low;

	if (!p->table)
		return;
	if (!p->guest)
		__builtin_unreachable(); /* with a table there is the guest's */
	pte = p->guest + index * gw;
	have = p->table + index * (sf->entry_bytes / 4u);
	low = read_once(&pte[0]);
	if (have[0] & SPTE_DEVICE)
		set_entry_slow(s, p, index);
	else if (entry_traps(low))
		leaf_clear(sf, have);
	else if (!leaf_fill(gf, sf, s, have, p->leaf, index, low, gw == 2 ? read_once(&pte[1]) : 0,
			    p->rights))
		set_entry_slow(s, p, index);
}

SPECIALISED u32 set_ptes(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 const struct pte_name *first, u32 count)
{
	const struct pte_name *name = first, *end = first + count;
	struct row row = {.place = {{.slot = NO_SLOT}, {.slot = NO_SLOT}}, .absent = NO_TOP};
	struct place *p = &row.place[0], *other = &row.place[1];

	for (; name < end; name++) {
		if (is_absent(s, row.absent, name))
			continue;
		if (!is_at(sf, p, name)) {
			struct place *last = p;

			p = other;
			other = last;
		}
		if (!is_at(sf, p, name)) {
			if (name->va >= SWITCHER_BASE)
				return (u32)(name - first);
			if (seek(s, name, &row, p) != SEEK_FOUND)
				continue;
		}
		set_entry(gf, sf, s, p, pt_index(sf, 0, name->va));
	}
	return count;
}

/* A single one of the current root, where all is at hand. False: nothing was done. */
SPECIALISED bool set_one(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 const struct pte_name *name)
{
	const u32 gw = gf->entry_bytes / 4u;
	const struct root *r = s->current;
	u32 rights, *table, *pte;

	if (name->top != r->top || name->va >= s->kernel_base)
		return false;
	table = leaf_at(sf, r, name->va);
	pte = quick_walk(gf, s, r->table, name->va, &rights);
	return table && pte &&
	       leaf_set_ram(gf, sf, s, table, leaf_of(table), pt_index(sf, 0, name->va),
			    read_once(&pte[0]), gw == 2 ? read_once(&pte[1]) : 0, rights);
}

u32 shadow_set_ptes(struct shadow *s, const struct pte_name *name, u32 count)
{
	u32 n = 0;

	if (!s->linear && count == 1 && PAIR_CALL(s, set_one, name))
		return 1;
	if (!s->linear)
		return PAIR_CALL(s, set_ptes, name, count);
	while (n < count && name[n].va < SWITCHER_BASE)
		n++;
	return n;
}

void shadow_invalidate_page(struct shadow *s, gva_t va)
{
	if (!s->linear && va < SWITCHER_BASE)
		resync_page(s, va >= s->kernel_base ? &s->kernel : s->current, s->current->top, va);
}
