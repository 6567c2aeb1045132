/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See shadow_ops.h. */
#include "tests/unit/shadow_ops.h"
#include "lib/x86.h"

u32 seed, step, evictions, recycles;

static gva_t random_va(void)
{
	return m.va[rnd(m.vas)] + rnd(PAGE_SIZE);
}

static bool to_ram(u64 pte)
{
	return (pte & 0x000ffffffffff000ull) >> PAGE_SHIFT < MODEL_PAGES;
}

static bool is_allowed(const struct ref *r, u32 error)
{
	return (!(error & PF_WRITE) || r->rights & PTE_W) &&
	       (!(error & PF_USER) || r->rights & PTE_U) && (!(error & PF_FETCH) || !r->nx);
}

/* What a CPU without NX does not report, the guest must not see. */
static u32 said(void)
{
	return PF_WRITE | PF_USER | (m.nx ? PF_FETCH : 0);
}

/* A read, a write or a fetch, from either side. */
static u32 random_access(void)
{
	static const u32 kind[] = {0, PF_WRITE, PF_WRITE, PF_FETCH};

	return kind[rnd(ARRAY_LEN(kind))] | (chance(50) ? PF_USER : 0);
}

static void expect_fault(gva_t va, u32 error, const struct ref *r, const struct shadow_result *got)
{
	u64 gfn = (r->pte & 0x000ffffffffff000ull) >> PAGE_SHIFT;
	u32 bits = error & said(), rights;
	u64 e;

	if (r->kind == REF_BAD) {
		assert_int_equal(got->verdict, SHADOW_KILL);
		assert_non_null(got->why);
	} else if (r->kind == REF_ABSENT || !is_allowed(r, error)) {
		assert_int_equal(got->verdict, SHADOW_REFLECT);
		assert_int_equal(got->error, bits | (r->kind == REF_PAGE ? PF_PRESENT : 0));
	} else if (gfn >= MODEL_WINDOW && gfn < MODEL_WINDOW + 4) {
		assert_int_equal(got->verdict, SHADOW_WINDOW);
		assert_int_equal(got->gpa, gfn << PAGE_SHIFT | (va & ~PAGE_MASK));
	} else if (gfn >= MODEL_PAGES) {
		assert_int_equal(got->verdict, SHADOW_KILL);
	} else {
		assert_int_equal(got->verdict, SHADOW_OK);
		e = model_shadow(&m, m.s->current, va, &rights);
		assert_int_equal((e & 0x000ffffffffff000ull) >> PAGE_SHIFT, m.mem.frames[gfn].n);
		assert_true(!(error & PF_WRITE) || rights & PTE_W);
		assert_true(!(error & PF_USER) || rights & PTE_U);
		assert_int_equal(e & PTE_NX, r->nx);
	}
}

/* Accessed and Dirty as the CPU leaves them, and no other bit changed. */
static void expect_marks(const struct ref *before, u32 access)
{
	u64 now = model_get(&m, before->pte_at);

	assert_int_equal(now, before->pte | PTE_A | (access & PF_WRITE ? PTE_D : 0));
	assert_int_equal(model_get(&m, before->pde_at), before->pde | PTE_A);
}

u32 quick_answers[SHADOW_KILL + 1];

/* As it comes from the CPU: the short way, and the long one where that does not decide. */
static struct shadow_result fault_as_trapped(gva_t va, u32 error)
{
	u32 found = error;
	enum shadow_verdict verdict = shadow_fault_quick(m.s, va, &found);

	quick_answers[verdict]++;
	if (verdict == SHADOW_KILL)
		return shadow_fault(m.s, va, error);
	if (verdict != SHADOW_WINDOW)
		return (struct shadow_result){.verdict = verdict, .error = found};
	assert_int_equal(found & ~PAGE_MASK, 0);
	return (struct shadow_result){
		.verdict = verdict, .error = PF_PRESENT, .gpa = found | (va & ~PAGE_MASK)};
}

