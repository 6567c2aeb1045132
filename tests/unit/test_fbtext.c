/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/textscreen.c devices/host/textwrite.c devices/host/textcolours.c
 * devices/host/cp437.c devices/host/fbtext.c devices/host/font.c tests/unit/text_grid.c */
/* The text screen's characters, drawn as pixels of a framebuffer. */
#include "devices/host/cp437.h"
#include "devices/host/fbtext.h"
#include "devices/host/font.h"
#include "hv/console/filter.h"
#include "mm/host.h"
#include "tests/unit/text_grid.h"

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
		grid_say("Quick[17\nbr\303wn"); /* half a character */
		while (text_draw(200))
			;
		picture_is(&m, 1, depth[i].ink, "Quick[17 br\x7fwn             ", 9, 14);
		grid_say("\n\n~");
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
	grid_say("x");
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
	grid_say("Ab");
	text_draw(~0u);
	memset(text, ' ', 100);
	memcpy(text, "Ab", 2);
	picture_is(&m, 2, 0xaaaaaa, text, 100, 2);

	m = mode(1599, 48, 16, 0); /* 199 columns would fit */
	assert_true(fbtext_init(&m));
	memset(text, 'M', 161);
	text[161] = 0;
	grid_say(text);
	text_draw(~0u);
	memset(text + 161, ' ', 160 * 3 - 161);
	picture_is(&m, 1, 21 << 11 | 42 << 5 | 21, text, 160, 161);

	m = mode(64, 1800, 32, 0); /* 112 rows */
	assert_true(fbtext_init(&m));
	for (u32 i = 0; i < 63; i++)
		grid_say("\n");
	grid_say("end\n");
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
		grid_say(row[i].text);
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
	BAD(m.address = DEVICE_LIMIT - m.pitch * m.height + 1);
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
	grid_say("x");
	assert_false(text_drawn());
	no_map = true;
	fbtext_map();
	no_map = false;
	grid_say("y");
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
		cmocka_unit_test(test_depths),	   cmocka_unit_test(test_fields),
		cmocka_unit_test(test_large),	   cmocka_unit_test(test_font),
		cmocka_unit_test(test_refused),	   cmocka_unit_test(test_map),
		cmocka_unit_test(test_characters), cmocka_unit_test(test_no_disguise),
	};

	return cmocka_run_group_tests(tests, make_area, NULL);
}
