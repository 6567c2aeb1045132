/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of track B are written with. TEST(b3_map) { ... } in labs/B3/tests/ANY.c is run by
 * the command line test=b3_map, after the kernel booted as far as lab B3; seed=N makes its numbers.
 *
 * At the end one line is printed. "b3_map: ok 5f3a1c22" has the digest of all that was note()d,
 * which is known only to who did the work. "b3_map: failed (2 checks)" comes after what each of
 * them expected and saw.
 *
 * For partial credit part("walk") prints "b3_map: part walk 5f3a1c22" if no check since the last
 * part() failed.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include "labs/kernel/kernel.h"

struct lab_test {
	const char *name;
	void (*run)(void);
};

#define TEST(name)                                                        \
	static void name(void);                                           \
	static const struct lab_test test_##name                          \
		__attribute__((section(".tests"), used)) = {#name, name}; \
	static void name(void)

/* Print `NAME: expected fmt` when ok is false, and remember that. Gives ok. */
bool check(bool ok, const char *fmt, ...) PRINTF(2, 3);
/* The same for two numbers: `NAME: expected WHAT 0x..., seen 0x...` */
bool check_equal(const char *what, u32 expected, u32 seen);
void note(u32 value);	     /* into the digest: something that the kernel computed */
void part(const char *name); /* see above */
u32 random_number(void);     /* from the seed */

/* Run the test that the command line names, and power off; without one do nothing. harness_lab: its
 * lab, 0: none. */
void harness_run(void);
u32 harness_lab(void);

#endif
