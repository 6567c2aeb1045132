/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold of the shadow tables at any time, against the model of shadow_model.c. */
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_model.h"
#include "tests/unit/support.h"

#include <string.h>

/* ---- The shadow tables, as the CPU reads them -------------------------------------------- */

static u64 entry_at(const struct model *m, u64 table, u32 index)
{
	const void *p = (const void *)(uintptr_t)(table & PAE_ADDRESS);

	return is_pae(m->s->sf) ? ((const u64 *)p)[index] : ((const u32 *)p)[index];
}

static u64 root_cr3(const struct root *r)
{
	return (u64)(r->pdpt.n ? r->pdpt.n : r->dir[0].n) << PAGE_SHIFT;
}

u64 model_shadow(const struct model *m, const struct root *r, gva_t va, u32 *rights)
{
	bool pae = is_pae(m->s->sf);
	u64 e = root_cr3(r);

	*rights = 0;
	if (pae) {
		e = entry_at(m, e, va >> 30);
		if (!(e & PTE_P))
			return 0;
	}
	e = entry_at(m, e, pae ? va >> 21 & 0x1ff : va >> 22);
	if (!(e & PTE_P))
		return 0;
	*rights = (u32)e;
	e = entry_at(m, e, pae ? va >> 12 & 0x1ff : va >> 12 & 0x3ff);
	*rights &= (u32)e & (PTE_W | PTE_U);
	return e & PTE_P ? e : 0;
}

/* ---- Checks ------------------------------------------------------------------------------ */

static u8 use[HOST_LOW_PAGES]; /* how often a low frame is a table; 0x80: of the kernel's */
#define USE_KERNEL 0x80u

static u8 *use_of(u64 entry)
{
	u32 n = (u32)((entry & PAE_ADDRESS) >> PAGE_SHIFT) - (HOST_LOW_BASE >> PAGE_SHIFT);

	assert_in_range(n, 1, HOST_LOW_PAGES - 1);
	return &use[n];
}

static bool is_guest_frame(const struct model *m, u64 entry)
{
	u32 n = (u32)((entry & PAE_ADDRESS) >> PAGE_SHIFT);

	for (u32 i = 0; i < m->mem.ram_pages; i++)
		if (m->mem.frames[i].n == n)
			return true;
	return false;
}

static const struct seen *seen_of(const struct model *m, const struct root *r, gva_t va)
{
	for (u32 v = 0; v < m->vas; v++) {
		if (m->va[v] != va)
			continue;
		if (model_is_kernel(m, va))
			return &m->kernel[v];
		for (u32 t = 0; t < m->tops; t++)
			if (model_top(m, t) == r->top)
				return &m->user[t][v];
	}
	return NULL;
}

static void check_allowed(struct model *m, const struct root *r, gva_t va, u64 e)
{
	const struct seen *h = seen_of(m, r, va);
	u64 frame = e & PAE_ADDRESS;
	u32 rights = (u32)e & (PTE_W | PTE_U);

	if (!h)
		fail_msg("entry %#llx at %#x, which no table of the guest maps",
			 (unsigned long long)e, va);
	if (h->n > MODEL_SEEN)
		return;
	m->judged++;
	for (u32 i = 0; i < h->n; i++)
		if ((h->entry[i] & PAE_ADDRESS) == frame && !(rights & ~(u32)h->entry[i]) &&
		    !(h->entry[i] & ~e & PTE_NX))
			return;
	fail_msg("entry %#llx at %#x in the root of %#x: not allowed by the guest (%u seen, last "
		 "%#llx)",
		 (unsigned long long)e, va, r->top, h->n,
		 h->n ? (unsigned long long)h->entry[h->n - 1] : 0);
}

/* The switcher's three pages and nothing else of ours, none for ring 3, two not writable. */
static void check_switcher(const struct model *m, gva_t va, u64 e)
{
	static const gva_t at[3] = {SWITCHER_CODE, SWITCHER_STATE, SWITCHER_REGS};

	for (u32 i = 0; i < 3; i++) {
		if (va != at[i])
			continue;
		assert_int_equal((e & PAE_ADDRESS) >> PAGE_SHIFT, m->special[i].n);
		assert_int_equal(e & (PTE_U | PTE_W), i == 2 ? PTE_W : 0);
		assert_true(e & PTE_A);
		return;
	}
	fail_msg("entry %#llx at %#x", (unsigned long long)e, va);
}

/* What is hidden may be stale, but is well formed and accounted for; what the CPU sees is in a
 * group that the next flush looks at, and what the next user of the frame must not find is known.
 */
static void check_leaf(struct model *m, const struct root *r, gva_t va, u64 table)
{
	const struct leaf *l = leaf_of((const void *)(uintptr_t)(table & PAE_ADDRESS));
	u32 n = is_pae(m->s->sf) ? 512 : 1024;

	for (u32 i = 0; i < n; i++, va += PAGE_SIZE) {
		u64 e = entry_at(m, table, i);
		u32 word = i / GROUP / 32, bit = BIT(i / GROUP % 32);

		if (!e)
			continue;
		if (va >= SWITCHER_BASE) {
			check_switcher(m, va, e);
			continue;
		}
		assert_true(l->filled[word] & bit);
		assert_true(!(e & PTE_P) || l->shown[word] & bit);
		if (e == SPTE_HIDDEN)
			continue;
		if (e & SPTE_DEVICE && m->device) {
			m->device(m, e);
			continue;
		}
		/* RAM is cached, never global; the CPU may set A, and never has to set D. */
		assert_int_equal((e | PTE_P | SPTE_USED) &
					 ~(PAE_ADDRESS | PTE_W | PTE_U | (m->nx ? PTE_NX : 0)),
				 PTE_P | SPTE_USED | PTE_D);
		assert_true(e & PTE_P || !(e & SPTE_USED));
		assert_true(is_guest_frame(m, e));
		if (m->linear)
			assert_int_equal((e & PAE_ADDRESS) >> PAGE_SHIFT,
					 m->mem.frames[va >> PAGE_SHIFT].n);
		else if (m->strict && e & PTE_P)
			check_allowed(m, r, va, e);
	}
}

