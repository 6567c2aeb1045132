/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See shadow_model.h. Nothing here uses the format descriptions of mm/: the two formats are spelled
 * out as the manual draws them (SDM vol. 3, 4.3 and 4.4). */
#include "tests/unit/shadow_model.h"

#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

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
