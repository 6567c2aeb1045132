/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: lib/trace.c */
/* The last events as people read them: in order, those that were asked for, with ages of one
 * moment. */
#include "lib/trace.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

#define KHZ 1000u /* of a slow clock: a cycle is a microsecond */

struct cpu_features cpu = {.tsc = true};

static char shown[8][120];
static u32 lines;

/* It takes some time to show a line. */
static void line(void *ctx, const char *text)
{
	u64 start = rdtsc();

	(void)ctx;
	while (rdtsc() - start < 100000)
		;
	snprintf(shown[lines++ % 8], sizeof(shown[0]), "%s", text);
}

static u32 age(u32 n)
{
	u32 number, us;

	assert_int_equal(sscanf(shown[n], "#%u -%uus", &number, &us), 2);
	return us;
}

static void test_ages(void **state)
{
	(void)state;
	lines = 0;
	for (u32 i = 0; i < 4; i++)
		trace(TRACE_IRQ, "g", i, 0, 0);
	trace_print(4, KHZ, line, NULL);
	assert_int_equal(lines, 4);
	for (u32 i = 1; i < 4; i++)
		assert_true(age(i) <= age(i - 1));
	trace_print(1, 0, line, NULL); /* no clock */
	assert_int_equal(age(4), 0);
}

/* Older than can be said is as old as can be said. */
static void test_old(void **state)
{
	(void)state;
	trace(TRACE_IRQ, "g", 0, 0, 0);
	trace_ring.record[(trace_ring.next - 1) % TRACE_RING].tsc = rdtsc() - (1ull << 33);
	lines = 0;
	trace_print(1, KHZ, line, NULL);
	assert_int_equal(age(0), UINT32_MAX);
}

static void test_selection(void **state)
{
	(void)state;
	trace(TRACE_HCALL, "a", 5, 1, 2);
	trace(TRACE_IRQ, "b", 3, 0x10, 0);
	trace(TRACE_IRQ, "a", 4, 0x20, 0);
	lines = 0;
	assert_true(trace_print_of("a", NULL, 9, KHZ, line, NULL));
	assert_int_equal(lines, 2);
	assert_non_null(strstr(shown[0], "[a] hypercall number=5 arg1=0x1 arg2=0x2"));
	assert_true(trace_print_of(NULL, "irq", 1, KHZ, line, NULL));
	assert_non_null(strstr(shown[2], "[a] irq line=4 eip=0x20"));
	assert_false(trace_print_of(NULL, "nonsense", 1, KHZ, line, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_selection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