static void check_dir(struct model *m, const struct root *r, gva_t base, u64 table)
{
	bool pae = is_pae(m->s->sf);
	u32 n = pae ? 512 : 1024, shift = pae ? 21 : 22;

	for (u32 i = 0; i < n; i++) {
		gva_t va = base + (i << shift);
		u64 e = entry_at(m, table, i), kernel;
		u32 slot = va >> shift;

		if (va >= m->s->kernel_base) {
			pfn_t d = m->s->kernel.dir[slot >> (pae ? 9 : 10)];

			kernel = d.n ? entry_at(m, (u64)d.n << PAGE_SHIFT, i) : 0;
			assert_int_equal(e, kernel);
		}
		if (!e)
			continue;
		assert_int_equal(e & ~PAE_ADDRESS, PTE_P | PTE_W | PTE_U | PTE_A);
		if (va < m->s->kernel_base) {
			assert_int_equal(*use_of(e), 0);
			*use_of(e) = 1;
		} else {
			assert_true(!*use_of(e) || *use_of(e) == USE_KERNEL);
			*use_of(e) = USE_KERNEL;
		}
		check_leaf(m, r, va, e);
	}
}

static void check_root(struct model *m, const struct root *r)
{
	u64 cr3 = root_cr3(r), e;
	u32 rights;

	assert_int_not_equal(cr3, 0);
	assert_int_equal(*use_of(cr3), 0);
	*use_of(cr3) = 1;
	if (!is_pae(m->s->sf)) {
		check_dir(m, r, 0, cr3);
	} else {
		for (u32 i = 0; i < 512; i++) {
			e = entry_at(m, cr3, i);
			if (!e)
				continue;
			assert_true(i < 4);
			assert_int_equal(e & ~PAE_ADDRESS, PTE_P);
			if ((i << 30) >= m->s->kernel_base) {
				assert_true(!*use_of(e) || *use_of(e) == USE_KERNEL);
				*use_of(e) = USE_KERNEL;
			} else {
				assert_int_equal(*use_of(e), 0);
				*use_of(e) = 1;
			}
			check_dir(m, r, i << 30, e);
		}
	}
	assert_int_not_equal(model_shadow(m, r, SWITCHER_CODE, &rights), 0);
	assert_int_not_equal(model_shadow(m, r, SWITCHER_STATE, &rights), 0);
	assert_int_not_equal(model_shadow(m, r, SWITCHER_REGS, &rights), 0);
}

static u32 leaves_of(const struct leaf *l, bool shown)
{
	u32 n = 0;

	for (; l; l = l->next, n++)
		assert_int_equal(!!(l->shown[0] | l->shown[1]), shown);
	return n;
}

/* Each frame of the pool is a table or free, once; free ones are zero. */
static void check_pool(const struct model *m)
{
	const struct shadow *s = m->s;
	u32 used = 0, free = 0, tables = 0;
	u8 *u;

	for (u32 t = 0; t < DIR_TABLES; t++)
		if (s->kernel.dir[t].n)
			*use_of((u64)s->kernel.dir[t].n << PAGE_SHIFT) = USE_KERNEL;
	for (u32 t = 0; t < DIR_TABLES; t++)
		for (u32 i = 0; s->kernel.dir[t].n && i < 1u << s->sf->bits[1]; i++) {
			u64 e = entry_at(m, (u64)s->kernel.dir[t].n << PAGE_SHIFT, i);

			if (e)
				*use_of(e) = USE_KERNEL;
			tables += e != 0;
		}
	for (u32 i = 0; i < HOST_LOW_PAGES; i++)
		used += use[i] != 0;
	for (const struct block *b = s->blocks; b; b = b->next) {
		assert_false(b->free & 1); /* the notes are there */
		for (u32 n = 1; n < BLOCK_FRAMES; n++) {
			const u8 *page = (const u8 *)b + n * PAGE_SIZE;

			if (!(b->free >> n & 1))
				continue;
			u = use_of((uintptr_t)page);
			assert_int_equal(*u, 0);
			*u = 1;
			free++;
			assert_true(!page[0] && !memcmp(page, page + 1, PAGE_SIZE - 1));
		}
	}
	assert_int_equal(used, s->in_use);
	assert_int_equal(used + free, s->pool);
	for (const struct root *r = s->root; r < s->root + s->roots; r++)
		if (r->live)
			tables += leaves_of(r->shown, true) + leaves_of(r->hidden, false);
	assert_int_equal(tables, s->stats.tables);
}

void model_check(struct model *m)
{
	u32 live = 0;

	memset(use, 0, sizeof(use));
	for (const struct root *r = m->s->root; r < m->s->root + m->s->roots; r++) {
		if (!r->live)
			continue;
		live++;
		check_root(m, r);
	}
	check_pool(m);
	assert_int_equal(live, m->s->stats.roots);
	assert_true(m->s->current->live);
	assert_int_equal(*shadow_cr3(m->s), root_cr3(m->s->current));
	assert_int_equal(host_windows, 0);
}
