/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See shadow_model.h. Nothing here uses the format descriptions of mm/: the two formats are spelled
 * out as the manual draws them (SDM vol. 3, 4.3 and 4.4). */
#include "tests/unit/shadow_model.h"

#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

#define PAE_ADDRESS 0x000ffffffffff000ull

static bool is_pae(const struct pt_format *f)
{
	return f == &pt_format_pae;
}

/* ---- The guest's tables ------------------------------------------------------------------ */

gpa_t model_top(const struct model *m, u32 t)
{
	return is_pae(m->gf) ? GFN_TOP * PAGE_SIZE + t * 32 : (GFN_TOP + t) * PAGE_SIZE;
}

u64 model_get(const struct model *m, gpa_t at)
{
	u64 e = 0;

	assert_true(guest_read(&m->mem, at, &e, is_pae(m->gf) ? 8 : 4));
	return e;
}

void model_set(struct model *m, gpa_t at, u64 entry)
{
	assert_true(guest_write(&m->mem, at, &entry, is_pae(m->gf) ? 8 : 4));
}

bool model_is_kernel(const struct model *m, gva_t va)
{
	return va >= m->kernel_base;
}

static bool in_ram(u64 entry)
{
	return (entry & PAE_ADDRESS) >> PAGE_SHIFT < MODEL_PAGES;
}

static struct ref walk_2level(const struct model *m, gpa_t top, gva_t va)
{
	struct ref r = {.kind = REF_ABSENT};
	u64 pde = model_get(m, top + (va >> 22) * 4);

	if (!(pde & PTE_P))
		return r;
	r.kind = REF_BAD;
	if (pde & PTE_PS || !in_ram(pde))
		return r;
	r.pde = pde;
	r.pde_at = top + (va >> 22) * 4;
	r.pte_at = (gpa_t)(pde & 0xfffff000u) + (va >> 12 & 0x3ff) * 4;
	r.pte = model_get(m, r.pte_at);
	r.rights = (u32)(pde & r.pte) & (PTE_W | PTE_U);
	r.kind = r.pte & PTE_P ? REF_PAGE : REF_ABSENT;
	return r;
}

static struct ref walk_pae(const struct model *m, gpa_t top, gva_t va)
{
	const u64 reserved = 0x7ff0000000000000ull | (m->nx ? 0 : PTE_NX);
	struct ref r = {.kind = REF_ABSENT};
	u64 e = model_get(m, top + (va >> 30) * 8);

	if (!(e & PTE_P))
		return r;
	r.kind = REF_BAD;
	if (e & (reserved | PTE_NX | 0x1e6) || !in_ram(e))
		return r;
	r.pde_at = (gpa_t)(e & PAE_ADDRESS) + (va >> 21 & 0x1ff) * 8;
	e = r.pde = model_get(m, r.pde_at);
	r.kind = REF_ABSENT;
	if (!(e & PTE_P))
		return r;
	r.kind = REF_BAD;
	if (e & (reserved | PTE_PS) || !in_ram(e))
		return r;
	r.pte_at = (gpa_t)(e & PAE_ADDRESS) + (va >> 12 & 0x1ff) * 8;
	r.pte = model_get(m, r.pte_at);
	r.rights = (u32)(e & r.pte) & (PTE_W | PTE_U);
	r.nx = (e | r.pte) & PTE_NX;
	if (!(r.pte & PTE_P))
		r.kind = REF_ABSENT;
	else if (!(r.pte & reserved))
		r.kind = REF_PAGE;
	return r;
}

struct ref model_walk(const struct model *m, gpa_t top, gva_t va)
{
	return is_pae(m->gf) ? walk_pae(m, top, va) : walk_2level(m, top, va);
}

/* The most that the shadow may hold for this, as frame address, rights and NX; 0: nothing. */
static u64 ideal(const struct model *m, const struct ref *r)
{
	u64 gfn = (r->pte & PAE_ADDRESS) >> PAGE_SHIFT;
	u32 rights = r->rights;

	if (r->kind != REF_PAGE || !(r->pte & PTE_A) || gfn >= MODEL_PAGES)
		return 0;
	if (!(r->pte & PTE_D))
		rights &= ~PTE_W;
	return (u64)m->mem.frames[gfn].n << PAGE_SHIFT | rights | r->nx;
}

