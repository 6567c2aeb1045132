/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: lib/div64.c */
/* 64-bit division against the host's own, at the edges and for random operands. */
#include "lib/base.h"
#include "tests/unit/support.h"

u64 __udivmoddi4(u64 n, u64 d, u64 *rem);
u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);
s64 __divdi3(s64 n, s64 d);
s64 __moddi3(s64 n, s64 d);

static const u64 edges[] = {
	0,
	1,
	2,
	3,
	7,
	10,
	0x7fffffff,
	0x80000000,
	0x80000001,
	0xfffffffe,
	0xffffffff,
	0x100000000,
	0x100000001,
	0x1ffffffff,
	0x7fffffff00000000,
	INT64_MAX - 1,
	INT64_MAX,
	1ull << 63,
	(1ull << 63) + 1,
	UINT64_MAX - 1,
	UINT64_MAX,
	1000000000,
	0xfffffffeffffffff,
	0xffffffff00000000,
};

static void check(u64 n, u64 d)
{
	u64 rem = 42;

	if (!d)
		return;
	assert_true(__udivmoddi4(n, d, &rem) == n / d);
	assert_true(rem == n % d);
	assert_true(__udivdi3(n, d) == n / d);
	assert_true(__umoddi3(n, d) == n % d);
	if ((s64)n == INT64_MIN && (s64)d == -1)
		return; /* no result in C */
	assert_true(__divdi3((s64)n, (s64)d) == (s64)n / (s64)d);
	assert_true(__moddi3((s64)n, (s64)d) == (s64)n % (s64)d);
}

static void every_pair_of_edges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edges); i++)
		for (size_t j = 0; j < ARRAY_LEN(edges); j++)
			check(edges[i], edges[j]);
}

static void random_operands(void **state)
{
	u64 x = 0x9e3779b97f4a7c15;

	(void)state;
	for (int i = 0; i < 500000; i++) {
		u64 n, d;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		n = x >> (x & 31);
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		d = x >> (x & 63);
		check(n, d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_edges),
		cmocka_unit_test(random_operands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
