/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shadow pager's face: creation, the hypercalls that announce changes, and statistics.
 * Every hypercall only says that what we cached may be stale, so each becomes a comparison with
 * the guest's tables; the values it carries are never installed unseen.
 */
#include "mm/shadow.h"
#include "lib/string.h"
#include "lib/x86.h"
#include "mm/host.h"

#define POOL_MIN 31u /* a directory path of every kind, the switcher's tables, and some room */

/* Room for the reverse map of device slots. */
static bool reserve(struct shadow *s, struct arena *a, u32 pages)
{
	return rmap_init(&s->rmap, a, pages);
}

_Static_assert(SWITCHER_CODE >= SWITCHER_BASE && SWITCHER_REGS - SWITCHER_BASE < MIB(2),
	       "the switcher's pages share one leaf table in both formats");

static const struct gmem_cache_ops cache_ops = {.reserve = reserve, .revoke = rmap_revoke};

static void make_current(struct shadow *s, struct root *r)
{
	s->current = r;
	s->cr3 = (r->pdpt.n ? r->pdpt.n : r->dir[0].n) << PAGE_SHIFT;
}

struct shadow *shadow_create(struct arena *a, struct gmem *m, u32 pool, const pfn_t special[3])
{
	static const gva_t at[3] = {SWITCHER_CODE, SWITCHER_STATE, SWITCHER_REGS};
	/* Code and state are read-only for ring 1 too, under CR0.WP. */
	static const u32 flags[3] = {PTE_P | PTE_A, PTE_P | PTE_A, PTE_P | PTE_W | PTE_A | PTE_D};
	struct shadow *s = arena_alloc(a, sizeof(*s));
	bool fresh;
	void *leaf;

	if (!s)
		return NULL;
	/* Two for each MiB. */
	s->roots = MIN(MAX(m->ram_pages >> (19 - PAGE_SHIFT), SHADOW_ROOTS), ROOTS_MAX);
	s->root = arena_alloc(a, s->roots * sizeof(*s->root));
	if (!s->root)
		return NULL;
	s->mem = m;
	m->shadow = s;
	m->cache = &cache_ops;
	s->owner = m->owner;
	s->sf = shadow_format();
	shadow_set_format(s, &pt_format_2level);
	s->kernel_base = SWITCHER_BASE;
	s->linear = true;
	if (!pool_init(s, MAX(pool, POOL_MIN))) {
		m->shadow = NULL;
		pool_release(s);
		return NULL;
	}
	s->current = &s->root[0];
	root_make(s, s->current);
	make_current(s, s->current);
	leaf = leaf_make(s, s->current, slot_of(s, SWITCHER_BASE), &fresh);
	for (u32 i = 0; i < 3; i++)
		pt_set(s->sf, leaf, pt_index(s->sf, 0, at[i]),
		       (u64)special[i].n << PAGE_SHIFT | flags[i]);
	return s;
}

/* Every table goes back to the pool and the pool to the machine; frames in use are found by
 * dropping all roots, the switcher's leaf and the kernel directories last. */
void shadow_destroy(struct shadow *s)
{
	s->mem->shadow = NULL;
	for (struct root *r = s->root; r < s->root + s->roots; r++)
		if (r->live)
			root_drop(s, r);
	kernel_release(s);
	pool_release(s);
}

const u32 *shadow_cr3(const struct shadow *s)
{
	return &s->cr3;
}

void shadow_set_format(struct shadow *s, const struct pt_format *f)
{
	s->gf = f;
	s->nx = f->levels == 3 && host_nx() ? PTE_NX : 0;
	/* A CPU tells a fetch from a read only while EFER.NXE and CR4.PAE are set (SDM vol.
	 * 3, 4.7): ours may do so where the guest's would not. */
	s->reported = PF_WRITE | PF_USER | (s->nx ? PF_FETCH : 0);
}

const struct pt_format *shadow_guest_format(const struct shadow *s)
{
	return s->gf;
}

/* The kernel half changes its place, so no table may stay as it was. */
void shadow_set_kernel_base(struct shadow *s, gva_t base)
{
	for (struct root *r = s->root; r < s->root + s->roots; r++)
		if (r->live)
			root_drop(s, r);
	root_drop_leaves(s, &s->kernel);
	s->kernel_base = base;
	root_make(s, s->current);
	make_current(s, s->current);
}

static struct root *find_root(struct shadow *s, gpa_t top)
{
	return s->linear ? NULL : root_find(s, top);
}

/* A root for a table not seen lately: a free one, or the least recently used. */
static struct root *new_root(struct shadow *s, gpa_t top)
{
	struct root *best = NULL;

	for (struct root *r = s->root; r < s->root + s->roots; r++) {
		if (r == s->current && !s->linear)
			continue;
		if (!r->live || !best || (best->live && r->used < best->used))
			best = r;
		if (!best->live)
			break;
	}
	BUG_ON(!best); /* there are two at least, and one is not the current one */
	if (best->live) {
		root_drop(s, best);
		s->stats.evictions += !s->linear;
	}
	root_name(s, best, top);
	return best;
}

