/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the one test that the command line names, and prints its verdict. */
#include "labs/harness/harness.h"

extern const struct lab_test lab_tests[], lab_tests_end[]; /* kernel.ld collects them */

#define SAID_MOST    10 /* failures; the others are counted */
#define NAME_MAX     32
#define DIGEST_START 2166136261u /* FNV-1a: each value changes all that come after it */
#define DIGEST_PRIME 16777619u

static char wanted[NAME_MAX];
static u32 digest = DIGEST_START, seed, failures, failures_of_part;

u32 harness_lab(void)
{
	if (!option("test", wanted, sizeof(wanted)) || wanted[0] != 'b')
		return 0;
	return (u32)(wanted[1] - '0');
}

static void failed(const char *fmt, va_list va)
{
	char text[200];

	failures++;
	failures_of_part++;
	if (failures > SAID_MOST)
		return;
	vformat(text, sizeof(text), fmt, va);
	printf("%s: expected %s\n", wanted, text);
}

bool check(bool ok, const char *fmt, ...)
{
	va_list va;

	va_start(va, fmt);
	if (!ok)
		failed(fmt, va);
	va_end(va);
	return ok;
}

bool check_equal(const char *what, u32 expected, u32 seen)
{
	return check(expected == seen, "%s 0x%x (%u), seen 0x%x (%u)", what, expected, expected,
		     seen, seen);
}

void note(u32 value)
{
	u32 i;

	for (i = 0; i < 4; i++, value >>= 8)
		digest = (digest ^ (value & 0xff)) * DIGEST_PRIME;
}

void part(const char *name)
{
	if (!failures_of_part)
		printf("%s: part %s %08x\n", wanted, name, digest);
	failures_of_part = 0;
}

u32 random_number(void)
{
	seed ^= seed << 13; /* Marsaglia's xorshift */
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

void harness_run(void)
{
	const struct lab_test *t;

	if (!harness_lab())
		return;
	seed = option_number("seed", 1);
	seed = seed ? seed : 1; /* 0 would stay 0 */
	for (t = lab_tests; t < lab_tests_end; t++)
		if (strcmp(t->name, wanted) == 0)
			break;
	if (t == lab_tests_end) {
		printf("%s: there is no such test\n", wanted);
		power_off();
	}
	t->run();
	if (failures)
		printf("%s: failed (%u checks)\n", wanted, failures);
	else
		printf("%s: ok %08x\n", wanted, digest);
	power_off();
}
