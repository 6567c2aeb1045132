/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/textscreen.c devices/host/textwrite.c devices/host/textcolours.c
 * devices/host/cp437.c tests/unit/text_grid.c */
/* What has scrolled away from the text screen, its status line, and rows that are added. */
#include "devices/host/cp437.h"
#include "tests/unit/text_grid.h"

#include <string.h>

static void test_back(void **state)
{
	(void)state;
	open_grid(3, 4, 1);
	grid_grow(3, false);
	for (char c = 'a'; c <= 'l'; c++) {
		char line[] = {'\n', c, 0};

		grid_say(c == 'a' ? line + 1 : line);
	}
	text_draw(~0u);
	grid_shows("i  j  k  l  ");
	assert_int_equal(seen_cursor, 10);
	text_look_back(1); /* half a screen */
	assert_int_equal(text_rows_back(), 2);
	text_draw(~0u);
	grid_shows("g  h  i  j  ");
	assert_int_equal(seen_cursor, 11); /* the last cell */
	text_look_back(1);
	assert_int_equal(text_rows_back(), 3); /* all there is */
	text_draw(~0u);
	grid_shows("f  g  h  i  ");
	text_look_back(-1);
	assert_int_equal(text_rows_back(), 1);
	text_draw(~0u);
	grid_shows("h  i  j  k  ");
	calls = 0;
	grid_say("\nm"); /* what is seen stays */
	text_draw(~0u);
	assert_int_equal(calls, 0);
	assert_int_equal(text_rows_back(), 2);
	grid_say("\nn\no"); /* until it is lost */
	assert_int_equal(text_rows_back(), 3);
	text_draw(~0u);
	grid_shows("i  j  k  l  ");
	grid_say("\033[HX");
	text_draw(~0u);
	grid_shows("i  j  k  X  "); /* the end's first row is seen, too */
	text_look_end();
	text_draw(~0u);
	grid_shows("X  m  n  o  ");
	assert_int_equal(seen_cursor, 1);
	text_look_back(-1);
	assert_int_equal(text_rows_back(), 0);
	text_off();
	text_look_back(1);
	assert_true(text_drawn());
}

static void test_status(void **state)
{
	(void)state;
	open_grid(6, 3, 1);
	grid_say("one\ntwo\nthree");
	grid_grow(2, true); /* the cursor's row pushes one out */
	text_draw(~0u);
	grid_shows("two   three       ");
	grid_attributes(12, "707070707070");
	assert_int_equal(seen_cursor, 11);
	text_status("*a on, and more");
	assert_false(text_drawn());
	text_draw(~0u);
	grid_shows("two   three *a on,");
	calls = 0;
	text_status("*a on,");
	text_draw(~0u);
	assert_int_equal(calls, 0);
	grid_say("\n4\n\033[99;99H!\033[2J\033[Hx");
	text_draw(~0u);
	grid_shows("x           *a on,");
	text_look_back(9);
	assert_int_equal(text_rows_back(), 3);
	text_draw(~0u);
	grid_shows("one   two   *a on,");
	assert_int_equal(seen_cursor, 17);
	/* Without memory: of what was there, a row less. */
	open_grid(6, 3, 1);
	grid_say("one\ntwo\nthree");
	text_grow(NULL, 0, true);
	text_status("s");
	text_draw(~0u);
	grid_shows("two   three s     ");
	grid_say("\nfour");
	text_draw(~0u);
	grid_shows("three four  s     ");
	/* One row only: it is needed for text. */
	open_grid(6, 1, 1);
	text_grow(NULL, 0, true);
	text_status("s");
	grid_say("text");
	text_draw(~0u);
	grid_shows("text  ");
}

/* A large screen has its first rows until there is memory. */
static void test_grow(void **state)
{
	static char want[SEEN_MAX + 1];

	(void)state;
	open_grid(160, 64, 1);
	for (u32 i = 0; i < 40; i++)
		grid_say("\nx");
	text_draw(~0u);
	assert_int_equal(seen[29 * 160], 'x');
	assert_int_equal(seen[30 * 160], ' ');
	grid_grow(0, true);
	grid_say("\ny");
	text_draw(~0u);
	memset(want, ' ', SEEN_MAX);
	for (u32 i = 0; i < 30; i++)
		want[i * 160] = 'x';
	want[30 * 160] = 'y';
	grid_shows(want);
	grid_attributes(63 * 160, "7070");
}

/* What scrolled before there was memory is in its order, with memory and without. */
static void test_grow_after_scrolling(void **state)
{
	(void)state;
	for (u32 lines = 0; lines < 9; lines++)
		for (u32 with = 0; with < 2; with++) {
			char want[] = "               ";

			open_grid(3, 5, 1);
			for (u32 i = 0; i < lines; i++)
				grid_say((char[]){'\n', (char)('a' + i), 0});
			if (with)
				grid_grow(3, true);
			else
				text_grow(NULL, 0, true);
			for (u32 row = 0; row < 4; row++) {
				s32 line = (s32)(lines > 3 ? lines - 3 : 0) + (s32)row;

				if (line > 0 && line <= (s32)lines)
					want[3 * row] = (char)('a' + line - 1);
			}
			text_draw(~0u);
			grid_shows(want);
			assert_int_equal(seen_cursor, 3 * MIN(lines, 3) + !!lines);
			if (!with || lines < 4)
				continue;
			memmove(want + 3, want, 9);
			want[0] = (char)(lines > 4 ? 'a' + lines - 5 : ' ');
			text_look_back(1); /* the row that the cursor pushed out is there */
			assert_int_equal(text_rows_back(), 1);
			text_draw(~0u);
			grid_shows(want);
		}
}

/* However often all is erased: what is blank costs nothing. */
static void test_erasing_is_cheap(void **state)
{
	(void)state;
	open_grid(160, 30, 1);
	grid_grow(100, true);
	for (u32 i = 0; i < 200000; i++)
		grid_say("\033[2J\033[99Hx");
	text_draw(~0u);
	assert_int_equal(seen[28 * 160], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_grow_after_scrolling),
		cmocka_unit_test(test_erasing_is_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
