/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Announced entries: a guest tells them one by one, or many in a row. A single one is set at once,
 * for it is likely to be used next. Who changes many (fork, mremap) hardly uses them all: those of
 * a row are hidden, and come back by groups, as after a flush, which has nothing to do with them
 * then.
 */
#include "mm/walk.h"

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

/* The same, by the name that a guest gave. A table that has no root needs nothing. */
static NOINLINE void set_any(struct shadow *s, gpa_t top, gva_t va)
{
	bool kernel = va >= s->kernel_base;
	struct root *r = kernel ? &s->kernel : root_find(s, top);

	/* All roots, whatever table is named; a bad name falls back to the current one. */
	if (kernel && !table_ok(s, top))
		top = s->current->top;
	if (r)
		resync_page(s, r, top, va);
}

/* A single one of the current root, where all is at hand. False: nothing was done. */
SPECIALISED bool set_one(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 gpa_t top, gva_t va)
{
	const u32 gw = gf->entry_bytes / 4u;
	const struct root *r = s->current;
	u32 rights, *table, *pte;

	if (top != r->top || va >= s->kernel_base)
		return false;
	table = leaf_at(sf, r, va);
	pte = quick_walk(gf, s, r->table, va, &rights);
	return table && pte &&
	       leaf_set_ram(gf, sf, s, table, leaf_of(table), pt_index(sf, 0, va),
			    read_once(&pte[0]), gw == 2 ? read_once(&pte[1]) : 0, rights);
}

bool shadow_set_pte(struct shadow *s, gpa_t top, gva_t va)
{
	if (!s->linear && PAIR_CALL(s, set_one, top, va))
		return true;
	if (va >= SWITCHER_BASE)
		return false;
	if (!s->linear)
		set_any(s, top, va);
	return true;
}

/* ---- Rows -------------------------------------------------------------------------------- */

/* What the entries of one of our leaf tables are made of. */
struct place {
	u32 *table;	  /* NULL: we have none, and need none */
	const u32 *guest; /* our part of the guest's table */
};

/* False: it is not found quickly. */
SPECIALISED bool find_place(const struct pt_format *gf, const struct pt_format *sf,
			    struct shadow *s, const struct root *r, gpa_t top, gva_t va,
			    struct place *p)
{
	u32 *pte, rights;

	p->table = leaf_at(sf, r, va);
	if (!p->table && r != s->current && r != &s->kernel)
		return true;
	pte = quick_walk(gf, s, r == &s->kernel ? quick_top(s, top) : r->table, va, &rights);
	if (!p->table || !pte)
		return false;
	p->guest = pte - pt_index(sf, 0, va) * (gf->entry_bytes / 4u);
	return true;
}

/* The place of an entry. False: there is none that is found quickly, it was set all the same. */
static NOINLINE bool seek(struct shadow *s, gpa_t top, gva_t va, struct place *p)
{
	struct root *r = s->current;

	if (va >= s->kernel_base)
		r = &s->kernel;
	else if (top != r->top)
		r = root_find(s, top);
	p->table = NULL;
	if (!r)
		return true;
	if ((r != &s->kernel || table_ok(s, top)) && PAIR_CALL(s, find_place, r, top, va, p))
		return true;
	set_any(s, top, va);
	return false;
}

/* Its next use brings it, and its neighbours. */
SPECIALISED void hide_entry(const struct pt_format *gf, const struct pt_format *sf,
			    const struct place *p, u32 index)
{
	u32 *have = p->table + index * (sf->entry_bytes / 4u);

	if (*have) {
		*have &= ~(PTE_P | SPTE_USED);
	} else if (!entry_traps(p->guest[index * (gf->entry_bytes / 4u)])) {
		leaf_of(p->table)->filled[index / GROUP / 32] |= BIT(index / GROUP % 32);
		*have = SPTE_HIDDEN;
	}
}

/* Every second name from the first one on; the first that is not the guest's to name, or `end`.
 * Each is read once, lest something else write it meanwhile. */
SPECIALISED const struct pte_name *hide_ptes(const struct pt_format *gf, const struct pt_format *sf,
					     struct shadow *s, const struct pte_name *first,
					     const struct pte_name *end)
{
	const volatile struct pte_name *name = first;
	const u32 span = 1u << sf->shift[1];
	struct place p;

	while (name < end) {
		const gpa_t top = name->top;
		const gva_t va = name->va, base = ALIGN_DOWN(va, span);
		u32 offset = va - base;

		if (va >= SWITCHER_BASE)
			return (const struct pte_name *)name;
		if (!seek(s, top, va, &p)) {
			name += 2;
			continue;
		}
		do {
			if (p.table)
				hide_entry(gf, sf, &p, offset >> PAGE_SHIFT);
			name += 2;
		} while (name < end && name->top == top && (offset = name->va - base) < span);
	}
	return end;
}

/* fork and mremap name an entry here and one there in turn. In which order they are hidden is the
 * same, since nothing runs meanwhile. */
SPECIALISED u32 set_ptes(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 const struct pte_name *name, u32 count)
{
	const struct pte_name *end = name + count;

	for (u32 from = 0; from < 2; from++)
		end = hide_ptes(gf, sf, s, name + from, end);
	return (u32)(end - name);
}

u32 shadow_set_ptes(struct shadow *s, const struct pte_name *name, u32 count)
{
	u32 n = 0;

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
