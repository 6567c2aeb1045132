/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI's timer beside the PIT, included here with its port: one that is right, and faster ones. */
#include "lib/base.h"
#include "tests/unit/support.h"

#define LIB_X86_H /* the real port accesses stay out */

static struct {
	double now; /* ticks of the PIT */
	double step, factor;
	bool no_pit, wraps, stands;
	u32 starts;
} machine;

static u32 inl(u16 port)
{
	assert_int_equal(port, 0x608);
	machine.now += machine.step;
	return (u32)(u64)(machine.stands ? 5 : machine.now * 3 * machine.factor) & 0xffffff;
}

#include "devices/host/pmtimer.c"

struct board board = {.pm_timer = 0x608};

static bool pit_start(void)
{
	machine.starts++;
	return !machine.no_pit;
}

static u32 pit_read(void)
{
	machine.now += machine.step;
	return (u32)(u64)machine.now & 0xffff;
}

static bool pit_wrapped(void)
{
	return machine.wraps;
}

const struct counter pit_counter2 = {"PIT", 1193182, 0xffff, pit_start, pit_read, pit_wrapped};

static void with(double step, double factor)
{
	machine = (typeof(machine)){.now = 70000, .step = step, .factor = factor};
}

static void speeds(void **state)
{
	static const double steps[] = {0.5, 3, 40};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(steps); i++) {
		with(steps[i], 1);
		assert_true(pmtimer_right());
		assert_int_equal(machine.starts, 1);
		with(steps[i], 1.99);
		assert_false(pmtimer_right());
		assert_int_equal(machine.starts, 3);
		with(steps[i], 3.1);
		assert_false(pmtimer_right());
		with(steps[i], 0.5);
		assert_false(pmtimer_right());
	}
}

static void nothing_to_compare(void **state)
{
	(void)state;
	with(1, 2);
	machine.no_pit = true;
	assert_true(pmtimer_right());
	with(0, 2); /* the PIT stands still: an end is found */
	assert_true(pmtimer_right());
	with(1, 1);
	machine.wraps = true; /* it says nothing */
	assert_false(pmtimer_right());
}

static void there(void **state)
{
	(void)state;
	with(1, 1);
	assert_non_null(pmtimer_counter());
	machine.stands = true;
	assert_null(pmtimer_counter());
	board.pm_timer = 0;
	assert_null(pmtimer_counter());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speeds),
		cmocka_unit_test(nothing_to_compare),
		cmocka_unit_test(there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
