/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/shadow_guest.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c
 * mm/format.c mm/arena.c mm/gmem.c mm/rmap.c mm/shadow.c mm/shadow_announce.c mm/shadow_device.c
 * mm/shadow_fault.c mm/shadow_pool.c mm/shadow_repair.c mm/shadow_roots.c mm/walk.c
 * tests/unit/shadow_ops.c */
/*
 * The shadow pager against a model of the CPU: seeded random operations of a guest that keeps the
 * contract (every answer and every shadow entry is checked), and of one that keeps none (only what
 * protects the machine is checked). On failure the line printed first names seed and step.
 */
#include "lib/x86.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_ops.h"

#include <stdio.h>
#include <string.h>

static void run_once(u32 with_seed, const struct pt_format *gf, const struct pt_format *sf,
		     gva_t kernel_base, u32 pool, u32 steps)
{
	seed = with_seed + 100 * support_seed();
	random_state = 0x9e3779b97f4a7c15ull * (seed + 1);
	model_start(&m, gf, sf, kernel_base, pool);
	m.strict = true;
	guest_tables(MODEL_TOPS);
	op_new_pgtable();
	for (step = 0; step < steps; step++) {
		random_op();
		model_observe(&m);
		if (step % 4 == 0 || step > steps - 10)
			model_check(&m);
	}
	assert_true(m.judged > steps);
	evictions += shadow_stats(m.s)->evictions;
	recycles += shadow_stats(m.s)->recycles;
	model_end(&m);
}

static void run_contract(u32 with_seed, const struct pt_format *gf, const struct pt_format *sf,
			 gva_t kernel_base, u32 pool, u32 steps)
{
	for (u32 low = 0; low < 2; low++) {
		model_all_low = low;
		run_once(with_seed, gf, sf, kernel_base, pool, steps);
	}
	model_all_low = false;
}

#define STEPS 1500u

/* Without these the tests would not have tested much. */
static void expect_pressure(void)
{
	assert_true(evictions > 0);
	assert_true(recycles > 0);
	evictions = recycles = 0;
	/* Windows are rare here: test_shadow_edges.c. */
	assert_true(quick_answers[SHADOW_OK] > STEPS / 30);
	assert_true(quick_answers[SHADOW_REFLECT] > STEPS / 30);
	assert_true(quick_answers[SHADOW_KILL] > STEPS / 30);
	memset(quick_answers, 0, sizeof(quick_answers));
}

static void test_contract_2level_on_2level(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++)
		run_contract(i, &pt_format_2level, &pt_format_2level,
			     i & 1 ? 0x80000000u : 0xc0000000u, i & 2 ? 0 : 200, STEPS);
	run_contract(9, &pt_format_2level, &pt_format_2level, 0xb0000000u, 60, STEPS);
	expect_pressure();
}

static void test_contract_2level_on_pae(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++)
		run_contract(i, &pt_format_2level, &pt_format_pae,
			     i & 1 ? 0xb0000000u : 0xc0000000u, i & 2 ? 0 : 300, STEPS);
	run_contract(9, &pt_format_2level, &pt_format_pae, 0x78000000u, 80, STEPS);
	expect_pressure();
}

static void test_contract_pae_on_pae(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++)
		run_contract(i, &pt_format_pae, &pt_format_pae, i & 1 ? 0x40000000u : 0xc0000000u,
			     i & 2 ? 0 : 300, STEPS);
	expect_pressure();
}

static void test_contract_with_nx(void **state)
{
	(void)state;
	host_has_nx = true;
	for (u32 i = 0; i < 4; i++)
		run_contract(20 + i, &pt_format_pae, &pt_format_pae,
			     i & 1 ? 0x40000000u : 0xc0000000u, i & 2 ? 0 : 300, STEPS);
	run_contract(29, &pt_format_2level, &pt_format_pae, 0xc0000000u, 0, STEPS);
	expect_pressure();
	host_has_nx = false;
}

static int report(void **state)
{
	(void)state;
	if (step && m.s && m.owner.frames)
		fprintf(stderr, "seed %u step %u\n", seed, step);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_contract_2level_on_2level, report),
		cmocka_unit_test_teardown(test_contract_2level_on_pae, report),
		cmocka_unit_test_teardown(test_contract_pae_on_pae, report),
		cmocka_unit_test_teardown(test_contract_with_nx, report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
