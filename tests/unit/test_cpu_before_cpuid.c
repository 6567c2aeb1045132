/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: lib/cpu.c tests/unit/cpuid_answers.c */
/* CPUs that do not have CPUID, or have it switched off. */
#include "tests/unit/cpuid_answers.h"

#include <string.h>

/* CPUs that cannot be asked by CPUID. */
struct silent {
	bool id, ac, fpu, cyrix, cyrix_on;
};

static bool flag_changes(void *ctx, u32 flag)
{
	const struct silent *s = ctx;

	assert_true(flag == 0x40000 || flag == 0x200000);
	return flag == 0x40000 ? s->ac : s->id || s->cyrix_on;
}

static bool is_cyrix(void *ctx)
{
	return ((struct silent *)ctx)->cyrix;
}

static void cyrix_cpuid_on(void *ctx)
{
	((struct silent *)ctx)->cyrix_on = true;
}

static bool fpu_answers(void *ctx)
{
	return ((struct silent *)ctx)->fpu;
}

static void ask_cyrix(void *ctx, u32 leaf, u32 r[4])
{
	struct machine m = {
		.vendor = "CyrixInstead", .max = 1, .sig = 0x520, .edx = FPU, .ext_max = 0x520};

	assert_true(((struct silent *)ctx)->cyrix_on);
	cpuid_answer(&m, leaf, r);
}

static struct cpu_features identify(struct silent s)
{
	static const struct cpu_probe p = {flag_changes, is_cyrix, cyrix_cpuid_on, fpu_answers,
					   ask_cyrix};
	struct cpu_features c;

	memset(&c, 0xff, sizeof(c));
	cpu_identify(&c, &p, &s);
	return c;
}

static void without_cpuid(void **state)
{
	struct cpu_features c = identify((struct silent){.ac = true, .fpu = true});

	(void)state;
	assert_true(c.fpu && !c.cpuid && !c.tsc && !c.pse && !c.pge && !c.errata);
	assert_int_equal(c.family, 4);
	assert_int_equal(c.phys_bits, 32);
	c = identify((struct silent){.ac = true}); /* a 486SX */
	assert_true(!c.fpu && c.family == 4);
	c = identify((struct silent){.fpu = true}); /* a 386 with its 387 */
	assert_true(c.fpu && c.family == 3);
	c = identify((struct silent){.ac = true, .cyrix = true, .fpu = true});
	assert_true(c.cpuid && c.fpu && c.family == 5 && c.model == 2);
	assert_string_equal(c.vendor, "CyrixInstead");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_cpuid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
