/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/textscreen.c devices/host/textwrite.c devices/host/textcolours.c
 * devices/host/cp437.c devices/host/fbtext.c devices/host/font.c hv/console/filter.c
 * hv/console/row.c */
/* The text screen: the grid against a model of one, and its characters drawn as pixels. */
#include "devices/host/cp437.h"
#include "devices/host/fbtext.h"
#include "devices/host/font.h"
#include "devices/host/textscreen.h"
#include "hv/console/filter.h"
#include "mm/host.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static bool no_map;
static u64 mapped;
static u32 mapped_bytes;

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	assert_int_equal(cache, CACHE_WC);
	mapped = phys;
	mapped_bytes = bytes;
	return no_map ? NULL : (void *)(uintptr_t)phys;
}

/* ---- The grid ------------------------------------------------------------------------------ */

#define SEEN_MAX (TEXT_COLUMNS_MAX * TEXT_ROWS_MAX)

static struct text_display display;
static u8 seen[SEEN_MAX]; /* what the display shows */
static u8 seen_attribute[SEEN_MAX];
static u32 seen_cursor, calls;

static void see(u32 column, u32 row, u8 c, u8 attribute, bool cursor)
{
	assert_true(column < display.columns && row < display.rows);
	seen[row * display.columns + column] = c;
	seen_attribute[row * display.columns + column] = attribute;
	if (cursor)
		seen_cursor = row * display.columns + column;
	calls++;
}

static void open_grid(u32 columns, u32 rows, u32 work)
{
	display = (struct text_display){columns, rows, work, see};
	memset(seen, ' ', sizeof(seen));
	memset(seen_attribute, TEXT_GREY, sizeof(seen_attribute));
	calls = 0;
	text_open(&display, 0);
}

static u16 memory[4 * SEEN_MAX];

/* All rows, and so many more. */
static void grow(u32 rows, bool status)
{
	assert_int_equal(text_wants(), 2 * display.columns * display.rows);
	text_grow(memory, text_wants() + rows * display.columns, status);
}

static void say(const char *s)
{
	text_write(s, (u32)strlen(s));
}

static void shows(const char *all)
{
	assert_int_equal(strlen(all), display.columns * display.rows);
	assert_memory_equal(seen, all, strlen(all));
}

static void test_grid(void **state)
{
	(void)state;
	open_grid(10, 3, 1);
	say("ab\tc\rA\n\033[1;31mred\033[0m\bD");
	assert_false(text_drawn());
	assert_int_equal(calls, 0);
	assert_false(text_draw(~0u));
	assert_true(text_drawn());
	shows("Ab      c "
	      "reD       "
	      "          ");
	assert_int_equal(seen_cursor, 13);
	say("\nthree\nfour, which is long");
	text_draw(~0u);
	shows("three     "
	      "four, whic"
	      "h is long ");
	say("\n\n\nx");
	text_draw(~0u);
	shows("          "
	      "          "
	      "x         ");
	text_off();
	say("more");
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
	say("\nr");
	text_draw(~0u);
	shows("    r   ");
	open_grid(4, 2, 1);
	text_found(4, 'g', TEXT_GREY);
	say("\n\nr");
	text_draw(~0u);
	shows("g   r   ");
}

/* A piece has a bound: so many cells are drawn, and the rest is drawn later. */
static void test_pieces(void **state)
{
	u32 pieces = 0, before;

	(void)state;
	open_grid(20, 10, 100);
	for (u32 i = 0; i < 9; i++)
		say("twenty letters in it");
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
	say("\n\n");
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
		say(line);
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
		grow(0, false);
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

/* ---- The terminal ---------------------------------------------------------------------------- */

static void attributes(u32 from, const char *hex)
{
	for (u32 i = 0; hex[2 * i]; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], 0};

		assert_int_equal(seen_attribute[from + i], strtoul(two, NULL, 16));
	}
}

