/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal that writes on the grid: characters, movements of the cursor and erasing, as far as
 * a VT100 has them (ECMA-48, 8.3). No regions, and rows are not inserted. A character in the last
 * column leaves the cursor there; the next one begins a row.
 *
 * Whatever moves or inserts in hv/console/row.c does the same here: that is how guests are kept
 * from writing lines that begin as ours do.
 */
#include "devices/host/cp437.h"
#include "devices/host/textcolours.h"
#include "devices/host/textgrid.h"
#include "lib/string.h"

#define ESC	   0x1b
#define TAB	   8u
#define PARAMETERS 32u /* more than the console lets through */
#define NUMBER_MAX 9999u

enum state { PLAIN, SEEN_ESC, CHARSET, CSI };

static struct {
	enum state state;
	bool wrap;    /* the next character begins a row */
	bool private; /* a sequence with one of < = > ?, or with a byte of 0x20..0x2f */
	bool parts;   /* one with colons: only colours have such parameters */
	bool insert;  /* characters push the others to the right */
	u8 last;      /* character written; 0: none */
	struct colours colours;
	u32 saved;
	u32 more, character;	       /* bytes of UTF-8 to come, and what it is so far */
	u32 opened;		       /* the grid that this is for */
	u32 count, number[PARAMETERS]; /* of a sequence: the last one is being read */
} pen;

static void switch_on(void)
{
	memset(&pen, 0, sizeof(pen));
	colours_plain(&pen.colours);
	pen.opened = grid.opened;
}

/* ---- Movements and erasing --------------------------------------------------------------------
 */

static u32 column(void)
{
	return grid.at % grid.columns;
}

/* A parameter that counts; none, or 0, is 1. */
static u32 count_of(u32 index)
{
	return index < pen.count && pen.number[index] ? pen.number[index] : 1;
}

static void go_to(u32 row, u32 to)
{
	u32 rows = grid.cells / grid.columns;

	grid.at = MIN(row, rows - 1) * grid.columns + MIN(to, grid.columns - 1);
}

static void up_down(u32 n, bool up)
{
	u32 row = grid.at / grid.columns;

	go_to(!up ? row + n : row > n ? row - n : 0, column());
}

static void left_right(u32 n, bool left)
{
	go_to(grid.at / grid.columns, !left ? column() + n : column() > n ? column() - n : 0);
}

/* 0: from the cursor on, 1: up to and with it, 2: all. */
static void erase(u32 what, u32 begin, u32 end)
{
	if (what <= 2)
		grid_erase(what ? begin : grid.at, what == 1 ? grid.at + 1 : end);
}

/* n characters less, or n blanks more, from the cursor to the end of its row. */
static void shift_row(u32 n, bool insert)
{
	u32 end = grid.at - column() + grid.columns, left = end - grid.at;

	n = MIN(n, left);
	if (insert)
		grid_move(grid.at + n, grid.at, left - n);
	else
		grid_move(grid.at, grid.at + n, left - n);
	grid_fill(insert ? grid.at : end - n, insert ? grid.at + n : end, BLANK);
}

/* To the n-th stop from here. */
static void tab(u32 n, bool back)
{
	u32 over = column() % TAB;

	left_right(n * TAB - (!back ? over : over ? TAB - over : 0), back);
}

static void next_row(void)
{
	if (grid.at - column() + grid.columns == grid.cells)
		grid_scroll();
	else
		grid.at += grid.columns;
	grid.at -= column();
}

/* False: it is none of these. */
static bool movement(u8 last)
{
	u32 n = count_of(0);

	switch (last) {
	case 'A':
	case 'B':
		up_down(n, last == 'A');
		break;
	case 'C':
	case 'a':
	case 'D':
		left_right(n, last == 'D');
		break;
	case 'E':
	case 'F':
		up_down(n, last == 'F');
		grid.at -= column();
		break;
	case 'G':
	case '`':
		go_to(grid.at / grid.columns, n - 1);
		break;
	case 'd':
		go_to(n - 1, column());
		break;
	case 'H':
	case 'f':
		go_to(n - 1, count_of(1) - 1);
		break;
	case 'I':
	case 'Z':
		tab(n, last == 'Z');
		break;
	case 'r': /* a region, which is not kept */
		go_to(0, 0);
		break;
	case 's':
		pen.saved = grid.at;
		break;
	case 'u':
		grid.at = MIN(pen.saved, grid.cells - 1);
		break;
	default:
		return false;
	}
	return true;
}

