/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spaces of processes: their pages, demand-zero and copy-on-write. */
#include "guest-stubs/penguin/penguin.h"

static u8 zero_page[PAGE_SIZE] ALIGNED(4096);

static bool in_memory(u32 e)
{
	return e & (PTE_P | PTE_PROT_NONE);
}

static void drop_entry(struct space *s, u32 e)
{
	if (in_memory(e)) {
		page_put(e & PTE_FRAME);
		s->resident--;
	} else if (e) {
		swap_put(e);
	}
}

/* Call fn for every entry of a range that is not 0. */
static void each_entry(struct space *s, u32 start, u32 end,
		       void (*fn)(struct space *, u32 va, void *slot, u32 arg), u32 arg)
{
	u32 span = 1u << tables->shift[1], va = start;

	while (va < end) {
		void *slot = pte_slot(s->root, va, false);

		if (!slot) {
			va = (va & ~(span - 1)) + span;
			continue;
		}
		if (pte_read(slot))
			fn(s, va, slot, arg);
		va += PAGE_SIZE;
	}
}

struct space *space_new(void)
{
	u32 page = page_alloc(), root = page ? root_make() : 0;
	struct space *s = virt(page);

	if (!root) {
		if (page)
			page_free(page);
		return NULL;
	}
	s->root = root;
	return s;
}

static void drop_one(struct space *s, u32 va, void *slot, u32 arg)
{
	u32 e = pte_read(slot);

	(void)arg;
	set_pte(s->root, va, slot, 0);
	drop_entry(s, e);
}

static void drop_quietly(struct space *s, u32 va, void *slot, u32 arg)
{
	u32 e = pte_read(slot);

	(void)va;
	(void)arg;
	pte_write(slot, 0);
	drop_entry(s, e);
}

/* Does an area outside of [from, to) lie in [start, end)? */
static bool used_outside(struct space *s, u32 start, u32 end, u32 from, u32 to)
{
	struct area *a;

	for (a = s->area; a < s->area + s->count; a++)
		if (start < a->end && end > a->start && (a->start < from || a->end > to))
			return true;
	return false;
}

/* Drop the pages of [start, end). Tables that no area outside of [from, to) needs go, too. */
static void drop_range(struct space *s, u32 start, u32 end, u32 from, u32 to)
{
	u32 span = table_span(), at, next;

	for (at = start; at < end; at = next) {
		u32 base = at & ~(span - 1);

		next = MIN(base + span, end);
		if (!pte_slot(s->root, at, false))
			continue;
		if (used_outside(s, base, base + span, from, to)) {
			each_entry(s, at, next, drop_one, 0);
			continue;
		}
		each_entry(s, base, base + span, drop_quietly, 0);
		drop_table(s->root, base);
	}
}

void space_clear(struct space *s)
{
	u32 i;

	for (i = 0; i < s->count; i++)
		drop_range(s, s->area[i].start, s->area[i].end, 0, USER_TOP);
	s->count = 0;
	drop_middles(s->root);
	flush_tlb(FLUSH_USER);
}

void space_free(struct space *s)
{
	space_clear(s);
	if (s->resident)
		panic("penguin: %u pages too many in a space", s->resident);
	root_drop(s->root);
	page_free(phys(s));
}

bool space_map(struct space *s, u32 start, u32 end, u32 prot, bool shared)
{
	u32 va;

	if (s->count == AREAS)
		return false;
	s->area[s->count++] = (struct area){start, end, (u8)prot, shared};
	if (!shared) {
		if (s->count > AREAS / 2)
			area_join(s);
		return true;
	}
	/* Shared pages exist from the beginning, so that a fork finds them. */
	for (va = start; va < end; va += PAGE_SIZE)
		if (!space_fault(s, va, PF_WRITE | PF_USER))
			return false;
	return true;
}

void space_unmap(struct space *s, u32 start, u32 end)
{
	u32 i;

	if (!area_cut(s, start) || !area_cut(s, end))
		panic("penguin: too many areas");
	lazy_begin();
	for (i = s->count; i--;) {
		struct area *a = &s->area[i];

		if (a->start < start || a->end > end)
			continue;
		drop_range(s, a->start, a->end, start, end);
		*a = s->area[--s->count];
	}
	lazy_end();
}

static u32 entry_for(u32 frame, u32 prot, bool shared)
{
	u32 e = frame | PTE_P | PTE_U | PTE_A;

	if (!prot)
		return frame | PTE_PROT_NONE;
	if (prot & PROT_WRITE && (shared || page_refs(frame) == 1))
		e |= PTE_W | PTE_D;
	return e;
}

static void protect_one(struct space *s, u32 va, void *slot, u32 arg)
{
	struct area *a = (struct area *)arg;
	u32 e = pte_read(slot);

	if (in_memory(e))
		set_pte(s->root, va, slot, entry_for(e & PTE_FRAME, a->prot, a->shared));
}

bool space_protect(struct space *s, u32 start, u32 end, u32 prot)
{
	struct area *a;
	u32 at;

	for (at = start; at < end; at = a->end) {
		a = area_find(s, at);
		if (!a)
			return false;
	}
	if (!area_cut(s, start) || !area_cut(s, end))
		return false;
	lazy_begin();
	for (a = s->area; a < s->area + s->count; a++)
		if (a->start >= start && a->end <= end) {
			a->prot = (u8)prot;
			each_entry(s, a->start, a->end, protect_one, (u32)a);
		}
	lazy_end();
	if (s->count > AREAS / 2)
		area_join(s);
	return true;
}