static void test_colours(void **state)
{
	static const struct {
		const char *text, *hex;
	} row[] = {
		{"a\033[31mb\033[1mc\033[0md", "07040c07"},
		{"\033[32;44mx\033[39my\033[49mz", "121707"},
		{"\033[7mr\033[27ms", "7007"},
		{"\033[97;100mb\033[mp", "0f07"},	/* no blinking: bright is dim behind */
		{"\033[38;5;9mi\033[48;5;4mj", "0c1c"}, /* of 256, the first 16 */
		{"\033[38;5;200mi\033[38;2;1;2;3mj\033[34mk", "070701"},
		{"\033[30mh", "07"}, /* black on black cannot be seen */
		{"\033[37;47mh", "70"},
		{"\033[8mc\033[58md\033[9999me\033[;mf", "07070707"},
		{"\033[?1mq\033[>4;31mw", "0707"}, /* not these */
		{"\033[1;22;35mt", "05"},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		open_grid(10, 2, 1);
		say(row[i].text);
		text_draw(~0u);
		attributes(0, row[i].hex);
	}
}

static void test_movements(void **state)
{
	static const struct {
		const char *text, *want; /* of a screen 5 x 3 */
		u32 cursor;
	} row[] = {
		{"ab\033[2;4Hc", "ab      c      ", 9},
		{"\033[99;99HZ\033[HA", "A             Z",
		 1}, /* the last cell, and nothing scrolls */
		{"abcde\033[Dx", "abcxe          ", 4},
		{"abcde\033[31mf", "abcdef         ", 6}, /* a colour leaves the row's end */
		{"ab\n\033[Ac\033[2Bd\033[9De", "cb        ed   ", 11},
		{"abc\033[Gx\033[2Gy\033[3dz", "xyc         z  ", 13},
		{"abcde\nfghij\nklmno\033[2;3H\033[J", "abcdefg        ", 7},
		{"abcde\nfghij\nklmno\033[2;3H\033[1J", "        ijklmno", 7},
		{"abcde\nfghij\nklmno\033[2;3H\033[2J", "               ", 7},
		{"abcde\nfghij\033[1;3H\033[K", "ab   fghij     ", 2},
		{"abcde\033[1;3H\033[1K", "   de          ", 2},
		{"abcde\033[1;3H\033[2K", "               ", 2},
		{"abcde\033[2G\033[2P", "ade            ", 1},
		{"abcde\033[2G\033[2@", "a  bc          ", 1},
		{"abcde\033[2G\033[99@", "a              ", 1},
		{"abcde\033[2G\033[2X", "a  de          ", 1},
		{"ab\0337cd\0338e\033[s\033[Hf\033[ug", "fbeg           ", 4},
		{"a\033(Bb\033=c\033Md", "abcd           ", 4},
		{"a\033[1;2;3;4;5;6;7;8;9;10Hb\033[12", "ab             ", 2},
		{"a\033[999999999999Cb", "a   b          ", 4},
		/* As hv/console/row.c believes. */
		{"a\033[2ab\033[3`c", "a cb           ", 3},
		{"ab\033[Ec\033[2Fd\033[9Ee", "db   c    e    ", 11},
		{"ab\n\033[2;3rc", "cb             ", 1},
		{"a\033[Ib\033[Zc", "c   b          ", 1},
		{"abc\033[99Id\033[2Ze", "ebc d          ", 1},
		{"a\033[3bb", "aaaab          ", 4},
		{"a\033[bb\033[999bc", "aabbbbbbc      ", 9},
		{"\033[3ba", "a              ", 1},
		{"ab\r\033[4hcd\033[4le", "cdeb           ", 3},
		{"abcde\r\033[2;4hx", "xabcd          ", 1},
		{"abcde\r\033[1;1;1;1;1;1;1;1;1;4hx", "xabcd          ", 1},
		{"abcde\r\033[4hfghijk",
		 "fghij"
		 "k    "
		 "     ",
		 6},
		{"abcde\033[1lf", "abcdef         ", 6}, /* a mode leaves a row's end, too */
		{"abcde\r\033[?4hx", "xbcde          ", 1},
		{"ab\033Ec\033Ed\033Ee", "c    d    e    ", 11},
		{"ab\n\033[3C\0337\033[4h\033cde\rf\0338g", "ge             ", 1},
		{"a\033[2 Cb\033[1!Gc\033[?Dd\033[1:1He", "abcde          ", 4},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		open_grid(5, 3, 1);
		say(row[i].text);
		text_draw(~0u);
		shows(row[i].want);
		assert_int_equal(seen_cursor, row[i].cursor);
	}
}

