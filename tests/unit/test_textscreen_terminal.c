/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/textscreen.c devices/host/textwrite.c devices/host/textcolours.c
 * devices/host/cp437.c hv/console/filter.c hv/console/row.c tests/unit/text_grid.c */
/* The text screen as a terminal: colours and movements, and that the console's filter knows its
 * rows. */
#include "devices/host/cp437.h"
#include "hv/console/filter.h"
#include "tests/unit/text_grid.h"

#include <stdlib.h>
#include <string.h>

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
		grid_say(row[i].text);
		text_draw(~0u);
		grid_attributes(0, row[i].hex);
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
		grid_say(row[i].text);
		text_draw(~0u);
		grid_shows(row[i].want);
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
		grid_grow((u32)rand() % 20, rand() % 2);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_movements),
		cmocka_unit_test(test_any_sequence),
		cmocka_unit_test(test_filter_knows_the_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