static void op_fault(void)
{
	gva_t va = random_va();
	u32 error = random_access() | (chance(50) ? PF_PRESENT : 0);
	struct ref r = model_walk(&m, model_top(&m, m.current), va);
	struct shadow_result got =
		chance(70) ? fault_as_trapped(va, error) : shadow_fault(m.s, va, error);

	expect_fault(va, error, &r, &got);
	if (got.verdict == SHADOW_WINDOW && got.error) /* nothing is left to be marked */
		expect_marks(&r, error);
	if (got.verdict == SHADOW_OK)
		expect_marks(&r, error);
	else if (r.kind == REF_PAGE)
		assert_int_equal(model_get(&m, r.pte_at), r.pte);
}

static void op_translate(void)
{
	gva_t va = random_va();
	u32 access = random_access(), error;
	struct ref r = model_walk(&m, model_top(&m, m.current), va);
	bool below_4g = !((r.pte & 0x000ffffffffff000ull) >> 32), ok;
	gpa_t gpa = 0, want = (gpa_t)(r.pte & 0xfffff000u) | (va & ~PAGE_MASK);

	assert_int_equal(shadow_peek(m.s, va, &gpa), r.kind == REF_PAGE && below_4g);
	if (r.kind == REF_PAGE && below_4g)
		assert_int_equal(gpa, want);
	ok = shadow_translate(m.s, va, access, &gpa, &error);
	assert_int_equal(ok, r.kind == REF_PAGE && is_allowed(&r, access) && below_4g);
	if (ok) {
		assert_int_equal(gpa, want);
		expect_marks(&r, access);
	} else if (r.kind != REF_PAGE || !is_allowed(&r, access)) {
		assert_int_equal(error, (access & said()) | (r.kind == REF_PAGE ? PF_PRESENT : 0));
	}
}

/* Instruction bytes: what the CPU's fetch has checked already is not checked again. */
static void op_fetch(void)
{
	gva_t va = random_va();
	struct ref r = model_walk(&m, model_top(&m, m.current), va);
	u32 user = chance(50) ? PF_USER : 0, error;
	bool good = r.kind == REF_PAGE && !((r.pte & 0x000ffffffffff000ull) >> 32);
	gpa_t gpa;

	if (m.nx)
		good = good && is_allowed(&r, user | PF_FETCH);
	assert_int_equal(shadow_fetch(m.s, va, user, &gpa, &error), good);
	if (good)
		assert_int_equal(gpa, (gpa_t)(r.pte & 0xfffff000u) | (va & ~PAGE_MASK));
	else if (m.nx && r.kind == REF_PAGE)
		assert_int_equal(error, user | PF_FETCH | PF_PRESENT);
	else
		assert_int_equal(error, user | (m.nx ? PF_FETCH : 0));
}

static void op_pin(void)
{
	gva_t va = random_va();
	struct ref r = model_walk(&m, model_top(&m, m.current), va);
	u32 rights;

	if (!shadow_pin(m.s, va)) {
		assert_int_not_equal(model_shadow(&m, m.s->current, va, &rights), 0);
		assert_true(rights & PTE_W);
	} else {
		assert_false(r.kind == REF_PAGE && r.rights & PTE_W && to_ram(r.pte));
	}
}

static void told(u32 t, u32 v)
{
	if (model_is_kernel(&m, m.va[v]))
		m.kernel[v].n = 0;
	else
		m.user[t][v].n = 0;
}

static void op_edit_pte(void)
{
	u32 t = rnd(m.tops), v = rnd(m.vas);
	struct ref r = model_walk(&m, model_top(&m, t), m.va[v]);

	if (!r.pte_at)
		return;
	model_set(&m, r.pte_at, chance(20) ? r.pte ^ 1u << rnd(7) : random_pte());
	model_observe(&m);
	if (chance(40))
		return;
	/* Other tables may share the leaf table: for them nothing is announced. */
	assert_true(announce(model_top(&m, t), m.va[v] + rnd(PAGE_SIZE)));
	told(t, v);
	model_observe(&m);
}

