/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of the shadow tables and how tables hang in roots. A guest's pool is taken whole
 * when it starts, so running can never fail for want of memory: when the pool is empty a table
 * is taken back from where it hurts least, and the guest faults it in again.
 */
#include "lib/string.h"
#include "mm/shadow.h"

bool pool_init(struct shadow *s, u32 frames)
{
	pfn_t f;

	for (; s->pool < frames; s->pool++) {
		if (frame_alloc(s->owner, true, &f) != HV_OK)
			return false;
		*(u32 *)frame_ptr(f) = s->free;
		s->free = f.n;
	}
	return true;
}

static void pool_put(struct shadow *s, pfn_t f)
{
	*(u32 *)frame_ptr(f) = s->free;
	s->free = f.n;
	s->in_use--;
}

void pool_release(struct shadow *s)
{
	while (s->free) {
		pfn_t f = {s->free};

		s->free = *(u32 *)frame_ptr(f);
		frame_free(s->owner, f);
	}
}

/* Make room: the least recently used root, else the current one's user tables, else the kernel
 * half. What is left then is one directory path, which fits every pool. */
static void recycle(struct shadow *s)
{
	struct root *victim = NULL;

	s->stats.recycles++;
	for (struct root *r = s->root; r < s->root + SHADOW_ROOTS; r++)
		if (r->live && r != s->current && (!victim || r->used < victim->used))
			victim = r;
	if (victim) {
		root_drop(s, victim);
		return;
	}
	root_drop_leaves(s, s->current);
	if (!s->free)
		root_drop_leaves(s, &s->kernel);
	BUG_ON(!s->free);
}

static pfn_t pool_take(struct shadow *s)
{
	pfn_t f;

	if (!s->free)
		recycle(s);
	f.n = s->free;
	s->free = *(u32 *)frame_ptr(f);
	s->in_use++;
	memset(frame_ptr(f), 0, PAGE_SIZE);
	return f;
}

/* ---- Directories ------------------------------------------------------------------------- */

static bool dir_is_shared(const struct shadow *s, u32 table)
{
	return s->sf->levels == 3 && s->kernel_base <= table << s->sf->shift[2];
}

static u64 table_entry(pfn_t f, u64 flags)
{
	return (u64)f.n << PAGE_SHIFT | flags;
}

static void hang_dir(struct shadow *s, struct root *r, u32 table, pfn_t f)
{
	r->dir[table] = f;
	if (r->pdpt.n)
		pt_set(s->sf, frame_ptr(r->pdpt), table, f.n ? table_entry(f, PTE_P) : 0);
}

static void dir_put(struct shadow *s, struct root *r, u32 slot, u64 entry)
{
	pfn_t d = r->dir[slot >> s->sf->bits[1]];

	BUG_ON(!d.n); /* dir_make() came first */
	pt_set(s->sf, frame_ptr(d), slot & ((1u << s->sf->bits[1]) - 1), entry);
}

static void slot_mark(u32 *set, u32 slot, bool member)
{
	if (member)
		set[slot / 32] |= BIT(slot % 32);
	else
		set[slot / 32] &= ~BIT(slot % 32);
}

/* A kernel slot's entry goes to the kernel root and to every root with a copy of its own. */
static void dir_set(struct shadow *s, struct root *r, u32 slot, u64 entry)
{
	u32 table = slot >> s->sf->bits[1];

	if (slot_is_kernel(s, slot)) {
		for (struct root *o = s->root; o < s->root + SHADOW_ROOTS; o++)
			if (o->live && o->dir[table].n && o->dir[table].n != s->kernel.dir[table].n)
				dir_put(s, o, slot, entry);
		r = &s->kernel;
	}
	dir_put(s, r, slot, entry);
	slot_mark(r->leaves, slot, entry);
	slot_mark(r->hooked, slot, entry & PTE_P);
}

static void *dir_entry(const struct shadow *s, pfn_t dir, u32 index)
{
	return (u8 *)frame_ptr(dir) + index * s->sf->entry_bytes;
}

/* See to it that the directory table of a slot exists in the root (and in the kernel root for
 * a kernel slot), kernel entries included. */
