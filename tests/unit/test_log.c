/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: lib/trace.c */
/* Log lines and the event ring. The log is included under another name, since support.c has a
 * log_line() for all tests. */
#include "tests/unit/support.h"

#define log_line log_line_of_hv
#define panic	 panic_of_hv
void log_line_of_hv(enum log_level level, const char *tag, const char *fmt, ...) PRINTF(3, 4);
NORETURN void panic_of_hv(const char *fmt, ...) PRINTF(1, 2);
#include "lib/cpu.h"
#include "lib/log.c"
#include "lib/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cpu_features cpu;

static char got[65536];
static u64 now;

static void write_got(const char *text, u32 len)
{
	assert_int_equal(text[len - 1], '\n');
	assert_true(len <= LOG_LINE);
	strncat(got, text, len);
}

static u64 clock_now(void)
{
	return now;
}

static const struct log_ops ops = {write_got, clock_now, NULL};

static int setup(void **state)
{
	(void)state;
	log_hook(&ops);
	log_set_level(LOG_INFO);
	memset(buckets, 0, sizeof(buckets));
	got[0] = 0;
	now = 1000000000000;
	return 0;
}

static void expect(const char *want)
{
	assert_string_equal(got, want);
	got[0] = 0;
}

static u32 count(const char *what)
{
	u32 n = 0;

	for (const char *s = got; (s = strstr(s, what)) != NULL; s++)
		n++;
	got[0] = 0;
	return n;
}

/* ---- Lines -------------------------------------------------------------------------------- */

static void test_lines(void **state)
{
	char text[400];

	(void)state;
	log_line(LOG_INFO, NULL, "hello %u", 7);
	log_line(LOG_ERROR, "alpha", "it is %s", "so");
	expect("ringone: hello 7\n[alpha] it is so\n");
	log_line(LOG_INFO, "alpha", "%s", "a\nringone: verdict 0\033[2J\x7f\x9b");
	expect("[alpha] a.ringone: verdict 0.[2J..\n");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	log_line(LOG_INFO, "alpha", "%s", text);
	assert_int_equal(strlen(got), LOG_LINE);
	assert_int_equal(got[LOG_LINE - 1], '\n');
}

/* Before the options are read what boot finds is shown; then the level decides. */
static void test_levels(void **state)
{
	(void)state;
	log_line(LOG_DEBUG, NULL, "no");
	log_line(LOG_INFO, NULL, "early");
	expect("ringone: early\n");
	for (u32 level = LOG_ERROR; level <= LOG_DEBUG; level++) {
		log_set_level(level);
		for (u32 l = LOG_ERROR; l <= LOG_DEBUG; l++)
			log_line((enum log_level)l, NULL, "line");
		assert_int_equal(count("line"), level + 1);
	}
}

/* ---- The limit ---------------------------------------------------------------------------- */

static void test_limit(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++)
		log_line(LOG_INFO, "noisy", "line");
	assert_int_equal(count("[noisy] line"), BURST - RESERVE);
	log_line(LOG_INFO, "quiet", "line"); /* each guest has its own limit, and we have none */
	expect("[quiet] line\n");
	for (u32 i = 0; i < 1000; i++)
		log_line(LOG_INFO, NULL, "line");
	assert_int_equal(count("ringone: line"), 1000);
	log_line(LOG_ERROR, "noisy", "killed"); /* the reserve */
	expect("[noisy] 952 lines suppressed\n[noisy] killed\n");
	for (u32 i = 0; i < 1000; i++)
		log_line(LOG_ERROR, "noisy", "error");
	assert_int_equal(count("error"), RESERVE - 1);
	log_flush();
	expect("[noisy] 985 lines suppressed\n");
	log_flush();
	expect("");
}

static void test_limit_refills(void **state)
{
	(void)state;
	for (u32 i = 0; i < 100; i++)
		log_line(LOG_INFO, "noisy", "line");
	got[0] = 0;
	now += 1000000000;
	for (u32 i = 0; i < 100; i++)
		log_line(LOG_INFO, "noisy", "line");
	assert_int_equal(count("[noisy] line"), PER_SECOND);
	/* In small steps the rate is the same. */
	for (u32 i = 0; i < 10000; i++) {
		now += 1000000;
		log_line(LOG_INFO, "noisy", "line");
	}
	assert_int_equal(count("[noisy] line"), 10 * PER_SECOND);
	now += 3600ull * 1000000000;
	for (u32 i = 0; i < 100; i++)
		log_line(LOG_INFO, "noisy", "line");
	assert_int_equal(count("[noisy] line"), BURST - RESERVE);
}

/* As many names as guests, the longest there can be. */
static void test_limit_names(void **state)
{
	char name[LOG_TAG_MAX];

	(void)state;
	for (u32 round = 0; round < 2; round++)
		for (u32 i = 0; i < LOG_TAGS; i++) {
			snprintf(name, sizeof(name), "abcdefghijklm%02u", i);
			log_line(LOG_INFO, name, "line");
		}
	assert_int_equal(count("] line"), 2 * LOG_TAGS);
	assert_int_equal(buckets[LOG_TAGS - 1].lines, BURST - 2);
}

/* ---- The event ring ----------------------------------------------------------------------- */

static void add(void *ctx, const char *text)
{
	assert_ptr_equal(ctx, got);
	strcat(got, text);
	strcat(got, "\n");
}

static void test_trace(void **state)
{
	(void)state;
	trace_print(10, 0, add, got);
	expect("");
	trace(TRACE_HCALL, "alpha", 14, 0x1000, 0xc0000000);
	trace(TRACE_FAULT, "alpha", 0xdead0000, 2, 1);
	trace(TRACE_SWITCH, "alpha", 0, 0, 0);
	trace(TRACE_HOSTIRQ, NULL, 32, 0, 0);
	trace_print(10, 0, add, got);
	expect("#0 -0us [alpha] hypercall number=14 arg1=0x1000 arg2=0xc0000000\n"
	       "#1 -0us [alpha] fault cr2=0xdead0000 error=0x2 verdict=1\n"
	       "#2 -0us [alpha] switch \n"
	       "#3 -0us [-] hostirq vector=32\n");
	trace_print(1, 0, add, got);
	expect("#3 -0us [-] hostirq vector=32\n");
	trace_print(0, 0, add, got);
	expect("");
	for (u32 i = 4; i < 1000; i++)
		trace(TRACE_HOSTIRQ, NULL, i, 0, 0);
	trace_print(2, 0, add, got);
	expect("#998 -0us [-] hostirq vector=998\n#999 -0us [-] hostirq vector=999\n");
	trace_print(0xffffffff, 0, add, got);
	assert_int_equal(strncmp(got, "#744 ", 5), 0);
	assert_int_equal(count("hostirq"), 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lines, setup),
		cmocka_unit_test_setup(test_levels, setup),
		cmocka_unit_test_setup(test_limit, setup),
		cmocka_unit_test_setup(test_limit_refills, setup),
		cmocka_unit_test_setup(test_limit_names, setup),
		cmocka_unit_test_setup(test_trace, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