/* Whatever is sent, it stays in the grid, and what is shown is what would be shown anew. */
static void test_any_sequence(void **state)
{
	static const char bytes[] =
		"\033\033\033[[[[0149;;?ABCDEFGHIJKPXZ@`abdfhlmrsu78Mc\n\r\b\tabcdefg(\xff";
	static u8 before[SEEN_MAX];

	(void)state;
	srand(2 + support_seed());
	for (u32 round = 0; round < 40; round++) {
		open_grid(1 + (u32)rand() % 20, 1 + (u32)rand() % 10, 1);
		grow((u32)rand() % 20, rand() % 2);
		for (u32 i = 0; i < 3000; i++) {
			text_write(&bytes[(u32)rand() % (sizeof(bytes) - 1)], 1);
			if (rand() % 50 == 0)
				text_look_back(rand() % 5 - 2);
			if (rand() % 9 == 0)
				text_draw((u32)rand() % 64);
		}
		text_look_end();
		text_draw(~0u);
		memcpy(before, seen, sizeof(before));
		text_look_back(1);
		text_draw(~0u);
		text_look_end();
		text_draw(~0u);
		assert_memory_equal(seen, before, sizeof(before));
	}
}

/* Something that a guest could send; 0 is the end. */
static void any_piece(char *text)
{
	static const char finals[] = "@CDGHIJKLMPXZ`abdfhlmrsu@PhlbIZG", inside[] = "0123499;;;:? ";
	u32 n = 0;

	switch (rand() % 8) {
	case 0:
		text[n++] = "\r\b\t\n"[rand() % 4];
		break;
	case 1:
		text[n++] = 033;
		text[n++] = "78c=DM"[rand() % 6];
		break;
	case 2:
	case 3:
		text[n++] = 033;
		text[n++] = '[';
		for (u32 k = (u32)rand() % 6; k; k--)
			text[n++] = inside[(u32)rand() % (sizeof(inside) - 1)];
		text[n++] = finals[(u32)rand() % (sizeof(finals) - 1)];
		break;
	default:
		for (u32 k = 1 + (u32)rand() % 4; k; k--)
			text[n++] = "ringone: x"[rand() % 10];
	}
	text[n] = 0;
}

/* What the console's filter believes of a row (hv/console/row.c) is what is seen: so that it can
 * keep a guest from writing a line that begins as ours do. */
static void test_filter_knows_the_row(void **state)
{
	u32 compared = 0;

	(void)state;
	srand(3 + support_seed());
	for (u32 round = 0; round < 4000; round++) {
		struct filter f = {0};
		char sent[1024] = "";

		open_grid(ROW_CELLS, 1, 1);
		for (u32 i = 0; i < 40; i++) {
			char piece[16], out[FILTER_SEQUENCE];

			any_piece(piece);
			for (const char *c = piece; *c; c++)
				text_write(out, filter_screen(&f, *c, out));
			strcat(sent, piece);
			if (f.row.odd)
				continue;
			text_draw(~0u);
			compared++;
			if (seen_cursor != f.row.column)
				fail_msg("%s: column %u, not %u", sent, seen_cursor, f.row.column);
			for (u32 at = 0; at < ROW_CELLS; at++)
				if (seen[at] != (f.row.cell[at] ? f.row.cell[at] : ' '))
					fail_msg("%s: '%c' in column %u", sent, seen[at], at);
			assert_memory_not_equal(seen, "ringone:", 8);
		}
	}
	assert_true(compared > 80000);
}

/* ---- What has scrolled away, and the status line -----------------------------------------------
 */

