/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A grid of characters with a cursor. Writing changes the grid alone; what the display shows is
 * remembered beside it, and drawing goes round and shows the cells that differ, as many at a time
 * as the caller likes. Scrolling moves the grid's first row, no characters, so however much
 * is written between two pieces of drawing, it is drawn once. Escape sequences of a guest's
 * console are swallowed, not interpreted.
 */
#include "devices/host/textscreen.h"
#include "lib/string.h"

#define CELLS (TEXT_COLUMNS_MAX * TEXT_ROWS_MAX)
#define TAB   8u
#define STALE 0u /* no character has this code: the cell is to be shown again */

enum escape { ESC_NONE, ESC_SEEN, ESC_CSI };

static struct {
	const struct text_display *display; /* NULL: no screen */
	u32 columns, cells;
	u32 first;	/* where in grid[] the screen begins; a multiple of the columns */
	u32 at;		/* the cell, counted on the screen, where the next character goes */
	u32 cursor;	/* the cell that is to show the cursor */
	u32 next, left; /* cells of the screen to look at, in a circle */
	enum escape escape;
	u8 grid[CELLS];
	u8 shown[CELLS];
} text;

static u8 *cell(u32 at)
{
	u32 i = text.first + at;

	return &text.grid[i < text.cells ? i : i - text.cells];
}

/* The cells from..to - 1 of the screen have to be looked at. */
static void changed(u32 from, u32 to)
{
	u32 last = to - 1;

	if (!text.left)
		text.next = from;
	if (from < text.next && last >= text.next)
		text.left = text.cells; /* the first and the last one we come to */
	else
		text.left = MAX(text.left, (last < text.next ? text.cells : 0) + to - text.next);
}

void text_open(const struct text_display *d, u32 at)
{
	memset(&text, 0, sizeof(text));
	memset(text.grid, ' ', sizeof(text.grid));
	memset(text.shown, ' ', sizeof(text.shown));
	text.columns = d->columns;
	text.cells = d->columns * d->rows;
	text.at = MIN(at, text.cells - text.columns);
	text.cursor = text.at;
	text.shown[text.cursor] = STALE;
	text.display = d;
	changed(text.cursor, text.cursor + 1);
}

void text_found(u32 at, u8 c)
{
	*cell(at) = text.shown[at] = c == STALE ? ' ' : c;
}

static void fill(u32 from, u32 to)
{
	for (u32 i = from; i < to; i++)
		*cell(i) = ' ';
	if (from < to)
		changed(from, to);
}

static void scroll(void)
{
	text.first += text.columns;
	if (text.first == text.cells)
		text.first = 0;
	text.at -= text.columns;
	fill(text.cells - text.columns, text.cells);
	changed(0, text.cells);
}

/* True: the byte belongs to an escape sequence (ECMA-48, 5.4: CSI up to a byte 0x40..0x7e). */
static bool in_escape(u8 c)
{
	switch (text.escape) {
	case ESC_NONE:
		if (c != 0x1b)
			return false;
		text.escape = ESC_SEEN;
		return true;
	case ESC_SEEN:
		text.escape = c == '[' ? ESC_CSI : ESC_NONE;
		return true;
	case ESC_CSI:
		if (c >= 0x40 && c <= 0x7e)
			text.escape = ESC_NONE;
		return true;
	}
	return false;
}

static void put(u8 c)
{
	u32 column = text.at % text.columns;

	if (in_escape(c))
		return;
	if (c == '\n') {
		text.at += text.columns - column;
	} else if (c == '\r') {
		text.at -= column;
	} else if (c == '\b') {
		text.at -= column ? 1 : 0;
	} else if (c == '\t') {
		u32 to = text.at + MIN(TAB - column % TAB, text.columns - column);
		fill(text.at, to);
		text.at = to;
	} else if (c >= ' ') {
		*cell(text.at) = c;
		changed(text.at, text.at + 1);
		text.at++;
	}
	if (text.at >= text.cells)
		scroll();
}

void text_write(const char *s, u32 len)
{
	if (!text.display)
		return;
	for (u32 i = 0; i < len; i++)
		put((u8)s[i]);
	if (text.cursor == text.at)
		return;
	text.shown[text.cursor] = text.shown[text.at] = STALE;
	changed(text.cursor, text.cursor + 1);
	changed(text.at, text.at + 1);
	text.cursor = text.at;
}

bool text_draw(u32 work)
{
	while (text.display && text.left) {
		u32 at = text.next;
		u8 c = *cell(at);

		if (!work)
			return true;
		work--;
		text.left--;
		text.next = at + 1 == text.cells ? 0 : at + 1;
		if (text.shown[at] == c)
			continue;
		work -= MIN(work, text.display->work);
		text.shown[at] = c;
		text.display->cell(at % text.columns, at / text.columns, c, at == text.cursor);
	}
	return false;
}

bool text_drawn(void)
{
	return !text.display || !text.left;
}

u32 text_size(u32 *columns)
{
	*columns = text.columns;
	return text.display ? text.cells / text.columns : 0;
}

void text_off(void)
{
	text.display = NULL;
}
