/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/shadow_guest.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c
 * mm/format.c mm/arena.c mm/gmem.c mm/rmap.c mm/shadow.c mm/shadow_announce.c mm/shadow_device.c
 * mm/shadow_fault.c mm/shadow_pool.c mm/shadow_repair.c mm/shadow_roots.c mm/walk.c
 * tests/unit/shadow_pairs.c */
/* The shadow pager under a guest that writes rubbish everywhere. */
#include "tests/unit/shadow_pairs.h"

static gpa_t odd_gpa(void)
{
	switch (rnd(4)) {
	case 0:
		return model_top(&m, rnd(MODEL_TOPS));
	case 1:
		return rnd(MODEL_PAGES) * PAGE_SIZE;
	case 2:
		return rnd(MODEL_PAGES + 2) * PAGE_SIZE + rnd(128) * 32;
	default:
		return rnd(0xffffffffu);
	}
}

static gva_t odd_va(void)
{
	return chance(80) ? m.va[rnd(m.vas)] + rnd(PAGE_SIZE) : rnd(0xffffffffu);
}

static void write_rubbish(void)
{
	u32 bytes = pae() ? 8 : 4;
	gpa_t at = rnd(MODEL_PAGES) * PAGE_SIZE + rnd(PAGE_SIZE / bytes) * bytes;
	struct ref r;

	if (chance(50)) { /* where a walk will find it */
		r = model_walk(&m, model_top(&m, rnd(MODEL_TOPS)), m.va[rnd(m.vas)]);
		at = r.pte_at ? r.pte_at : at;
	}
	switch (rnd(3)) {
	case 0:
		model_set(&m, at, random_pte());
		break;
	case 1: /* any page as a table, this one too */
		model_set(&m, at, (u64)rnd(MODEL_PAGES) << PAGE_SHIFT | PTE_P | rnd(0x80));
		break;
	default:
		model_set(&m, at, (u64)rnd(0xffffffffu) << rnd(33));
	}
}

/* Whatever the answer, a guest that tries again gets on in a few steps. */
static void fault_until_done(void)
{
	u32 error = rnd(8), rights;
	gva_t va = odd_va();
	struct shadow_result r;

	for (u32 n = 0; n < 4; n++) {
		r = shadow_fault(m.s, va, error);
		if (r.verdict != SHADOW_OK)
			return;
		if (model_shadow(&m, m.s->current, va, &rights) &&
		    (!(error & PF_WRITE) || rights & PTE_W) &&
		    (!(error & PF_USER) || rights & PTE_U || shadow_linear(m.s)))
			return;
	}
	fail_msg("a fault at %#x (%#x) is never resolved", va, error);
}

static void odd_call(void)
{
	gpa_t gpa;
	u32 error;

	switch (rnd(10)) {
	case 0:
		if (!shadow_new_pgtable(m.s, odd_gpa()))
			m.linear = false;
		break;
	case 1:
		(void)announce(odd_gpa(), odd_va());
		break;
	case 2:
		(void)shadow_set_pgd(m.s, odd_gpa(), chance(90) ? rnd(1024) : rnd(0xffffffffu));
		break;
	case 3:
		(void)shadow_set_pmd(m.s, odd_gpa(), chance(90) ? rnd(512) : rnd(0xffffffffu));
		break;
	case 4:
		shadow_flush_user(m.s);
		break;
	case 5:
		shadow_flush_all(m.s);
		break;
	case 6:
		shadow_invalidate_page(m.s, odd_va());
		break;
	case 7:
		(void)shadow_pin(m.s, odd_va());
		break;
	case 8:
		(void)!shadow_peek(m.s, odd_va(), &gpa);
		break;
	default:
		(void)!shadow_translate(m.s, odd_va(), rnd(8), &gpa, &error);
	}
}

static void run_rubbish(u32 seed, u32 which)
{
	static const gva_t base[] = {KERNEL, 0x40000000u, 0x80000000u};

	random_state = 0x2545f4914f6cdd1dull * (seed + 1 + 100ull * support_seed());
	model_start(&m, pair[which].guest, pair[which].shadow, base[seed % 3], seed & 1 ? 0 : 100);
	guest_tables(MODEL_TOPS);
	for (u32 n = 0; n < 1500; n++) {
		if (chance(40))
			write_rubbish();
		else if (chance(60))
			fault_until_done();
		else
			odd_call();
		if (n % 4 == 0)
			model_check(&m);
	}
	model_check(&m);
	model_end(&m);
}

static void test_rubbish(void **state)
{
	(void)state;
	for (u32 seed = 0; seed < 9; seed++)
		run_rubbish(seed, seed / 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rubbish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