static void test_back(void **state)
{
	(void)state;
	open_grid(3, 4, 1);
	grow(3, false);
	for (char c = 'a'; c <= 'l'; c++) {
		char line[] = {'\n', c, 0};

		say(c == 'a' ? line + 1 : line);
	}
	text_draw(~0u);
	shows("i  j  k  l  ");
	assert_int_equal(seen_cursor, 10);
	text_look_back(1); /* half a screen */
	assert_int_equal(text_rows_back(), 2);
	text_draw(~0u);
	shows("g  h  i  j  ");
	assert_int_equal(seen_cursor, 11); /* the last cell */
	text_look_back(1);
	assert_int_equal(text_rows_back(), 3); /* all there is */
	text_draw(~0u);
	shows("f  g  h  i  ");
	text_look_back(-1);
	assert_int_equal(text_rows_back(), 1);
	text_draw(~0u);
	shows("h  i  j  k  ");
	calls = 0;
	say("\nm"); /* what is seen stays */
	text_draw(~0u);
	assert_int_equal(calls, 0);
	assert_int_equal(text_rows_back(), 2);
	say("\nn\no"); /* until it is lost */
	assert_int_equal(text_rows_back(), 3);
	text_draw(~0u);
	shows("i  j  k  l  ");
	say("\033[HX");
	text_draw(~0u);
	shows("i  j  k  X  "); /* the end's first row is seen, too */
	text_look_end();
	text_draw(~0u);
	shows("X  m  n  o  ");
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
	say("one\ntwo\nthree");
	grow(2, true); /* the cursor's row pushes one out */
	text_draw(~0u);
	shows("two   three       ");
	attributes(12, "707070707070");
	assert_int_equal(seen_cursor, 11);
	text_status("*a on, and more");
	assert_false(text_drawn());
	text_draw(~0u);
	shows("two   three *a on,");
	calls = 0;
	text_status("*a on,");
	text_draw(~0u);
	assert_int_equal(calls, 0);
	say("\n4\n\033[99;99H!\033[2J\033[Hx");
	text_draw(~0u);
	shows("x           *a on,");
	text_look_back(9);
	assert_int_equal(text_rows_back(), 3);
	text_draw(~0u);
	shows("one   two   *a on,");
	assert_int_equal(seen_cursor, 17);
	/* Without memory: of what was there, a row less. */
	open_grid(6, 3, 1);
	say("one\ntwo\nthree");
	text_grow(NULL, 0, true);
	text_status("s");
	text_draw(~0u);
	shows("two   three s     ");
	say("\nfour");
	text_draw(~0u);
	shows("three four  s     ");
	/* One row only: it is needed for text. */
	open_grid(6, 1, 1);
	text_grow(NULL, 0, true);
	text_status("s");
	say("text");
	text_draw(~0u);
	shows("text  ");
}

/* A large screen has its first rows until there is memory. */
static void test_grow(void **state)
{
	static char want[SEEN_MAX + 1];

	(void)state;
	open_grid(160, 64, 1);
	for (u32 i = 0; i < 40; i++)
		say("\nx");
	text_draw(~0u);
	assert_int_equal(seen[29 * 160], 'x');
	assert_int_equal(seen[30 * 160], ' ');
	grow(0, true);
	say("\ny");
	text_draw(~0u);
	memset(want, ' ', SEEN_MAX);
	for (u32 i = 0; i < 30; i++)
		want[i * 160] = 'x';
	want[30 * 160] = 'y';
	shows(want);
	attributes(63 * 160, "7070");
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
				say((char[]){'\n', (char)('a' + i), 0});
			if (with)
				grow(3, true);
			else
				text_grow(NULL, 0, true);
			for (u32 row = 0; row < 4; row++) {
				s32 line = (s32)(lines > 3 ? lines - 3 : 0) + (s32)row;

				if (line > 0 && line <= (s32)lines)
					want[3 * row] = (char)('a' + line - 1);
			}
			text_draw(~0u);
			shows(want);
			assert_int_equal(seen_cursor, 3 * MIN(lines, 3) + !!lines);
			if (!with || lines < 4)
				continue;
			memmove(want + 3, want, 9);
			want[0] = (char)(lines > 4 ? 'a' + lines - 5 : ' ');
			text_look_back(1); /* the row that the cursor pushed out is there */
			assert_int_equal(text_rows_back(), 1);
			text_draw(~0u);
			shows(want);
		}
}