static void op_edit_row(void) /* many at once, here and there in turn */
{
	struct pte_name row[40];
	u32 at[ARRAY_LEN(row)][2], n = rnd(ARRAY_LEN(row)) + 1,
				   both[2] = {rnd(m.tops), rnd(m.tops)};

	for (u32 i = 0; i < n; i++) {
		u32 t = chance(90) ? both[i & 1] : rnd(m.tops), v = rnd(m.vas);
		struct ref r = model_walk(&m, model_top(&m, t), m.va[v]);

		if (r.pte_at && chance(70)) {
			model_set(&m, r.pte_at, chance(20) ? r.pte ^ 1u << rnd(7) : random_pte());
			model_observe(&m);
		}
		row[i] = (struct pte_name){.top = model_top(&m, t), .va = m.va[v] + rnd(PAGE_SIZE)};
		at[i][0] = t;
		at[i][1] = v;
	}
	assert_int_equal(shadow_set_ptes(m.s, row, n), n);
	for (u32 i = 0; i < n; i++)
		told(at[i][0], at[i][1]);
	model_observe(&m);
}

static void op_edit_user_pde(void)
{
	u32 t = rnd(m.tops), index = lay.pde[rnd(lay.pdes)];

	if (pae())
		return;
	model_set(&m, pde_at_2level(t, index), random_user_pde());
	model_observe(&m);
	if (chance(40))
		return;
	assert_null(shadow_set_pgd(m.s, model_top(&m, t), index));
	model_announced(&m, t, index << 22, 1u << 22);
}

/* The kernel half is the same in all tables, and so each of them has changed. */
static void op_edit_kernel_pde(void)
{
	u32 index = lay.kernel_pde[rnd(lay.kernel_pdes)];

	write_kernel_pde(index, random_kernel_pde());
	model_observe(&m);
	if (chance(40))
		return;
	if (pae())
		assert_null(shadow_set_pmd(m.s, kernel_pde_at_pae(index) & PAGE_MASK, index % 512));
	else
		for (u32 t = 0; t < m.tops; t++)
			assert_null(shadow_set_pgd(m.s, model_top(&m, t), index));
	model_announced_kernel(&m, index << pde_shift(), 1u << pde_shift());
}

static void op_edit_user_pmd(void)
{
	u32 gfn = GFN_USER_MID + rnd(GFN_KERNEL_MID - GFN_USER_MID);
	u32 index = lay.pde[rnd(lay.pdes)] % 512;

	if (!pae())
		return;
	model_set(&m, gfn * PAGE_SIZE + index * 8, random_user_pde());
	model_observe(&m);
	if (chance(40))
		return;
	assert_null(shadow_set_pmd(m.s, gfn * PAGE_SIZE + (chance(50) ? 0 : rnd(4096)), index));
	for (u32 t = 0; t < m.tops; t++)
		for (u32 q = 0; q < kernel_quarter(); q++) {
			u64 e = model_get(&m, model_top(&m, t) + q * 8);

			if (!(e & PTE_P) || (e & 0x000ffffffffff000ull) != gfn * PAGE_SIZE)
				continue;
			if (t == m.current)
				model_announced(&m, t, q << 30 | index << 21, 1u << 21);
			else
				m.stale[t] = true; /* repaired when it is used next */
		}
}

static void op_edit_pdpte(void)
{
	u32 t = rnd(m.tops), q = rnd(kernel_quarter());

	if (!pae())
		return;
	model_set(&m, model_top(&m, t) + q * 8, random_pdpte());
	model_observe(&m);
	if (chance(40))
		return;
	assert_null(shadow_set_pgd(m.s, model_top(&m, t), q));
	model_announced(&m, t, q << 30, 1u << 30);
}

void op_new_pgtable(void)
{
	u32 t = chance(60) ? rnd(3) : rnd(m.tops);

	assert_null(shadow_new_pgtable(m.s, model_top(&m, t)));
	m.linear = false;
	m.current = t;
	assert_ptr_equal(m.s->current, model_root(&m, t));
	if (m.stale[t])
		model_announced(&m, t, 0, 0);
	m.stale[t] = false;
}

static void op_flush_user(void)
{
	shadow_flush_user(m.s);
	model_announced(&m, m.current, 0, 0);
}

