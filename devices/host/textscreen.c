/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A grid of characters with a cursor, and perhaps a status line below it. Writing changes the grid
 * alone; what the display shows is remembered beside it, and drawing goes round and shows the cells
 * that differ, as many at a time as the caller likes. The grid is the end of a ring of rows:
 * scrolling moves where it begins, no characters, so however much is written between two pieces of
 * drawing, it is drawn once, and what has scrolled away can be looked at.
 */
#include "devices/host/textscreen.h"
#include "devices/host/textgrid.h"
#include "lib/string.h"

#define EARLY 4800u /* cells before there is memory: 80 x 60, the largest text mode */
#define STALE 0u    /* no character has this code: the cell is to be shown again */

_Static_assert(TEXT_COLUMNS_MAX <= EARLY, "a row at least");
_Static_assert(TEXT_ROWS_MAX <= 64, "a bit for each row");

static struct {
	const struct text_display *display; /* NULL: no screen */
	u16 *ring, *shown;
	u32 room;	/* cells of the ring; a multiple of the columns */
	u32 first;	/* where in it the grid begins; a multiple of the columns */
	u32 old;	/* cells before that which hold what has scrolled away */
	u32 back;	/* so many cells before the grid's begins what is seen */
	u32 all;	/* cells of the screen: the grid's, and the status line's */
	u32 cursor;	/* the cell that is to show the cursor */
	u32 next, left; /* cells of the screen to look at, in a circle */
	u64 used;	/* rows of the grid that may not be blank */
	u16 status[TEXT_COLUMNS_MAX];
} text;

static u16 early_ring[EARLY], early_shown[EARLY];

struct text_grid grid;

/* A cell of the grid, or up to text.old before it. */
static u16 *cell(u32 at)
{
	u32 i = text.first + at;

	if ((s32)i < 0)
		i += text.room;
	return &text.ring[i < text.room ? i : i - text.room];
}

static u16 to_show(u32 at)
{
	return at < grid.cells ? *cell(at - text.back) : text.status[at - grid.cells];
}

/* The cells from..to - 1 of the screen have to be looked at. */
static void changed(u32 from, u32 to)
{
	u32 last = to - 1;

	if (!text.left)
		text.next = from;
	if (from < text.next && last >= text.next)
		text.left = text.all; /* the first and the last one we come to */
	else
		text.left = MAX(text.left, (last < text.next ? text.all : 0) + to - text.next);
}

/* The same of the grid, as far as it is seen. */
static void grid_changed(u32 from, u32 to)
{
	from += text.back;
	to = MIN(to + text.back, grid.cells);
	if (from < to)
		changed(from, to);
}

/* ---- What is there -------------------------------------------------------------------------- */

static void fill(u16 *cells, u32 n, u16 with)
{
	for (u32 i = 0; i < n; i++)
		cells[i] = with;
}

void text_open(const struct text_display *d, u32 at)
{
	memset(&text, 0, sizeof(text));
	text.ring = early_ring;
	text.shown = early_shown;
	fill(early_ring, EARLY, BLANK);
	fill(early_shown, EARLY, BLANK);
	grid.columns = d->columns;
	grid.cells = d->columns * MIN(d->rows, EARLY / d->columns);
	text.room = text.all = grid.cells;
	grid.at = MIN(at, grid.cells - grid.columns);
	text.cursor = grid.at;
	text.shown[text.cursor] = STALE;
	text.used = ~0ull;
	text.display = d;
	grid.opened++;
	changed(text.cursor, text.cursor + 1);
}

void text_found(u32 at, u8 c, u8 attribute)
{
	if (at < grid.cells)
		*cell(at) = text.shown[at] = CELL(attribute, c == STALE ? ' ' : c);
}

u32 text_wants(void)
{
	return text.display ? 2 * text.display->columns * text.display->rows : 0;
}

/* The rows that were there stay where they are, but for those that the cursor pushes out. */
void text_grow(u16 *memory, u32 count, bool status)
{
	u32 columns = grid.columns, were = grid.cells, all = were, rows, over;

	if (!text.display)
		return;
	if (memory) {
		all = columns * text.display->rows;
		fill(memory, count, BLANK);
		memcpy(memory, text.shown, were * sizeof(u16));
		for (u32 i = 0; i < were; i++)
			memory[all + i] = *cell(i);
		text.shown = memory;
		text.ring = memory + all;
		text.room = count - all - (count - all) % columns;
		text.first = 0;
	}
	rows = all / columns - (status && all > columns);
	over = grid.at / columns >= rows ? grid.at / columns + 1 - rows : 0;
	text.all = all;
	grid.cells = rows * columns;
	text.first = (text.first + over * columns) % text.room;
	text.old = text.room > grid.cells ? over * columns : 0;
	grid.at -= over * columns;
	fill(text.status, columns, CELL(TEXT_REVERSE, ' '));
	grid_cursor();
	changed(0, all);
}

