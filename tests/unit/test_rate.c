/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/time/rate.c */
/* The arithmetic of checking the TSC: wrong speeds are found, pauses and noise are not taken for
 * one. */
#include "hv/time/rate.h"
#include "tests/unit/support.h"

#define S 1000000000ull

/* A machine whose TSC runs at `khz`; its reference is read with an error of up to the slack. */
static struct {
	u64 tsc, ns;
	u32 noise;
} m;

static u32 pass(struct rate *r, u64 ns, u32 khz, u32 taken)
{
	u32 slack = r->slack_ns, off;
	bool over;

	m.tsc += ns / 1000000 * khz + ns % 1000000 * khz / 1000000;
	m.ns += ns;
	m.noise = m.noise * 1103515245u + 12345u;
	off = m.noise % (slack + 1);
	return rate_look(r, m.tsc, m.ns + off, taken, &over);
}

/* How many windows it takes until a speed is told, and which; 0: never in 20. */
static unsigned windows(struct rate r, u32 khz, u32 taken, u32 *told)
{
	for (unsigned i = 0; i < 20; i++) {
		*told = pass(&r, r.window_ns + r.slack_ns, khz, taken);
		if (*told)
			return i;
	}
	return 0;
}

static const struct rate counter = {.slack_ns = 5000000, .window_ns = 5 * S},
			 chip = {.slack_ns = 1000000000, .window_ns = 60 * S};

static void right_speeds(void **state)
{
	static const u32 khz[] = {1000, 25000, 166667, 2596121, 5000000};
	u32 told;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(khz); i++) {
		assert_int_equal(windows(counter, khz[i], khz[i], &told), 0);
		assert_int_equal(windows(chip, khz[i], khz[i], &told), 0);
		/* Less than what can be told. */
		assert_int_equal(windows(counter, khz[i], khz[i] + khz[i] / 4000, &told), 0);
		assert_int_equal(windows(chip, khz[i], khz[i] + khz[i] / 100, &told), 0);
	}
}

static void wrong_speeds(void **state)
{
	static const struct {
		u32 khz, taken;
	} cases[] = {{2299980, 4874657}, {2299980, 7773407}, {2299980, 1150000},
		     {166667, 333333},	 {25000, 20000},     {5000000, 5500000}};
	u32 told;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		u32 khz = cases[i].khz;

		assert_int_equal(windows(counter, khz, cases[i].taken, &told), 2);
		assert_in_range(told, khz - khz / 500, khz + khz / 500);
		assert_int_equal(windows(chip, khz, cases[i].taken, &told), 2);
		assert_in_range(told, khz - khz / 25, khz + khz / 25);
	}
	/* Half a percent: the counter sees it. */
	assert_int_equal(windows(counter, 2000000, 2010000, &told), 2);
	assert_in_range(told, 1996000, 2004000);
}

/* The machine stands for a while: the reference goes on, the TSC does not, or the other way. */
static void pauses(void **state)
{
	struct rate r = chip;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		m.ns += (i * 37 + 11) * S;
		assert_int_equal(pass(&r, 60 * S, 2000000, 2000000), 0);
		assert_int_equal(pass(&r, 61 * S, 2000000, 2000000), 0);
		assert_int_equal(pass(&r, 61 * S, 2000000, 2000000), 0);
	}
	r = counter;
	for (unsigned i = 0; i < 20; i++) {
		m.tsc += (u64)(i * 13 + 1) * 1000000000u;
		assert_int_equal(pass(&r, 5 * S, 2000000, 2000000), 0);
		assert_int_equal(pass(&r, 6 * S, 2000000, 2000000), 0);
	}
	/* A reference that runs away, stands, or a TSC that does. */
	r = counter;
	for (unsigned i = 0; i < 20; i++) {
		m.ns += (u64)1 << 40;
		assert_int_equal(pass(&r, 5 * S, 2000000, 2000000), 0);
	}
	r = counter;
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(pass(&r, 0, 2000000, 2000000), 0);
	r = counter;
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(pass(&r, 6 * S, 0, 2000000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_speeds),
		cmocka_unit_test(wrong_speeds),
		cmocka_unit_test(pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