static void put_character(u8 c)
{
	if (pen.wrap)
		next_row();
	if (pen.insert)
		shift_row(1, true);
	grid_set(grid.at, CELL(colours_attribute(&pen.colours), c));
	pen.last = c;
	pen.wrap = column() + 1 == grid.columns;
	if (!pen.wrap)
		grid.at++;
}

static void repeat(u32 n)
{
	for (u32 i = 0; pen.last && i < MIN(n, grid.columns); i++)
		put_character(pen.last);
}

static void set_modes(bool on)
{
	for (u32 i = 0; i < pen.count; i++)
		if (pen.number[i] == 4)
			pen.insert = on;
}

static void control_sequence(u8 last)
{
	u32 n = count_of(0), begin = grid.at - column();

	switch (last) {
	case 'J':
		erase(pen.number[0], 0, grid.cells);
		break;
	case 'K':
		erase(pen.number[0], begin, begin + grid.columns);
		break;
	case 'P':
	case '@':
		shift_row(n, last == '@');
		break;
	case 'X':
		grid_fill(grid.at, MIN(grid.at + n, begin + grid.columns), BLANK);
		break;
	case 'm':
		colours_select(&pen.colours, pen.number, pen.count);
		return; /* which leaves a row's end as it is */
	case 'h':
	case 'l':
		set_modes(last == 'h');
		return;
	case 'b':
		repeat(n);
		return;
	default:
		if (!movement(last))
			return;
		break;
	}
	pen.wrap = false;
}

static void reset(void)
{
	switch_on();
	grid_erase(0, grid.cells);
	grid.at = 0;
}

static void short_sequence(u8 c)
{
	if (c == '7')
		pen.saved = grid.at;
	else if (c == '8')
		grid.at = MIN(pen.saved, grid.cells - 1);
	else if (c == 'M')
		up_down(1, true);
	else if (c == 'E')
		next_row();
	else if (c == 'c')
		reset();
	else
		return;
	pen.wrap = false;
}

static void sequence_byte(u8 c)
{
	if (c >= '0' && c <= '9') {
		u32 *n = &pen.number[pen.count - 1];

		*n = MIN(*n * 10 + (c - '0'), NUMBER_MAX);
	} else if (c == ';' || c == ':') {
		pen.parts |= c == ':';
		if (pen.count < PARAMETERS)
			pen.number[pen.count++] = 0;
	} else if (c >= ' ' && c <= '?') {
		pen.private = true;
	} else if (c >= '@' && c <= '~') {
		pen.state = PLAIN;
		if (!pen.private && (!pen.parts || c == 'm'))
			control_sequence(c);
	}
}

/* True: the byte belongs to an escape sequence (ECMA-48, 5.3 and 5.4). */
static bool in_sequence(u8 c)
{
	if (c == ESC) {
		pen.state = SEEN_ESC;
		return true;
	}
	switch (pen.state) {
	case SEEN_ESC:
		pen.state = c == '[' ? CSI : c >= ' ' && c <= '/' ? CHARSET : PLAIN;
		if (c == '[') {
			pen.count = 1;
			pen.number[0] = 0;
			pen.private = pen.parts = false;
		} else if (pen.state == PLAIN) {
			short_sequence(c);
		}
		return true;
	case CHARSET:
		pen.state = PLAIN;
		return true;
	case CSI:
		sequence_byte(c);
		return true;
	default:
		return false;
	}
}

/* ---- Characters -------------------------------------------------------------------------------
 */

/* Bytes from 0x80 on are UTF-8 (RFC 3629); what is none is a box. */
static void put_utf8(u8 c)
{
	bool goes_on = (c & 0xc0u) == 0x80;

	if (goes_on && pen.more) {
		pen.character = pen.character << 6 | (c & 0x3fu);
		if (!--pen.more)
			put_character(cp437(pen.character));
		return;
	}
	pen.more = goes_on ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	pen.character = c & (0x3fu >> pen.more);
	if (!pen.more)
		put_character(CP437_BOX);
}

static void put(u8 c)
{
	if (c < 0x80 && pen.more) {
		pen.more = 0;
		put_character(CP437_BOX);
	}
	if (in_sequence(c))
		return;
	if (c >= 0x80) {
		put_utf8(c);
		return;
	}
	if (c >= ' ') {
		put_character(c);
		return;
	}
	if (c == '\n')
		next_row();
	else if (c == '\r')
		grid.at -= column();
	else if (c == '\b')
		left_right(1, true);
	else if (c == '\t')
		tab(1, false);
	else
		return;
	pen.wrap = false;
}

void text_write(const char *s, u32 len)
{
	if (!grid.columns)
		return;
	if (pen.opened != grid.opened)
		switch_on();
	for (u32 i = 0; i < len; i++)
		put((u8)s[i]);
	grid_cursor();
}