static void op_flush_all(void)
{
	shadow_flush_all(m.s);
	model_announced_kernel(&m, 0, 0);
	model_announced(&m, m.current, 0, 0);
	for (u32 t = 0; t < m.tops; t++)
		m.stale[t] = t != m.current;
}

/* A debugger's: the CPU sees nothing there. */
static void op_hide(void)
{
	gva_t va = random_va();
	u32 rights;

	shadow_hide(m.s, va);
	assert_false(model_shadow(&m, m.s->current, va, &rights) & PTE_P);
}

static void op_invalidate_page(void)
{
	u32 v = rnd(m.vas);

	shadow_invalidate_page(m.s, m.va[v]);
	told(m.current, v);
}

/* The CPU sets Accessed where the guest goes. */
static void op_use(void)
{
	gva_t va = m.va[rnd(m.vas)];
	void *leaf = leaf_find(m.s, m.s->current, slot_of(m.s, va));
	u32 index = pt_index(m.s->sf, 0, va);
	u64 e = leaf ? pt_get(m.s->sf, leaf, index) : 0;

	if (e & PTE_P)
		pt_set(m.s->sf, leaf, index, e | PTE_A);
}

/* Arguments that no guest has a reason for: refused, or nothing happens. */
static void op_odd(void)
{
	gva_t ours = SWITCHER_BASE + rnd(0x400000);
	struct shadow_result r;
	gpa_t gpa;
	u32 error;

	assert_false(announce(model_top(&m, m.current), ours));
	assert_non_null(shadow_pin(m.s, ours));
	assert_false(shadow_translate(m.s, ours, 0, &gpa, &error));
	assert_false(shadow_peek(m.s, ours, &gpa));
	shadow_invalidate_page(m.s, ours);
	r = shadow_fault(m.s, ours, PF_WRITE | PF_PRESENT);
	assert_int_equal(r.verdict, SHADOW_REFLECT);
	assert_int_equal(r.error & ~PF_PRESENT, PF_WRITE);
	assert_true(announce(0xfffff000u, m.va[0]));
	assert_true(announce(0x123, m.va[0]));
	assert_non_null(shadow_set_pgd(m.s, model_top(&m, 0), pae() ? 4 : 1024));
	assert_non_null(shadow_set_pgd(m.s, model_top(&m, 0), 0xffffffffu));
	assert_null(shadow_set_pgd(m.s, 0xfffff000u, pae() ? 1 : 77));
	assert_null(shadow_set_pgd(m.s, model_top(&m, m.current), pae() ? 3 : 1023));
	assert_non_null(shadow_set_pmd(m.s, GFN_USER_MID * PAGE_SIZE, 512));
	assert_non_null(shadow_new_pgtable(m.s, model_top(&m, 0) + 1));
	assert_non_null(shadow_new_pgtable(m.s, MODEL_PAGES * PAGE_SIZE));
	assert_non_null(shadow_new_pgtable(m.s, 0xffffffe0u));
	if (pae()) /* quarter 3 was announced */
		model_announced_kernel(&m, 3u << 30, 1u << 30);
}

static const struct {
	void (*run)(void);
	u32 weight;
} ops[] = {
	{op_fault, 40},	       {op_translate, 8},
	{op_fetch, 4},	       {op_pin, 4},
	{op_edit_pte, 20},     {op_edit_row, 5},
	{op_edit_user_pde, 5}, {op_edit_kernel_pde, 3},
	{op_edit_user_pmd, 5}, {op_edit_pdpte, 2},
	{op_new_pgtable, 10},  {op_flush_user, 3},
	{op_flush_all, 2},     {op_invalidate_page, 3},
	{op_hide, 2},	       {op_odd, 1},
	{op_use, 20},
};

void random_op(void)
{
	u32 sum = 0, pick;

	for (u32 i = 0; i < ARRAY_LEN(ops); i++)
		sum += ops[i].weight;
	pick = rnd(sum);
	for (u32 i = 0; i < ARRAY_LEN(ops); i++) {
		if (pick < ops[i].weight) {
			ops[i].run();
			return;
		}
		pick -= ops[i].weight;
	}
}
