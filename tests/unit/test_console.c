/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/console.c hv/console/terminal.c hv/console/guest_side.c
 * hv/console/filter.c hv/console/row.c hv/console/recent.c hv/console/focus.c hv/console/keys.c
 * hv/console/frames.c hv/console/frames_keys.c hv/monitor/prompt.c hv/monitor/edit.c
 * tests/unit/console_fixture.c */
/* The shared console without a focus and with one: where lines begin, who sees what. */
#include "hv/console/guest_side.h"
#include "tests/unit/console_fixture.h"

#include <stdio.h>
#include <string.h>

static void test_lines(void **state)
{
	(void)state;
	out(A, "hello\nwor");
	out(B, "x\r\n");
	out(A, "ld\n\n");
	expect("[a] hello\n[b] x\n[a] world\n[a] \n");
	console_write("ringone: log\n", 13);
	expect("ringone: log\n");
}

static void test_partial_line(void **state)
{
	(void)state;
	out(A, "/ # ");
	expect("");
	second_passes();
	expect("[a] / # ");
	out(A, "l"); /* on a line of its own, echo follows at once */
	out(A, "s");
	expect("ls");
	out(A, "\b \b");
	expect("\b \b");
	out(A, "\nfile\n");
	expect("\n[a] file\n");
}

/* What was cut off is shown again, whole, when it goes on; and only then. */
static void test_partial_line_interrupted(void **state)
{
	(void)state;
	out(A, "on");
	second_passes();
	out(B, "two\n");
	expect("[a] on\n[b] two\n");
	second_passes();
	expect("");
	out(A, "e");
	second_passes();
	expect("[a] one");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\n");
	out(A, "!\n");
	expect("[a] one!\n");
}

static void test_two_partial_lines(void **state)
{
	(void)state;
	out(A, "a> ");
	out(B, "b> ");
	second_passes();
	expect("[a] a> \n[b] b> ");
	second_passes();
	expect("");
	out(B, "k\n");
	expect("k\n");
}

static void test_long_line(void **state)
{
	char text[GUEST_LINE * 2 + 2], want[sizeof(text) + 32];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 2] = '\n';
	text[sizeof(text) - 1] = 0;
	out(A, text);
	sprintf(want, "[a] %.*s\n[a] %.*s\n[a] \n", (int)GUEST_LINE, text, (int)GUEST_LINE, text);
	want[strlen(want) - 5] = 0; /* exactly two full lines: the newline ends the second */
	expect(want);
}

static void test_carriage_return(void **state)
{
	(void)state;
	out(A, "10%\r20%\rdone\r\n");
	expect("[a] 10%\n[a] 20%\n[a] done\n");
	out(A, "x\r");
	out(A, "\ny\n");
	expect("[a] x\n[a] y\n");
	out(A, "\r\r\n");
	expect("[a] \n");
}

/* A guest cannot look like us or like another guest, nor steer the terminal. */
static void test_no_escape_in_lines(void **state)
{
	(void)state;
	out(A, "\033[2J\033]0;title\007\033[31mred\033[0m \033P+q\033\\end\n");
	expect("[a] red end\n");
	out(A, "bell\007 \001\002ctrl\177 \x9b"
	       "2J caf\xc3\xa9\n");
	expect("[a] bell ctrl ?2J caf\xc3\xa9\n");
	out(A, "\033]never ended\nstill inside\033\\x\n");
	expect("[a] x\n");
	out(A, "\033[12\nnext\n");
	expect("[a] \n[a] next\n");
	out(A, "ringone: verdict 0\n(ringone) kill b\n");
	expect("[a] ringone: verdict 0\n[a] (ringone) kill b\n");
	out(A, "\b\b\b\b\bx\n");
	expect("[a] x\n");
}

/* A backspace takes nothing that is not of the same line. */
static void test_backspace_limits(void **state)
{
	(void)state;
	out(A, "ab");
	second_passes();
	expect("[a] ab");
	out(A, "\b\b\b\b\b\b\b");
	expect("\b \b\b \b");
	out(A, "c\n");
	expect("c\n");
}

static void test_focus_raw(void **state)
{
	(void)state;
	assert_true(console_set_focus(A));
	expect("");
	out(A, "\033[2J\033[1;1Hmenu\033[?25l\r\n> ");
	expect("\033[2J\033[1;1Hmenu\033[?25l\n> ");
	out(B, "unseen\n");
	expect("");
	assert_true(console_set_focus(NULL));
	expect("\033[4l\033[0m\n[b] unseen\n");
}

static void test_focus_shows_the_prompt(void **state)
{
	(void)state;
	out(A, "/ # ");
	second_passes();
	expect("[a] / # ");
	console_set_focus(A);
	expect("\n/ # ");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\n/ # ");
	out(A, "ls\n");
	expect("ls\n");
}

static void test_focus_change(void **state)
{
	(void)state;
	console_set_focus(A);
	out(B, "one\ntw");
	out(A, "alpha");
	expect("alpha");
	console_set_focus(B);
	expect("\none\ntw");
	out(B, "o\n");
	out(A, " more\n");
	expect("o\n");
	console_set_focus(A);
	expect("alpha more\n");
}

/* The oldest of what nobody saw goes first, and it is said. */
static void test_backlog_overflow(void **state)
{
	char line[16];

	(void)state;
	console_set_focus(A);
	for (u32 i = 0; i < 1000; i++) {
		sprintf(line, "line %03u\n", i);
		out(B, line);
	}
	console_set_focus(NULL);
	assert_non_null(strstr(serial, "bytes before this were not kept)\r\n"));
	assert_non_null(strstr(serial, "[b] line 999\r\n"));
	assert_non_null(strstr(serial, "[b] line 800\r\n"));
	assert_null(strstr(serial, "line 700"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, console_setup, console_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_partial_line),
		TEST(test_partial_line_interrupted),
		TEST(test_two_partial_lines),
		TEST(test_long_line),
		TEST(test_carriage_return),
		TEST(test_no_escape_in_lines),
		TEST(test_backspace_limits),
		TEST(test_focus_raw),
		TEST(test_focus_shows_the_prompt),
		TEST(test_focus_change),
		TEST(test_backlog_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