/* ---- What may be in the shadow ----------------------------------------------------------- */

struct root *model_root(const struct model *m, u32 t)
{
	if (!m->linear)
		for (struct root *r = m->s->root; r < m->s->root + m->s->roots; r++)
			if (r->live && r->top == model_top(m, t))
				return r;
	return NULL;
}

static void remember(struct seen *h, u64 entry)
{
	for (u32 i = 0; i < MIN(h->n, MODEL_SEEN); i++)
		if (h->entry[i] == entry)
			return;
	if (h->n < MODEL_SEEN)
		h->entry[h->n] = entry;
	h->n += h->n <= MODEL_SEEN;
}

void model_observe(struct model *m)
{
	for (u32 v = 0; v < m->vas; v++) {
		struct ref r = model_walk(m, model_top(m, 0), m->va[v]);

		if (model_is_kernel(m, m->va[v])) {
			remember(&m->kernel[v], ideal(m, &r));
			continue;
		}
		for (u32 t = 0; t < m->tops; t++) {
			r = model_walk(m, model_top(m, t), m->va[v]);
			if (!model_root(m, t))
				m->user[t][v].n = 0; /* no root: nothing is cached */
			remember(&m->user[t][v], ideal(m, &r));
		}
	}
}

static bool inside(gva_t va, gva_t from, u64 span)
{
	return !span || (va >= from && va - from < span);
}

void model_announced(struct model *m, u32 t, gva_t va, u64 span)
{
	for (u32 v = 0; v < m->vas; v++)
		if (!model_is_kernel(m, m->va[v]) && inside(m->va[v], va, span))
			m->user[t][v].n = 0;
	model_observe(m);
}

void model_announced_kernel(struct model *m, gva_t va, u64 span)
{
	for (u32 v = 0; v < m->vas; v++)
		if (model_is_kernel(m, m->va[v]) && inside(m->va[v], va, span))
			m->kernel[v].n = 0;
	model_observe(m);
}

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
		if (e & SPTE_DEVICE && m->device) {
			m->device(m, e);
			continue;
		}
		/* RAM is cached, never global; the CPU may set A, and never has to set D. */
		assert_int_equal((e | PTE_P | PTE_A) &
					 ~(PAE_ADDRESS | PTE_W | PTE_U | (m->nx ? PTE_NX : 0)),
				 PTE_P | PTE_A | PTE_D);
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

/* ---- Life -------------------------------------------------------------------------------- */

u32 model_high;
bool model_all_low;

void model_start(struct model *m, const struct pt_format *gf, const struct pt_format *sf,
		 gva_t kernel_base, u32 pool)
{
	const struct slot window = {.base = MODEL_WINDOW, .pages = 4, .kind = SLOT_WINDOW};

	memset(m, 0, sizeof(*m));
	m->owner.name = "model";
	host_reset(1024,
		   !is_pae(sf) || model_all_low ? 0
		   : model_high			? MODEL_PAGES + model_high
						: MODEL_PAGES / 2,
		   sf);
	arena_init(&m->arena, &m->owner);
	m->frames_before = frame_free_count();
	assert_int_equal(gmem_init(&m->mem, &m->arena, &m->owner, MODEL_PAGES * PAGE_SIZE), HV_OK);
	assert_int_equal(gmem_add_slot(&m->mem, &window), HV_OK);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(frame_alloc(&m->owner, true, &m->special[i]), HV_OK);
	m->s = shadow_create(&m->arena, &m->mem, pool, m->special);
	assert_non_null(m->s);
	shadow_set_format(m->s, gf);
	m->gf = gf;
	m->nx = host_has_nx && is_pae(gf);
	assert_int_equal(shadow_nx(m->s), m->nx);
	m->linear = true;
	m->kernel_base = SWITCHER_BASE;
	if (kernel_base) {
		m->kernel_base = kernel_base;
		shadow_set_kernel_base(m->s, kernel_base);
	}
	model_check(m);
}

void model_end(struct model *m)
{
	shadow_destroy(m->s);
	for (u32 i = 0; i < 3; i++)
		frame_free(&m->owner, m->special[i]);
	gmem_release(&m->mem);
	arena_release(&m->arena);
	assert_int_equal(m->owner.frames, 0);
	assert_int_equal(frame_free_count(), m->frames_before);
	assert_int_equal(host_windows, 0);
}
