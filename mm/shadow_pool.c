/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of the shadow tables and how tables hang in roots. What a guest needs at least is
 * taken when it starts, so running can never fail for want of memory: more is taken while the
 * machine has plenty; else a table is taken back from where it hurts least, and the guest
 * faults it in again.
 */
#include "lib/string.h"
#include "mm/shadow.h"

#define PLENTY	512u /* low frames that must be left for others */
#define AT_ONCE 64u  /* tables are taken back: the end of a full one takes 1500 instructions */

static bool drop_some(struct shadow *s, struct root *r);

static bool add_block(struct shadow *s)
{
	struct block *b;
	pfn_t f;

	if (frame_alloc_block(s->owner, &f) != HV_OK)
		return false;
	b = frame_ptr(f);
	b->free = ~BIT(0);
	b->next = s->blocks;
	s->blocks = b;
	b->next_free = s->free;
	s->free = b;
	s->blocks_held++;
	s->pool += BLOCK_FRAMES - 1;
	return true;
}

bool pool_init(struct shadow *s, u32 frames)
{
	s->sure_blocks = (frames + BLOCK_FRAMES - 2) / (BLOCK_FRAMES - 1);
	s->max_blocks = s->sure_blocks + s->mem->ram_pages / 16 / BLOCK_FRAMES;
	while (s->blocks_held < s->sure_blocks)
		if (!add_block(s))
			return false;
	return true;
}

static void pool_put(struct shadow *s, pfn_t f)
{
	struct block *b = frame_ptr((pfn_t){ALIGN_DOWN(f.n, BLOCK_FRAMES)});

	if (!b->free) {
		b->next_free = s->free;
		s->free = b;
	}
	b->free |= BIT(f.n % BLOCK_FRAMES);
	s->in_use--;
}

static void free_block(struct shadow *s, struct block *b)
{
	frame_free_run(s->owner, (pfn_t){(u32)(uintptr_t)b >> PAGE_SHIFT}, BLOCK_FRAMES);
	s->blocks_held--;
	s->pool -= BLOCK_FRAMES - 1;
}

void pool_release(struct shadow *s)
{
	struct block *b = s->blocks, *next;

	for (; b; b = next) {
		next = b->next;
		free_block(s, b);
	}
	s->blocks = s->free = NULL;
}

/* Make room: tables of the least recently used root, and it itself with its last; else the current
 * one's user tables, else the kernel half. What is left then is one directory path, which fits
 * every pool. A root may have so many tables that the others would wait for long. */
static void recycle(struct shadow *s)
{
	struct root *victim = NULL;

	s->stats.recycles++;
	for (struct root *r = s->root; r < s->root + s->roots; r++)
		if (r->live && r != s->current && (!victim || r->used < victim->used))
			victim = r;
	if (victim) {
		drop_some(s, victim);
		if (!victim->hidden && !victim->shown)
			root_drop(s, victim);
	} else if (!drop_some(s, s->current)) {
		drop_some(s, &s->kernel);
	}
	BUG_ON(!s->free);
}

static void make_room(struct shadow *s)
{
	if (s->blocks_held < s->max_blocks && frame_free_low_count() > PLENTY + BLOCK_FRAMES &&
	    add_block(s))
		return;
	recycle(s);
}

/* One frame, all zero. */
static pfn_t pool_take(struct shadow *s)
{
	struct block *b;
	u32 n;

	if (!s->free)
		make_room(s);
	b = s->free;
	n = (u32)__builtin_ctz(b->free);
	b->free &= ~BIT(n);
	if (!b->free)
		s->free = b->next_free;
	s->in_use++;
	return (pfn_t){((u32)(uintptr_t)b >> PAGE_SHIFT) + n};
}

/* All but the current path of directories goes, and with it the blocks that came on top. */
static void give_back(struct shadow *s)
{
	struct block **at = &s->blocks, *b;

	for (struct root *r = s->root; r < s->root + s->roots; r++)
		if (r->live && r != s->current)
			root_drop(s, r);
	root_drop_leaves(s, s->current);
	root_drop_leaves(s, &s->kernel);
	s->free = NULL;
	while ((b = *at) != NULL) {
		if (b->free == ~BIT(0) && s->blocks_held > s->sure_blocks) {
			*at = b->next;
			free_block(s, b);
			continue;
		}
		if (b->free) {
			b->next_free = s->free;
			s->free = b;
		}
		at = &b->next;
	}
}