/* However often all is erased: what is blank costs nothing. */
static void test_erasing_is_cheap(void **state)
{
	(void)state;
	open_grid(160, 30, 1);
	grow(100, true);
	for (u32 i = 0; i < 200000; i++)
		say("\033[2J\033[99Hx");
	text_draw(~0u);
	assert_int_equal(seen[28 * 160], 'x');
}

/* ---- Pixels --------------------------------------------------------------------------------- */

#define AREA MIB(8)

static u8 *area; /* below 4 GiB; what follows is no memory */

static int make_area(void **state)
{
	(void)state;
	area = mmap(NULL, AREA + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	return area == MAP_FAILED || mprotect(area, AREA, PROT_READ | PROT_WRITE);
}

/* A mode whose last byte is the area's last. */
static struct framebuffer_info mode(u32 width, u32 height, u8 bpp, u32 padding)
{
	struct framebuffer_info m = {
		.width = width,
		.height = height,
		.bpp = bpp,
		.pitch = width * ((bpp + 7) / 8) + padding,
		.red_at = 16,
		.red_bits = 8,
		.green_at = 8,
		.green_bits = 8,
		.blue_bits = 8,
	};

	if (bpp < 24)
		m.red_at = (u8)(bpp - 5), m.green_at = 5, m.red_bits = m.blue_bits = 5,
		m.green_bits = (u8)(bpp - 10);
	m.address = (uintptr_t)area + AREA - m.pitch * height;
	return m;
}

/* Every byte: `text` in rows of the grid, the cursor, black around it. */
static void picture_is(const struct framebuffer_info *m, u32 scale, u32 ink, const char *text,
		       u32 columns, u32 cursor)
{
	u32 pixel = (m->bpp + 7u) / 8, wrong = 0;

	for (u32 y = 0; y < m->height; y++)
		for (u32 i = 0; i < m->pitch; i++) {
			u32 x = i / pixel / scale, line = y / scale,
			    at = x / 8 + line / 16 * columns;
			bool in = x / 8 < columns && at < strlen(text);
			u8 dots = in ? font_line((u8)text[at], line % 16) : 0;
			u8 got = ((u8 *)(uintptr_t)m->address)[y * m->pitch + i];

			if (in && at == cursor && line % 16 >= 13)
				dots = 0xff;
			dots = (u8)(dots << x % 8);
			wrong += got != (dots & 0x80 ? (u8)(ink >> 8 * (i % pixel)) : 0);
		}
	assert_int_equal(wrong, 0);
}

static void test_depths(void **state)
{
	static const struct {
		u8 bpp;
		u32 padding, ink;
	} depth[] = {{15, 1, 21 << 10 | 21 << 5 | 21},
		     {16, 0, 21 << 11 | 42 << 5 | 21},
		     {16, 7, 21 << 11 | 42 << 5 | 21},
		     {24, 0, 0xaaaaaa},
		     {24, 5, 0xaaaaaa},
		     {32, 0, 0xaaaaaa},
		     {32, 3, 0xaaaaaa}};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(depth); i++) {
		struct framebuffer_info m = mode(77, 53, depth[i].bpp, depth[i].padding);

		memset(area, 0x5a, AREA);
		assert_true(fbtext_init(&m));
		assert_int_equal(area[AREA - m.pitch * m.height - 1], 0x5a);
		say("Quick[17\nbr\303wn"); /* half a character */
		while (text_draw(200))
			;
		picture_is(&m, 1, depth[i].ink, "Quick[17 br\x7fwn             ", 9, 14);
		say("\n\n~");
		while (text_draw(1))
			;
		picture_is(&m, 1, depth[i].ink, "br\x7fwn             ~        ", 9, 19);
	}
}

