/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/console.c hv/console/terminal.c hv/console/guest_side.c
 * hv/console/filter.c hv/console/row.c hv/console/recent.c hv/console/focus.c hv/console/keys.c
 * hv/console/frames.c hv/console/frames_keys.c hv/monitor/prompt.c hv/monitor/edit.c
 * tests/unit/console_fixture.c */
/* What is typed: who gets it, and the monitor's prompt between the lines of guests. */
#include "hv/console/guest_side.h"
#include "tests/unit/console_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_keys(void **state)
{
	(void)state;
	type("nobody");
	assert_string_equal(taken[0], "");
	assert_string_equal(taken[1], "");
	console_set_focus(B);
	type("to b\r");
	assert_string_equal(taken[1], "to b\r");
	console_set_focus(NULL);
	B->state = GUEST_PAUSED;
	type("to a\r"); /* the only one that runs */
	assert_string_equal(taken[0], "to a\r");
}

/* A paste waits on the line for a guest that reads slowly: nothing is lost. */
static void test_paste(void **state)
{
	char many[GUEST_INPUT * 4 + 1];

	(void)state;
	for (u32 i = 0; i < sizeof(many) - 1; i++)
		many[i] = (char)('a' + i % 23);
	many[sizeof(many) - 1] = 0;
	console_set_focus(A);
	strcpy(typed, many);
	typed_len = (u32)strlen(typed);
	takes[0] = 0;
	poll_times(50);
	assert_int_equal(typed_at, GUEST_INPUT); /* the rest was not even taken from the line */
	for (u32 i = 0; strlen(taken[0]) < strlen(many); i++) {
		assert_true(i < 1000);
		now += 1900000000; /* slow, but not deaf */
		takes[0] = 3;
		poll_times(3);
	}
	assert_string_equal(taken[0], many);
	assert_int_equal(support_log_lines[LOG_WARN], 0);
}

/* More than is taken at once is said to be there: nothing else may ever make us look again. */
static void test_many_keys(void **state)
{
	(void)state;
	console_set_focus(A);
	memset(typed, 'k', 150);
	typed_len = 150;
	assert_true(console_poll());
	assert_true(console_poll());
	assert_false(console_poll());
	assert_int_equal(strlen(taken[0]), 150);
	assert_false(console_poll());
}

/* A guest that does not read loses keys, and never those of the monitor; it is said once. */
static void test_deaf_guest(void **state)
{
	char many[GUEST_INPUT * 2 + 2];

	(void)state;
	console_set_focus(A);
	takes[0] = 3;
	memset(many, 'k', sizeof(many) - 2);
	many[sizeof(many) - 2] = 0x01;
	many[sizeof(many) - 1] = 0;
	strcpy(typed, many);
	typed_len = (u32)strlen(typed);
	poll_times(50);
	assert_int_equal(typed_at, GUEST_INPUT + 3);
	now += 2100000000;
	poll_times(50);
	assert_int_equal(typed_at, typed_len);
	assert_true(console_prompt_open());
	console_prompt_key(0x1b);
	second_passes();
	assert_int_equal(support_log_lines[LOG_WARN], 1);
	assert_string_equal(taken[0], "kkk");
	takes[0] = 2;
	console_poll();
	assert_string_equal(taken[0], "kkkkk");
	takes[0] = ~0u;
	console_poll();
	assert_int_equal(strlen(taken[0]), GUEST_INPUT + 3);
}

static void test_monitor_line(void **state)
{
	(void)state;
	type("\001lixx\b\177st all\025help");
	assert_true(console_prompt_open());
	expect("(ringone) lixx\b \b\b \bst all"
	       "\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b"
	       "help");
	type("\r");
	assert_false(console_prompt_open());
	assert_string_equal(ran, "help");
	expect("\nresult\n");
	type("\001\r");
	assert_string_equal(ran, "");
}

static void test_monitor_leave(void **state)
{
	(void)state;
	console_set_focus(A);
	type("\001x\033");
	assert_true(console_prompt_open()); /* it may be the beginning of an arrow */
	second_passes();
	assert_false(console_prompt_open());
	type("\001\003");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "");
	type("\001\001");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "\001");
	type("\001x\001");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "\001");
	assert_string_equal(ran, "");
}

/* Keys that send sequences edit, and nothing of them reaches a guest. */
static void test_monitor_keys(void **state)
{
	(void)state;
	console_set_focus(A);
	type("\001lst\033[D\033[Di\r");
	assert_string_equal(ran, "list");
	type("\001elp\033OHh\033OF me\r");
	assert_string_equal(ran, "help me");
	type("\001xpci\033[1~\033[3~\r");
	assert_string_equal(ran, "pci");
	type("\001\033[A\r");
	assert_string_equal(ran, "pci");
	type("\001\033[A\033[A\033[A\r");
	assert_string_equal(ran, "list");
	type("\001xnew\033[A\033[B\033[B\r");
	assert_string_equal(ran, "");
	type("\001\033[5~\033[1;5C\033[Zmem\177\177\177mem\r\n");
	assert_string_equal(ran, "mem");
	assert_string_equal(taken[0], ""); /* the line feed neither */
	type("\n");
	assert_string_equal(taken[0], "\n");
	type("\001\033x");
	assert_false(console_prompt_open());
	assert_string_equal(taken[0], "\nx");
}

static void test_monitor_line_limit(void **state)
{
	char many[300];

	(void)state;
	memset(many, 'm', sizeof(many));
	many[0] = 0x01;
	many[298] = '\r';
	many[299] = 0;
	type(many);
	assert_int_equal(strlen(ran), 79);
}

/* While a command is typed guests run on, and what they print comes after it. */
static void test_monitor_holds_output(void **state)
{
	(void)state;
	out(A, "before\n");
	type("\001li");
	out(A, "during\n");
	out(B, "b too\n");
	expect("[a] before\n(ringone) li");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\n(ringone) li");
	type("st\r");
	expect("st\nresult\n[a] during\n[b] b too\n");
}

/* Nothing a visible guest prints is lost: when there is no room it interrupts the prompt. */
static void test_monitor_never_loses(void **state)
{
	char line[16];
	u32 found = 0;

	(void)state;
	type("\001li");
	for (u32 i = 0; i < 1000; i++) {
		sprintf(line, "line %03u\n", i);
		out(A, line);
	}
	type("\r");
	for (const char *s = serial; (s = strstr(s, "[a] line ")) != NULL; s += 9)
		assert_int_equal(atoi(s + 9), found++);
	assert_int_equal(found, 1000);
	assert_string_equal(ran, "li");
}

static void focus_b(void)
{
	assert_true(console_set_focus(B));
}

static void test_monitor_in_focus(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "\033[1m$ ");
	expect("\033[1m$ ");
	type("\001f");
	out(A, "late");
	expect("\n(ringone) f");
	type("\r");
	expect("\nresult\n$ late");
	on_run = focus_b;
	out(B, "hi");
	type("\001f\r");
	expect("\n(ringone) f\nresult\n\033[4l\033[0m\nhi");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, console_setup, console_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_paste),
		TEST(test_many_keys),
		TEST(test_deaf_guest),
		TEST(test_monitor_line),
		TEST(test_monitor_leave),
		TEST(test_monitor_keys),
		TEST(test_monitor_line_limit),
		TEST(test_monitor_holds_output),
		TEST(test_monitor_never_loses),
		TEST(test_monitor_in_focus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