void shadow_give_back(struct shadow *s)
{
	if (s->blocks_held > s->sure_blocks)
		give_back(s);
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

/* A kernel slot's entry goes to the kernel root and to every root with a copy of its own. */
static void dir_set(struct shadow *s, struct root *r, u32 slot, u64 entry)
{
	u32 table = slot >> s->sf->bits[1];

	if (slot_is_kernel(s, slot) && !dir_is_shared(s, table))
		for (struct root *o = s->root; o < s->root + s->roots; o++)
			if (o->live && o->dir[table].n)
				dir_put(s, o, slot, entry);
	dir_put(s, r, slot, entry);
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
			for (struct root *o = s->root; o < s->root + s->roots; o++)
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

static void list_add(struct leaf **head, struct leaf *l)
{
	l->next = *head;
	l->at = head;
	if (l->next)
		l->next->at = &l->next;
	*head = l;
}

static void list_remove(struct leaf *l)
{
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
}

void leaf_show(struct leaf *l, u32 group)
{
	if (!(l->shown[0] | l->shown[1])) {
		list_remove(l);
		list_add(&l->root->shown, l);
	}
	l->shown[group / 32] |= BIT(group % 32);
	l->filled[group / 32] |= BIT(group % 32);
}

void leaf_hide(struct leaf *l)
{
	list_remove(l);
	list_add(&l->root->hidden, l);
}

void *leaf_make(struct shadow *s, struct root *r, u32 slot, bool *fresh)
{
	void *table = leaf_find(s, r, slot);
	struct leaf *l;
	pfn_t f;

	*fresh = !table;
	if (table)
		return table;
	f = pool_take(s); /* first: it may take away directories' contents */
	dir_make(s, r, slot);
	l = leaf_of(frame_ptr(f));
	l->root = slot_is_kernel(s, slot) ? &s->kernel : r;
	l->slot = slot;
	list_add(&l->root->hidden, l);
	dir_set(s, l->root, slot, table_entry(f, PTE_P | PTE_W | PTE_U | PTE_A));
	s->stats.tables++;
	return frame_ptr(f);
}

/* Free frames are zero. */
static void clear_groups(const struct shadow *s, struct leaf *l)
{
	const u32 bytes = GROUP * s->sf->entry_bytes;
	u8 *table = leaf_table(l);

	for (u32 w = 0; w < GROUP_WORDS; w++) {
		for (u32 left = l->filled[w]; left; left &= left - 1)
			memset(table + (w * 32 + (u32)__builtin_ctz(left)) * bytes, 0, bytes);
		l->filled[w] = l->shown[w] = 0;
	}
}

void leaf_drop(struct shadow *s, struct leaf *l)
{
	void *table = leaf_table(l);

	if (l->slot == slot_of(s, SWITCHER_BASE))
		return;
	rmap_remove_leaf(s, table);
	dir_set(s, l->root, l->slot, 0);
	list_remove(l);
	clear_groups(s, l);
	pool_put(s, (pfn_t){(u32)(uintptr_t)table >> PAGE_SHIFT});
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

/* `most` of them at most; how many that were, without the switcher's. */
static u32 drop_list(struct shadow *s, struct leaf *l, u32 most)
{
	u32 before = s->in_use;
	struct leaf *next;

	for (; l && before - s->in_use < most; l = next) {
		next = l->next;
		leaf_drop(s, l);
	}
	return before - s->in_use;
}

void root_drop_leaves(struct shadow *s, struct root *r)
{
	drop_list(s, r->shown, ~0u);
	drop_list(s, r->hidden, ~0u);
}

/* First what was not used since a flush. False: there is nothing. */
static bool drop_some(struct shadow *s, struct root *r)
{
	u32 n = drop_list(s, r->hidden, AT_ONCE);

	return n + drop_list(s, r->shown, AT_ONCE - n);
}

/* What a root's directory holds of the kernel half. */
static void dir_free(struct shadow *s, struct root *r, u32 table)
{
	u32 per = 1u << s->sf->bits[1];
	u32 first = MAX(slot_of(s, s->kernel_base), table * per) - table * per;

	if (first < per)
		memset(dir_entry(s, r->dir[table], first), 0, (per - first) * s->sf->entry_bytes);
	pool_put(s, r->dir[table]);
}

void root_drop(struct shadow *s, struct root *r)
{
	root_forget(s, r);
	root_drop_leaves(s, r);
	for (u32 t = 0; t < DIR_TABLES; t++) {
		if (r->dir[t].n && r->dir[t].n != s->kernel.dir[t].n)
			dir_free(s, r, t);
		r->dir[t].n = 0;
	}
	if (r->pdpt.n) {
		memset(frame_ptr(r->pdpt), 0, DIR_TABLES * s->sf->entry_bytes);
		pool_put(s, r->pdpt);
	}
	r->pdpt.n = 0;
	r->live = r->stale = false;
	s->stats.roots--;
}

/* The end of everything: frames need not be zero any more. */
void kernel_release(struct shadow *s)
{
	void *table = leaf_find(s, &s->kernel, slot_of(s, SWITCHER_BASE));

	root_drop_leaves(s, &s->kernel);
	if (table) /* the switcher's, which leaf_drop() spares */
		pool_put(s, (pfn_t){(u32)(uintptr_t)table >> PAGE_SHIFT});
	for (u32 t = 0; t < DIR_TABLES; t++) {
		if (s->kernel.dir[t].n)
			pool_put(s, s->kernel.dir[t]);
		s->kernel.dir[t].n = 0;
	}
	BUG_ON(s->in_use);
}
