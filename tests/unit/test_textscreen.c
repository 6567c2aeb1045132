/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/textscreen.c devices/host/textwrite.c devices/host/textcolours.c
 * devices/host/cp437.c tests/unit/text_grid.c */
/* The text screen: a grid of characters, against a model of one. */
#include "devices/host/cp437.h"
#include "tests/unit/text_grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_grid(void **state)
{
	(void)state;
	open_grid(10, 3, 1);
	grid_say("ab\tc\rA\n\033[1;31mred\033[0m\bD");
	assert_false(text_drawn());
	assert_int_equal(calls, 0);
	assert_false(text_draw(~0u));
	assert_true(text_drawn());
	grid_shows("Ab      c "
		   "reD       "
		   "          ");
	assert_int_equal(seen_cursor, 13);
	grid_say("\nthree\nfour, which is long");
	text_draw(~0u);
	grid_shows("three     "
		   "four, whic"
		   "h is long ");
	grid_say("\n\n\nx");
	text_draw(~0u);
	grid_shows("          "
		   "          "
		   "x         ");
	text_off();
	grid_say("more");
	assert_true(text_drawn());
	assert_false(text_draw(~0u));
}

/* What was there stays, and scrolls away as what we write does. */
static void test_found(void **state)
{
	(void)state;
	open_grid(4, 2, 1);
	text_found(4, 'g', TEXT_GREY);
	text_found(5, 0, TEXT_GREY); /* some firmware's blank */
	seen[4] = 'g';
	grid_say("\nr");
	text_draw(~0u);
	grid_shows("    r   ");
	open_grid(4, 2, 1);
	text_found(4, 'g', TEXT_GREY);
	grid_say("\n\nr");
	text_draw(~0u);
	grid_shows("g   r   ");
}

/* A piece has a bound: so many cells are drawn, and the rest is drawn later. */
static void test_pieces(void **state)
{
	u32 pieces = 0, before;

	(void)state;
	open_grid(20, 10, 100);
	for (u32 i = 0; i < 9; i++)
		grid_say("twenty letters in it");
	do {
		before = calls;
		pieces++;
		if (!text_draw(300))
			break;
		assert_in_range(calls - before, 1, 3);
	} while (pieces < 1000);
	assert_int_equal(pieces, 51); /* the 27 blanks need none */
	assert_int_equal(calls, 153); /* each once; the cursor stays at the last */
	calls = 0;
	grid_say("\n\n");
	assert_false(text_draw(~0u));
	assert_int_equal(calls, 18); /* eight rows look as before, one is blank now; the cursor */
}

/* However much is printed all the time, each row has its turn. */
static void test_every_row_has_its_turn(void **state)
{
	char line[32];

	(void)state;
	open_grid(20, 10, 20);
	for (u32 i = 1; i < 100; i++) {
		snprintf(line, sizeof(line), "\nline %u of many", i);
		grid_say(line);
		text_draw(400);
	}
	for (u32 row = 0; row < 10; row++) {
		assert_memory_equal(seen + row * 20, "line ", 5);
		assert_in_range(atoi((char *)seen + row * 20 + 5), 80, 99);
	}
}

/* The same as a grid should do it: characters move. */
static struct {
	u8 cell[SEEN_MAX];
	u32 row, column;
	bool full; /* the row's last column was written */
} model;

static void model_newline(void)
{
	u32 columns = display.columns, cells = columns * display.rows;

	model.column = 0;
	if (++model.row < display.rows)
		return;
	model.row--;
	memmove(model.cell, model.cell + columns, cells - columns);
	memset(model.cell + cells - columns, ' ', columns);
}

static void model_put(u8 c)
{
	u32 last = display.columns - 1;
	bool printed = c >= ' ';

	if (printed && model.full)
		model_newline();
	if (printed)
		model.cell[model.row * display.columns + model.column] = c;
	model.full = printed && model.column == last;
	if (c == '\n')
		model_newline();
	else if (c == '\r')
		model.column = 0;
	else if (c == '\b')
		model.column -= model.column ? 1 : 0;
	else if (c == '\t')
		model.column = MIN((model.column / 8 + 1) * 8, last);
	else if (model.column < last)
		model.column++;
}

static void test_model(void **state)
{
	static const u32 size[][2] = {{1, 1}, {1, 5}, {7, 1}, {9, 2}, {40, 25}, {160, 64}};
	static const char bytes[] = "abcXYZ  \n\n\r\b\t~";

	(void)state;
	srand(1);
	for (u32 s = 0; s < ARRAY_LEN(size); s++) {
		open_grid(size[s][0], size[s][1], 7);
		memset(&model, 0, sizeof(model));
		memset(model.cell, ' ', sizeof(model.cell));
		grid_grow(0, false);
		for (u32 i = 0; i < 20000; i++) {
			char c = bytes[(u32)rand() % (sizeof(bytes) - 1)];

			text_write(&c, 1);
			model_put((u8)c);
			if (rand() % 4 == 0)
				text_draw((u32)rand() % 64);
			if (i % 500)
				continue;
			assert_false(text_draw(~0u));
			assert_memory_equal(seen, model.cell, display.columns * display.rows);
			assert_int_equal(seen_cursor, model.row * display.columns + model.column);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grid),   cmocka_unit_test(test_found),
		cmocka_unit_test(test_pieces), cmocka_unit_test(test_every_row_has_its_turn),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