static void move_one(struct space *s, u32 va, void *slot, u32 distance)
{
	void *to = pte_slot(s->root, va + distance, true);
	u32 e = pte_read(slot);

	if (!to)
		panic("penguin: no page for a table");
	set_pte(s->root, va, slot, 0);
	set_pte(s->root, va + distance, to, e);
}

u32 space_move(struct space *s, u32 at, u32 bytes, u32 new_bytes)
{
	struct area *a = area_find(s, at);
	u32 to;

	if (!a || a->end < at + bytes)
		return 0;
	if (new_bytes <= bytes) {
		if (new_bytes < bytes)
			space_unmap(s, at + new_bytes, at + bytes);
		return at;
	}
	if (!area_cut(s, at) || !area_cut(s, at + bytes))
		return 0;
	a = area_find(s, at);
	if (!area_overlaps(s, at + bytes, at + new_bytes)) {
		a->end = at + new_bytes;
		return at;
	}
	to = space_find(s, new_bytes);
	if (!to)
		return 0;
	lazy_begin();
	each_entry(s, at, at + bytes, move_one, to - at);
	lazy_end();
	a->start = to;
	a->end = to + new_bytes;
	return to;
}

bool space_file_page(struct space *s, u32 va, u32 gpa)
{
	void *slot = pte_slot(s->root, va, true);

	if (!slot)
		return false;
	s->resident++;
	set_pte(s->root, va, slot, gpa | PTE_P | PTE_U);
	return true;
}

/* ---- Fork --------------------------------------------------------------------------------- */

static bool copy_failed; /* no page for a table */

/* The entry goes to the copy, too; private pages lose their write permission in both. */
static void copy_one(struct space *s, u32 va, void *slot, u32 arg)
{
	struct space *copy = (struct space *)arg;
	u32 e = pte_read(slot);
	void *to = pte_slot(copy->root, va, true);

	if (!to) {
		copy_failed = true;
		return;
	}
	if (in_memory(e)) {
		page_get(e & PTE_FRAME);
		copy->resident++;
		if (e & PTE_W && !area_find(s, va)->shared) {
			e &= ~PTE_W;
			pte_write(slot, e); /* one flush at the end tells of all */
		}
	} else {
		swap_get(e);
	}
	set_pte(copy->root, va, to, e);
}

struct space *space_copy(struct space *s)
{
	struct space *copy = space_new();
	u32 i;

	if (!copy)
		return NULL;
	copy_failed = false;
	copy->count = s->count;
	memcpy(copy->area, s->area, s->count * sizeof(s->area[0]));
	lazy_begin();
	for (i = 0; i < s->count; i++)
		each_entry(s, s->area[i].start, s->area[i].end, copy_one, (u32)copy);
	lazy_end();
	flush_tlb(FLUSH_USER);
	if (!copy_failed)
		return copy;
	space_free(copy);
	return NULL;
}

/* ---- Faults ------------------------------------------------------------------------------- */

/* A write to a private page without write permission: the last owner gets it, others a copy. */
static bool copy_on_write(struct space *s, u32 va, void *slot, u32 e)
{
	u32 frame = e & PTE_FRAME, page;

	if (page_refs(frame) > 1) {
		page = user_page();
		if (!page)
			return false;
		if (pte_read(slot) != e) { /* making room for it has changed this entry */
			page_put(page);
			return true;
		}
		memcpy(virt(page), virt(frame), PAGE_SIZE);
		page_put(frame);
		frame = page;
	}
	set_pte(s->root, va, slot, frame | PTE_P | PTE_W | PTE_U | PTE_A | PTE_D);
	return true;
}

static bool bring_in(struct space *s, const struct area *a, u32 va, void *slot, u32 e)
{
	u32 page = user_page();

	if (!page)
		return false;
	if (e && !swap_in(e, page)) {
		page_put(page);
		return false;
	}
	swap_put(e);
	s->resident++;
	set_pte(s->root, va, slot, entry_for(page, a->prot, a->shared));
	return true;
}

bool space_fault(struct space *s, u32 at, u32 error)
{
	struct area *a = area_find(s, at);
	bool write = error & PF_WRITE;
	void *slot;
	u32 e;

	if (!a || !a->prot || (write && !(a->prot & PROT_WRITE)))
		return false;
	at &= PTE_FRAME;
	slot = pte_slot(s->root, at, true);
	if (!slot)
		return false;
	e = pte_read(slot);
	if (e & PTE_P) {
		/* The hypervisor was told of every change: it must not ask again. */
		if (!write || e & PTE_W)
			panic("penguin: fault at %x although its entry is %x", at, e);
		return copy_on_write(s, at, slot, e);
	}
	if (!e && !write) { /* the page of zeros, until the first write */
		s->resident++;
		set_pte(s->root, at, slot, phys(zero_page) | PTE_P | PTE_U | PTE_A);
		return true;
	}
	return bring_in(s, a, at, slot, e);
}