/* ---- For the terminal ------------------------------------------------------------------------ */

static void use(u32 from, u32 to)
{
	for (u32 row = from / grid.columns; row * grid.columns < to; row++)
		text.used |= 1ull << row;
}

void grid_set(u32 at, u16 c)
{
	*cell(at) = c;
	use(at, at + 1);
	grid_changed(at, at + 1);
}

void grid_fill(u32 from, u32 to, u16 c)
{
	if (from >= to)
		return;
	for (u32 i = from; i < to; i++)
		*cell(i) = c;
	if (c != BLANK)
		use(from, to);
	grid_changed(from, to);
}

void grid_erase(u32 from, u32 to)
{
	for (u32 row = from / grid.columns, end; from < to; row++, from = end) {
		bool whole = from == row * grid.columns;

		end = MIN((row + 1) * grid.columns, to);
		if (!(text.used & 1ull << row))
			continue;
		grid_fill(from, end, BLANK);
		if (whole && end == (row + 1) * grid.columns)
			text.used &= ~(1ull << row);
	}
}

void grid_move(u32 to, u32 from, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		u32 k = to < from ? i : n - 1 - i;

		*cell(to + k) = *cell(from + k);
	}
	if (n)
		grid_changed(to, to + n);
}

void grid_scroll(void)
{
	u32 columns = grid.columns, most = text.room - grid.cells;
	bool still = text.back && text.back + columns <= most;

	text.first += columns;
	if (text.first == text.room)
		text.first = 0;
	text.old = MIN(text.old + columns, most);
	if (still)
		text.back += columns; /* who looks back sees the same */
	text.used >>= 1;
	grid_fill(grid.cells - columns, grid.cells, BLANK);
	if (!still)
		changed(0, grid.cells);
}

/* Who looks back sees it at the end of the screen. */
void grid_cursor(void)
{
	u32 to = text.back ? text.all - 1 : grid.at;

	if (text.cursor == to)
		return;
	text.shown[text.cursor] = text.shown[to] = STALE;
	changed(text.cursor, text.cursor + 1);
	changed(to, to + 1);
	text.cursor = to;
}

/* ---- What is seen ---------------------------------------------------------------------------- */

void text_status(const char *s)
{
	u32 columns = text.all - grid.cells;

	for (u32 i = 0; i < columns; i++)
		text.status[i] = CELL(TEXT_REVERSE, *s ? *s++ : ' ');
	if (columns)
		changed(grid.cells, text.all);
}

static void look(u32 back)
{
	if (!text.display || back == text.back)
		return;
	text.back = back;
	grid_cursor();
	changed(0, text.all);
}

void text_look_back(s32 halves)
{
	u32 rows = text.display ? grid.cells / grid.columns : 0;
	s32 to = (s32)text.back + halves * (s32)(MAX(rows / 2, 1) * grid.columns);

	look((u32)MIN(MAX(to, 0), (s32)text.old));
}

void text_look_end(void)
{
	look(0);
}

u32 text_rows_back(void)
{
	return text.back / MAX(grid.columns, 1);
}

bool text_draw(u32 work)
{
	while (text.display && text.left) {
		u32 at = text.next;
		u16 c = to_show(at);

		if (!work)
			return true;
		work--;
		text.left--;
		text.next = at + 1 == text.all ? 0 : at + 1;
		if (text.shown[at] == c)
			continue;
		work -= MIN(work, text.display->work);
		text.shown[at] = c;
		text.display->cell(at % grid.columns, at / grid.columns, (u8)c, (u8)(c >> 8),
				   at == text.cursor);
	}
	return false;
}

bool text_drawn(void)
{
	return !text.display || !text.left;
}

u32 text_size(u32 *columns)
{
	*columns = grid.columns;
	return grid.columns ? grid.cells / grid.columns : 0;
}

void text_off(void)
{
	text.display = NULL;
	grid.columns = 0;
}