/* Colours in other places and widths. */
static void test_fields(void **state)
{
	struct framebuffer_info m = mode(40, 16, 32, 0);

	(void)state;
	m.red_at = 20, m.green_at = 10, m.blue_at = 0;
	m.red_bits = m.green_bits = m.blue_bits = 10;
	assert_true(fbtext_init(&m));
	say("x");
	text_draw(~0u);
	picture_is(&m, 1, 682u << 20 | 682u << 10 | 682u, "x    ", 5, 1);
}

/* Large screens have large letters, and no more cells than there are. */
static void test_large(void **state)
{
	struct framebuffer_info m = mode(1600, 40, 24, 2);
	static char text[4096];

	(void)state;
	assert_true(fbtext_init(&m));
	say("Ab");
	text_draw(~0u);
	memset(text, ' ', 100);
	memcpy(text, "Ab", 2);
	picture_is(&m, 2, 0xaaaaaa, text, 100, 2);

	m = mode(1599, 48, 16, 0); /* 199 columns would fit */
	assert_true(fbtext_init(&m));
	memset(text, 'M', 161);
	text[161] = 0;
	say(text);
	text_draw(~0u);
	memset(text + 161, ' ', 160 * 3 - 161);
	picture_is(&m, 1, 21 << 11 | 42 << 5 | 21, text, 160, 161);

	m = mode(64, 1800, 32, 0); /* 112 rows */
	assert_true(fbtext_init(&m));
	for (u32 i = 0; i < 63; i++)
		say("\n");
	say("end\n");
	text_draw(~0u);
	memset(text, ' ', 512);
	text[512] = 0;
	memcpy(text + 62 * 8, "end", 3);
	picture_is(&m, 1, 0xaaaaaa, text, 8, 63 * 8);
}

static void test_font(void **state)
{
	(void)state;
	assert_int_equal(font_line('T', 2), 0);
	assert_int_equal(font_line('T', 3), 0x7e);
	assert_int_equal(font_line('T', 4), 0x18);
	assert_int_equal(font_line('_', 12), 0x7e);
	assert_int_equal(font_line('g', 16), 0);
	for (u32 a = ' '; a <= 0x7f; a++)
		for (u32 b = ' '; b < a; b++) {
			u32 same = 0;

			for (u32 line = 0; line < FONT_HEIGHT; line++)
				same += font_line((u8)a, line) == font_line((u8)b, line);
			assert_true(same < FONT_HEIGHT);
		}
	/* Letters with accents are none of the others, and the same but for the accent. */
	for (u32 a = 0x80; a <= 0xfd; a++) {
		u32 boxes = 0;

		for (u32 line = 0; line < FONT_HEIGHT; line++)
			boxes += font_line((u8)a, line) == font_line(0x7f, line);
		for (u32 b = ' '; boxes < FONT_HEIGHT && b < a; b++) {
			u32 same = 0;

			for (u32 line = 0; line < FONT_HEIGHT; line++)
				same += font_line((u8)a, line) == font_line((u8)b, line);
			assert_true(same < FONT_HEIGHT || font_line((u8)b, 3) == 0x7e);
		}
	}
	for (u32 line = 6; line < FONT_HEIGHT; line++)
		assert_int_equal(font_line(0x84, line), font_line('a', line));
	assert_int_equal(font_line(0x84, 3), 0x24);
	assert_int_equal(font_line(0x8b, 3), 0x24); /* no dot of an i beside it */
	assert_int_equal(font_line(0x8e, 0), 0x24);
	assert_int_equal(font_line(0x8e, 3), font_line('A', 3));
	assert_int_equal(font_line(0x87, 12), 0x08);
	assert_int_equal(font_line(0xe1, 3), 0x3c);
	for (u32 line = 0; line < FONT_HEIGHT; line++) {
		assert_int_equal(font_line(0xff, line), font_line(0x7f, line));
		assert_int_equal(font_line(0, line), font_line(0x7f, line));
		assert_int_equal(font_line(' ', line), 0);
	}
}

/* UTF-8 is one cell a character: of code page 437 where it is there, without its accent, or a box.
 */
