/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See text_grid.h. */
#include "tests/unit/text_grid.h"

#include <stdlib.h>
#include <string.h>

struct text_display display;
u8 seen[SEEN_MAX];
static u8 seen_attribute[SEEN_MAX];
u32 seen_cursor, calls;

static void grid_see(u32 column, u32 row, u8 c, u8 attribute, bool cursor)
{
	assert_true(column < display.columns && row < display.rows);
	seen[row * display.columns + column] = c;
	seen_attribute[row * display.columns + column] = attribute;
	if (cursor)
		seen_cursor = row * display.columns + column;
	calls++;
}

void open_grid(u32 columns, u32 rows, u32 work)
{
	display = (struct text_display){columns, rows, work, grid_see};
	memset(seen, ' ', sizeof(seen));
	memset(seen_attribute, TEXT_GREY, sizeof(seen_attribute));
	calls = 0;
	text_open(&display, 0);
}

static u16 grid_memory[4 * SEEN_MAX];

void grid_grow(u32 rows, bool status)
{
	assert_int_equal(text_wants(), 2 * display.columns * display.rows);
	text_grow(grid_memory, text_wants() + rows * display.columns, status);
}

void grid_say(const char *s)
{
	text_write(s, (u32)strlen(s));
}

void grid_shows(const char *all)
{
	assert_int_equal(strlen(all), display.columns * display.rows);
	assert_memory_equal(seen, all, strlen(all));
}

void grid_attributes(u32 from, const char *hex)
{
	for (u32 i = 0; hex[2 * i]; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], 0};

		assert_int_equal(seen_attribute[from + i], strtoul(two, NULL, 16));
	}
}
