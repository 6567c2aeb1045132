/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/textscreen.c devices/host/fbtext.c devices/host/font.c */
/* The text screen: the grid against a model of one, and its characters drawn as pixels. */
#include "devices/host/fbtext.h"
#include "devices/host/font.h"
#include "devices/host/textscreen.h"
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
static u32 seen_cursor, calls;

static void see(u32 column, u32 row, u8 c, bool cursor)
{
	assert_true(column < display.columns && row < display.rows);
	seen[row * display.columns + column] = c;
	if (cursor)
		seen_cursor = row * display.columns + column;
	calls++;
}

static void open_grid(u32 columns, u32 rows, u32 work)
{
	display = (struct text_display){columns, rows, work, see};
	memset(seen, ' ', sizeof(seen));
	calls = 0;
	text_open(&display, 0);
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
	text_found(4, 'g');
	text_found(5, 0); /* some firmware's blank */
	seen[4] = 'g';
	say("\nr");
	text_draw(~0u);
	shows("    r   ");
	open_grid(4, 2, 1);
	text_found(4, 'g');
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
	assert_int_equal(pieces, 52); /* the 27 blanks need none */
	assert_int_equal(calls, 154); /* each once, and the cursor */
	calls = 0;
	say("\n");
	assert_false(text_draw(~0u));
	assert_int_equal(calls, 17); /* eight rows look as before, one is blank now */
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
	u32 at;
} model;

static void model_put(u8 c)
{
	u32 columns = display.columns, cells = columns * display.rows, column = model.at % columns;

	if (c == '\n')
		model.at += columns - column;
	else if (c == '\r')
		model.at -= column;
	else if (c == '\b')
		model.at -= column ? 1 : 0;
	else if (c == '\t')
		do
			model.cell[model.at++] = ' ';
		while (++column < columns && column % 8);
	else
		model.cell[model.at++] = c;
	if (model.at < cells)
		return;
	memmove(model.cell, model.cell + columns, cells - columns);
	memset(model.cell + cells - columns, ' ', columns);
	model.at -= columns;
}

static void test_model(void **state)
{
	static const u32 size[][2] = {{1, 1}, {1, 5}, {7, 1}, {9, 2}, {40, 25}, {160, 64}};
	static const char bytes[] = "abcXYZ  \n\n\r\b\t\xff";

	(void)state;
	srand(1);
	for (u32 s = 0; s < ARRAY_LEN(size); s++) {
		open_grid(size[s][0], size[s][1], 7);
		memset(&model, ' ', sizeof(model));
		model.at = 0;
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
			assert_int_equal(seen_cursor, model.at);
		}
	}
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
		say("Quick[17\nbr\303wn");
		while (text_draw(200))
			;
		picture_is(&m, 1, depth[i].ink, "Quick[17 br\303wn             ", 9, 14);
		say("\n\n~");
		while (text_draw(1))
			;
		picture_is(&m, 1, depth[i].ink, "br\303wn             ~        ", 9, 19);
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
	for (u32 line = 0; line < FONT_HEIGHT; line++) {
		assert_int_equal(font_line(0xff, line), font_line(0x7f, line));
		assert_int_equal(font_line(0, line), font_line(0x7f, line));
		assert_int_equal(font_line(' ', line), 0);
	}
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
		cmocka_unit_test(test_grid),   cmocka_unit_test(test_found),
		cmocka_unit_test(test_pieces), cmocka_unit_test(test_every_row_has_its_turn),
		cmocka_unit_test(test_model),  cmocka_unit_test(test_depths),
		cmocka_unit_test(test_fields), cmocka_unit_test(test_large),
		cmocka_unit_test(test_font),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_map),
	};

	return cmocka_run_group_tests(tests, make_area, NULL);
}