static void dir_make(struct shadow *s, struct root *r, u32 slot)
{
	u32 table = slot >> s->sf->bits[1], per = 1u << s->sf->bits[1], first;

	if (slot_is_kernel(s, slot) && !s->kernel.dir[table].n) {
		s->kernel.dir[table] = pool_take(s);
		if (dir_is_shared(s, table))
			for (struct root *o = s->root; o < s->root + SHADOW_ROOTS; o++)
				if (o->live)
					hang_dir(s, o, table, s->kernel.dir[table]);
	}
	if (r == &s->kernel || r->dir[table].n)
		return;
	hang_dir(s, r, table, pool_take(s));
	first = MAX(slot_of(s, s->kernel_base), table * per) - table * per;
	if (s->kernel.dir[table].n && first < per)
		memcpy(dir_entry(s, r->dir[table], first),
		       dir_entry(s, s->kernel.dir[table], first),
		       (per - first) * s->sf->entry_bytes);
}

/* ---- Leaf tables ------------------------------------------------------------------------- */

void *leaf_find(struct shadow *s, struct root *r, u32 slot)
{
	u64 e = dir_get(s, slot_is_kernel(s, slot) ? &s->kernel : r, slot);

	return e ? (void *)(uintptr_t)(e & s->sf->frame_mask) : NULL;
}

void leaf_hook(struct shadow *s, struct root *r, u32 slot)
{
	if (slot_is_kernel(s, slot))
		r = &s->kernel;
	dir_set(s, r, slot, dir_get(s, r, slot) | PTE_P);
	s->stats.hooks++;
}

void leaf_unhook(struct shadow *s, struct root *r, u32 slot)
{
	dir_set(s, r, slot, dir_get(s, r, slot) & ~(u64)PTE_P);
}

void *leaf_make(struct shadow *s, struct root *r, u32 slot, bool *fresh)
{
	void *leaf = leaf_find(s, r, slot);
	pfn_t f;

	*fresh = !leaf;
	if (leaf)
		return leaf;
	f = pool_take(s); /* first: it may take away directories' contents */
	dir_make(s, r, slot);
	dir_set(s, r, slot, table_entry(f, PTE_P | PTE_W | PTE_U | PTE_A));
	s->stats.tables++;
	return frame_ptr(f);
}

void leaf_drop(struct shadow *s, struct root *r, u32 slot)
{
	void *leaf = leaf_find(s, r, slot);

	if (!leaf || slot == slot_of(s, SWITCHER_BASE))
		return;
	rmap_remove_leaf(s, leaf);
	dir_set(s, r, slot, 0);
	pool_put(s, (pfn_t){(u32)(uintptr_t)leaf >> PAGE_SHIFT});
	s->stats.tables--;
}

/* ---- Roots ------------------------------------------------------------------------------- */

/* Give the root its top-level table, with the kernel half in place. */
void root_make(struct shadow *s, struct root *r)
{
	if (s->sf->levels == 3)
		r->pdpt = pool_take(s);
	r->live = true;
	s->stats.roots++;
	for (u32 t = 0; t < DIR_TABLES; t++)
		if (dir_is_shared(s, t) && s->kernel.dir[t].n)
			hang_dir(s, r, t, s->kernel.dir[t]);
	dir_make(s, r, slot_of(s, SWITCHER_BASE));
	/* A table that is the kernel's in part only: from now on dir_set() keeps it up to date, so
	 * that the kernel's leaf tables hang in every root at all times. */
	dir_make(s, r, slot_of(s, s->kernel_base));
}

void root_drop_leaves(struct shadow *s, struct root *r)
{
	u32 slot = 0;

	while ((slot = next_slot(s, r->leaves, slot)) < slot_count(s))
		leaf_drop(s, r, slot++);
}

void root_drop(struct shadow *s, struct root *r)
{
	root_drop_leaves(s, r);
	for (u32 t = 0; t < DIR_TABLES; t++) {
		if (r->dir[t].n && r->dir[t].n != s->kernel.dir[t].n)
			pool_put(s, r->dir[t]);
		r->dir[t].n = 0;
	}
	if (r->pdpt.n)
		pool_put(s, r->pdpt);
	r->pdpt.n = 0;
	r->live = r->stale = false;
	s->stats.roots--;
}

void kernel_release(struct shadow *s)
{
	u32 slot = slot_of(s, SWITCHER_BASE);
	void *leaf = leaf_find(s, &s->kernel, slot);

	root_drop_leaves(s, &s->kernel);
	if (leaf) /* the switcher's, which leaf_drop() spares */
		pool_put(s, (pfn_t){(u32)(uintptr_t)leaf >> PAGE_SHIFT});
	for (u32 t = 0; t < DIR_TABLES; t++) {
		if (s->kernel.dir[t].n)
			pool_put(s, s->kernel.dir[t]);
		s->kernel.dir[t].n = 0;
	}
	BUG_ON(s->in_use);
}
