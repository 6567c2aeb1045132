/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests that run on the development host, linked with files of the kernel. A test is
 *     HOST_TEST(name) { expect_equal(4, sum(2, 2), "sum(2, 2)"); }
 * It prints `ok name`, or for the first thing that is not as it should be
 *     not ok name: expected sum(2, 2) to be 4, seen 5
 */
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

extern const char *const host_test_name;

#define HOST_TEST(name)                                   \
	const char *const host_test_name = #name;         \
	/* What is not written yet says so here. */       \
	void early_write(const char *text, unsigned len); \
	void early_write(const char *text, unsigned len)  \
	{                                                 \
		fwrite(text, 1, len, stdout);             \
	}                                                 \
	static void host_test(void);                      \
	int main(void)                                    \
	{                                                 \
		setvbuf(stdout, NULL, _IOLBF, 0);         \
		host_test();                              \
		puts("ok " #name);                        \
		return 0;                                 \
	}                                                 \
	static void host_test(void)

/* The subject may hold a % and arguments: expect_equal(1, b[n], "byte %u", n). The first that fails
 * ends the test. */
#define expect(ok, expected, seen, ...)                                                   \
	do {                                                                              \
		if (!(ok)) {                                                              \
			printf("not ok %s: expected ", host_test_name);                   \
			printf(__VA_ARGS__);                                              \
			printf(" to be %ld, seen %ld\n", (long)(expected), (long)(seen)); \
			exit(1);                                                          \
		}                                                                         \
	} while (0)
#define expect_equal(expected, seen, ...)                                  \
	do {                                                               \
		long expected_ = (long)(expected), seen_ = (long)(seen);   \
		expect(expected_ == seen_, expected_, seen_, __VA_ARGS__); \
	} while (0)
#define expect_least(least, seen, ...)                                                   \
	do {                                                                             \
		long seen_ = (long)(seen);                                               \
		if (seen_ < (long)(least)) {                                             \
			printf("not ok %s: expected ", host_test_name);                  \
			printf(__VA_ARGS__);                                             \
			printf(" to be at least %ld, seen %ld\n", (long)(least), seen_); \
			exit(1);                                                         \
		}                                                                        \
	} while (0)
#define expect_true(ok, ...) expect(ok, 1, 0, __VA_ARGS__)

/* Numbers that are the same in each run. */
static inline unsigned host_random(void)
{
	static unsigned long long state = 0x9e3779b97f4a7c15ull;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(state >> 33);
}

#endif
