/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/console.c hv/console/terminal.c hv/console/guest_side.c
 * hv/console/filter.c hv/console/row.c hv/console/recent.c hv/console/focus.c hv/console/keys.c
 * hv/console/frames.c hv/console/frames_keys.c hv/monitor/prompt.c hv/monitor/edit.c
 * tests/unit/console_fixture.c */
/* What the console owes others: last words when a guest ends, room on the line, a slow screen, its
 * keys. */
#include "hv/console/guest_side.h"
#include "tests/unit/console_fixture.h"

#include <stdlib.h>

static void test_close(void **state)
{
	struct console *con = A->console;

	(void)state;
	out(A, "last words");
	console_guest_close(A);
	expect("[a] last words\n");
	assert_null(A->console);
	console_guest_close(A);
	out(A, "ghost\n");
	expect("");
	free(con);
	/* The focused guest's end gives the others back to sight; its next start takes it again. */
	con = B->console;
	assert_int_equal(console_guest_open(A), HV_OK);
	assert_false(console_set_focus(&guests[2]));
	console_set_focus(B);
	out(A, "waits\n");
	out(B, "$ ");
	serial_len = 0;
	console_guest_close(B);
	free(con);
	assert_null(console_focus());
	expect("\n[a] waits\n");
	assert_int_equal(console_guest_open(B), HV_OK);
	assert_ptr_equal(console_focus(), B);
}

static void test_close_unseen(void **state)
{
	struct console *con = B->console;

	(void)state;
	console_set_focus(A);
	out(A, "$ ");
	out(B, "dying\nwords");
	serial_len = 0;
	console_guest_close(B);
	free(con);
	expect("\n[b] dying\n[b] words\n$ ");
}

static void test_final(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "prompt");
	out(B, "unseen");
	type("\001li");
	serial_len = 0;
	console_final();
	expect("\n[b] unseen\n"); /* the prompt was seen when it was there */
}

/* Whatever a guest sent last, our lines begin at a line's start. */
static void test_style_is_reset(void **state)
{
	struct console *con = A->console;

	(void)state;
	console_set_focus(A);
	out(A, "\033[31m\033[6noff\n");
	serial_len = 0;
	console_guest_close(A);
	free(con);
	console_write("ringone: log\n", 13);
	expect("\033[4l\033[0m\nringone: log\n");
	console_set_focus(B);
	out(B, "\033[1m$ ");
	console_final();
	console_rawf("ringone: verdict %u\n", 0);
	expect("\033[1m$ \033[4l\033[0m\nringone: verdict 0\n");
}

/* What a guest may print without making the others wait; a dead line keeps nobody for ever. */
static void test_room(void **state)
{
	(void)state;
	room = 4096;
	assert_in_range(console_guest_room(A), 100, 4096 / 20);
	room = 1000;
	assert_int_equal(console_guest_room(A), 0);
	now += 1900000000;
	assert_int_equal(console_guest_room(B), 0);
	console_set_focus(A);
	assert_int_equal(console_guest_room(B), ~0u); /* goes to memory */
	now += 200000000;
	assert_int_equal(console_guest_room(A), ~0u); /* dead */
	room = 2000;
	assert_in_range(console_guest_room(A), 1, 2000 / 20);
	room = 1000;
	assert_int_equal(console_guest_room(A), 0); /* not dead after all */
}

/* Before guests run all is drawn at once; then in pieces, with more time between them for guests
 * than they take; the last words are drawn at once again. */
static void test_slow_screen(void **state)
{
	struct timer *t = NULL; /* the one that was armed last */
	u32 pieces = 0;

	(void)state;
	config.opt.vga = true;
	console_init();
	console_running();
	slow_screen = true;
	out(A, "a long line on a screen of pixels\n");
	for (u32 i = 0; i < TIMERS && armed[i]; i++)
		t = armed[i]->armed ? armed[i] : t;
	assert_non_null(t);
	assert_in_range(undrawn, 20, 60);
	for (; t->armed && pieces < 100; pieces++) {
		assert_in_range(t->when - now, 1000000, 2000000);
		now = t->when;
		t->armed = false;
		t->fire(t);
	}
	assert_int_equal(undrawn, 0);
	assert_in_range(pieces, 10, 30);
	out(A, "more\n");
	assert_true(undrawn > 0);
	console_rawf("ringone: panic\n");
	assert_int_equal(undrawn, 0);
	slow_screen = false;
}

/* Who sits before a screen that shows everything and takes no key is told why. */
static void test_no_keyboard(void **state)
{
	(void)state;
	assert_int_equal(support_log_lines[LOG_WARN], 0);
	no_keyboard = true;
	console_init();
	no_keyboard = false;
	assert_int_equal(support_log_lines[LOG_WARN], 1);
}

/* A key shows a guest's picture, and the line goes with it only where a guest has that. */
static void test_screen_keys(void **state)
{
	(void)state;
	asked = NULL;
	hot_key = 2;
	console_poll();
	assert_ptr_equal(asked, B);
	assert_null(console_focus());
	type("\001n");
	assert_ptr_equal(asked, A);
	console_set_focus(A);
	hot_key = 2;
	console_poll();
	assert_ptr_equal(console_focus(), B);
	hot_key = 3; /* nobody's */
	console_poll();
	assert_ptr_equal(console_focus(), B);
}

/* Looking back lasts until somebody types at the machine's keyboard; the serial line is another's.
 */
static void test_look_back(void **state)
{
	(void)state;
	looked_back = 0;
	pages = 2;
	console_poll();
	assert_int_equal(looked_back, 2);
	pages = -1;
	type("\r");
	assert_int_equal(looked_back, 1);
	out(A, "text\n");
	assert_int_equal(looked_back, 1);
	keyboard = "\r";
	console_poll();
	assert_int_equal(looked_back, 0);
	looked_back = 1;
	console_raw("panic", 5);
	assert_int_equal(looked_back, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, console_setup, console_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_close),	   TEST(test_close_unseen), TEST(test_final),
		TEST(test_style_is_reset), TEST(test_room),	    TEST(test_slow_screen),
		TEST(test_no_keyboard),	   TEST(test_screen_keys),  TEST(test_look_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