const char *shadow_new_pgtable(struct shadow *s, gpa_t top)
{
	struct root *r = find_root(s, top);

	if (!r && !table_ok(s, top))
		return "bad page table address";
	if (!r) {
		if (s->linear) { /* nothing of the 1:1 map may stay, in either half */
			root_drop(s, s->current);
			root_drop_leaves(s, &s->kernel);
		}
		r = new_root(s, top);
		s->linear = false;
		s->current = r; /* before tables are made: they are never taken from it */
		root_make(s, r);
	}
	make_current(s, r);
	r->used = ++s->clock;
	if (r->stale) {
		r->stale = false;
		refresh_root(s, r, r->top);
	}
	return NULL;
}

/* One entry of a guest directory covers this many of our slots. */
static u32 slots_per_entry(const struct shadow *s, unsigned level)
{
	return 1u << (s->gf->shift[level] - s->sf->shift[1]);
}

const char *shadow_set_pgd(struct shadow *s, gpa_t top, u32 index)
{
	unsigned level = s->gf->levels - 1u;
	struct root *r;
	u32 slot, count;

	if (index >= 1u << s->gf->bits[level])
		return "attempt to set pgd beyond the table";
	if (s->linear)
		return NULL;
	r = find_root(s, top);
	slot = slot_of(s, index << s->gf->shift[level]);
	count = slots_per_entry(s, level);
	if (r)
		repair_range(s, r, top, slot, count);
	/* The kernel half is everybody's, whether the table named has a root or not. That the
	 * current table says the same proves nothing: it may have been changed, too, but not yet
	 * looked at. */
	if (slot_is_kernel(s, slot + count - 1) && table_ok(s, top))
		repair_range(s, &s->kernel, top, slot, count);
	return NULL;
}

/* Does the top-level table at `top` have `page` as its middle table number q? */
static bool hangs_in(const struct shadow *s, gpa_t top, u32 q, gpa_t page)
{
	u32 low;

	return guest_get32(s->mem, top + q * 8, &low) && low & PTE_P &&
	       (low & PAGE_MASK) == (page & PAGE_MASK);
}

/* The middle table may hang in any quarter of any root. What the current root shows is repaired
 * now, of the kernel half once; another root will be at its next use, as after a flush: there may
 * be many. */
const char *shadow_set_pmd(struct shadow *s, gpa_t page, u32 index)
{
	bool kernel_done = false;

	if (s->gf->levels != 3)
		return "set_pmd in a guest with two levels";
	if (index >= 1u << s->gf->bits[1])
		return "attempt to set pmd beyond the table";
	if (s->linear)
		return NULL;
	for (struct root *r = s->root; r < s->root + s->roots; r++) {
		for (u32 q = 0; r->live && q < 4; q++) {
			u32 slot = slot_of(s, q << s->gf->shift[2] | index << s->gf->shift[1]);
			bool kernel = slot_is_kernel(s, slot);

			if ((kernel && kernel_done) || !hangs_in(s, r->top, q, page))
				continue;
			if (kernel || r == s->current)
				repair_slot(s, r, r->top, slot);
			else
				r->stale = true;
			kernel_done |= kernel;
		}
	}
	return NULL;
}

void shadow_flush_user(struct shadow *s)
{
	if (!s->linear)
		refresh_root(s, s->current, s->current->top);
}

void shadow_flush_all(struct shadow *s)
{
	if (s->linear)
		return;
	refresh_root(s, &s->kernel, s->current->top);
	refresh_root(s, s->current, s->current->top);
	for (struct root *r = s->root; r < s->root + s->roots; r++)
		r->stale = r->live && r != s->current;
}

void shadow_hide(struct shadow *s, gva_t va)
{
	void *leaf = va < SWITCHER_BASE ? leaf_find(s, s->current, slot_of(s, va)) : NULL;

	if (leaf)
		leaf_set(s, leaf, pt_index(s->sf, 0, va), 0, 0);
}

bool shadow_linear(const struct shadow *s)
{
	return s->linear;
}

bool shadow_nx(const struct shadow *s)
{
	return s->nx;
}

const struct shadow_stats *shadow_stats(const struct shadow *s)
{
	return &s->stats;
}

void shadow_walk(struct shadow *s, void (*show)(void *ctx, gva_t va, u32 pages, u64 first_entry),
		 void *ctx)
{
	const u64 flags = PTE_P | PTE_W | PTE_U | PTE_NX;
	u64 first = 0;
	gva_t from = 0;
	u32 pages = 0;

	for (u32 slot = 0; slot < slot_count(s); slot++) {
		void *leaf = leaf_find(s, s->current, slot);

		for (u32 i = 0; i < leaf_entries(s); i++) {
			u64 e = leaf ? pt_get(s->sf, leaf, i) : 0;

			if (!(e & PTE_P))
				e = 0;
			if (pages && (e & flags) == (first & flags)) {
				pages++;
				continue;
			}
			if (pages)
				show(ctx, from, pages, first);
			pages = e ? 1 : 0;
			first = e;
			from = slot_va(s, slot) + (i << PAGE_SHIFT);
		}
	}
	if (pages)
		show(ctx, from, pages, first);
}
