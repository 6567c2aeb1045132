/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A display for the text screen that only remembers: what was written, and what of it is seen. */
#ifndef TESTS_UNIT_TEXT_GRID_H
#define TESTS_UNIT_TEXT_GRID_H

#include "devices/host/textscreen.h"
#include "tests/unit/support.h"

#define SEEN_MAX (TEXT_COLUMNS_MAX * TEXT_ROWS_MAX)

extern struct text_display display;
extern u8 seen[SEEN_MAX]; /* what the display shows */
extern u32 seen_cursor, calls;

void open_grid(u32 columns, u32 rows, u32 work);

/* All rows, and so many more. */
void grid_grow(u32 rows, bool status);
void grid_say(const char *s);
void grid_shows(const char *all);
void grid_attributes(u32 from, const char *hex);

#endif