static void test_characters(void **state)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{"\u00e4\u00d6\u00fc\u00df", "\x84\x99\x81\xe1"},
		{"\u00e9\u00ea\u00c8\u00f1\u00e7", "\x82\x88"
						   "E\xa4\x87"},
		{"\u00a3\u00a7\u00b0\u20ac\u017e", "\x9c\x15\xf8"
						   "E\x7f"},
		{"a\xf0\x9f\x99\x82"
		 "b",
		 "a\x7f"
		 "b"},
		{"a\xc3\nb", "a\x7f        b"},
		{"\x80\xc3\xc3\xa9x", "\x7f\x82x"},
		{"\xe2\x82\033[Cx", "\x7f x"},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		open_grid(10, 2, 1);
		say(row[i].text);
		text_draw(~0u);
		assert_memory_equal(seen, row[i].want, i == 4 ? 2 : strlen(row[i].want));
	}
}

/* No other character is seen as one of those that our lines begin with, or a guest could write one
 * that the console's filter does not know. */
static void test_no_disguise(void **state)
{
	(void)state;
	for (u32 c = 0x80; c < 0x10000; c++)
		if (strchr("ringone:()", cp437(c)))
			fail_msg("U+%04X is seen as '%c'", c, cp437(c));
	assert_int_equal(cp437(0xf5), 0x94);
	assert_int_equal(cp437(0xf8), 0xed);
}

static void test_refused(void **state)
{
	const struct framebuffer_info none = {0}, good = mode(640, 480, 32, 0);
	struct framebuffer_info m = good;

	(void)state;
	assert_true(fbtext_init(&m));
	assert_false(fbtext_init(&none));
#define BAD(change)                            \
	do {                                   \
		m = good;                      \
		change;                        \
		assert_false(fbtext_init(&m)); \
	} while (0)
	BAD(m.address = 0);
	BAD(m.address = MIB(4) - 1);
	BAD(m.address |= 1ull << 32);
	BAD(m.address = LOW_LIMIT - m.pitch * m.height + 1);
	BAD(m.address = 0ull - 4096); /* the end wraps round */
	BAD(m.width = 0);
	BAD(m.width = 7);
	BAD(m.width = 641);
	BAD(m.width = ~0u);
	BAD(m.width = 1u << 30); /* four times this is 0 */
	BAD(m.height = 0);
	BAD(m.height = 15);
	BAD(m.height = ~0u);
	BAD(m.pitch = 0);
	BAD(m.pitch = 2559);
	BAD(m.pitch = ~0u);
	BAD(m.pitch = MIB(64) / 480 + 1);
	BAD(m.bpp = 0);
	BAD(m.bpp = 8);
	BAD(m.bpp = 17);
	BAD(m.bpp = 64);
	BAD(m.bpp = 255);
	BAD(m.red_bits = 0);
	BAD(m.green_bits = 17);
	BAD(m.blue_bits = 255);
	BAD(m.red_at = 25);
	BAD(m.green_at = 255);
	BAD(m.blue_at = 32);
}

static void test_map(void **state)
{
	struct framebuffer_info m = mode(640, 100, 32, 8);

	(void)state;
	assert_true(fbtext_init(&m));
	fbtext_map();
	assert_int_equal(mapped, m.address);
	assert_int_equal(mapped_bytes, m.pitch * m.height);
	say("x");
	assert_false(text_drawn());
	no_map = true;
	fbtext_map();
	no_map = false;
	say("y");
	assert_true(text_drawn()); /* off */
	/* There is none: nothing is mapped. */
	m.bpp = 8;
	assert_false(fbtext_init(&m));
	mapped = 0;
	fbtext_map();
	assert_int_equal(mapped, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grid),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_every_row_has_its_turn),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_depths),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_font),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_movements),
		cmocka_unit_test(test_any_sequence),
		cmocka_unit_test(test_filter_knows_the_row),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_grow_after_scrolling),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_no_disguise),
		cmocka_unit_test(test_erasing_is_cheap),
	};

	return cmocka_run_group_tests(tests, make_area, NULL);
}
