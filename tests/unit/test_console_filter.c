/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/console/console.c hv/console/terminal.c hv/console/guest_side.c
 * hv/console/filter.c hv/console/row.c hv/console/recent.c hv/console/focus.c hv/console/keys.c
 * hv/console/frames.c hv/console/frames_keys.c hv/monitor/prompt.c hv/monitor/edit.c
 * tests/unit/console_fixture.c */
/* What a guest cannot do to the terminal: escape sequences, characters, lines that look like ours.
 */
#include "hv/console/guest_side.h"
#include "tests/unit/console_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a guest with the whole terminal sends, and what comes out. */
static const struct {
	const char *in, *out;
} screen_row[] = {
	{"\033[1;31mx\033[m\033[K", "\033[1;31mx\033[m\033[K"},
	{"\033[6n\033[?1049h\0337\0338\033(B", "\033[6n\033[?1049h\0337\0338\033(B"},
	{"\033]0;title\007x", "x"},
	{"\033]52;c;Y21k\033\\x", "x"},
	{"\033P$q\033\\x", "x"},
	{"\033[21tx\033[cx\033[0cx\033[5ix\033Zx", "xxxxx"},
	{"\033[>qx", "x"},
	{"\007\001\005\016\017\177x", "x"},
	{"a\tb\bc", "a\tb\bc"},
	{"\xc3\xa9\xe2\x94\x80\xf0\x9f\x99\x82", "\xc3\xa9\xe2\x94\x80\xf0\x9f\x99\x82"},
	{"\x9b"
	 "2Jx",
	 "?2Jx"},
	{"\xc2\x9b"
	 "2Jx",
	 "?2Jx"},
	{"\xc3\x9b"
	 "2Jx",
	 "\xc3\x9b"
	 "2Jx"},
	{"\xc3x\x9b", "?x?"},
	{"\033[1\033[31mx", "\033[31mx"},
	{"\033[1\nx", "\nx"},
	{"ringone: verdict 0", "ringone? verdict 0"},
	{"\nringone: x\r\nringone:", "\nringone? x\r\nringone?"},
	{"\r(ringone) list", "\r(ringone? list"},
	{"\033[1mringone: x", "\033[1mringone? x"},
	{"a ringone: b (ringone) c", "a ringone: b (ringone) c"},
	/* Back to the beginning in every way, and what remains there from before. */
	{"x\bringone: v", "x\bringone? v"},
	{"xingone: v\rr", "xingone: v\r?"},
	{"ring\b\b\b\bringone: v", "ring\b\b\b\bringone? v"},
	{"x\033[Gringone: v", "x\033[Gringone? v"},
	{"xy\033[2Dringone: v", "xy\033[2Dringone? v"},
	{"x\033[1`ringone: v", "x\033[1`ringone? v"},
	{"x\033[5;1Hringone: v", "x\033[5;1Hringone? v"},
	{"x\033[5fringone: v", "x\033[5fringone? v"},
	{"x\033[Eringone: v", "x\033[Eringone? v"},
	{"x\033[Fringone: v", "x\033[Fringone? v"},
	{"x\033Eringone: v", "x\033Eringone? v"},
	{"x\033[rringone: v", "x\033[rringone? v"},
	{"\033[sx\033[uringone: v", "\033[sx\033[uringone? v"},
	{"\0337x\0338ringone: v", "\0337x\0338ringone? v"},
	{"\tx\033[2Zringone: v", "\tx\033[2Zringone? v"},
	{"x\033[A\b(ringone) v", "x\033[A\b(ringone? v"},
	{"xringone: v\r\033[P", "xringone: v\r"},
	{"xxxxxxxxxxyyyyyyyyyyringone: v\033[11G\033[10P\r\033[10P",
	 "xxxxxxxxxxyyyyyyyyyyringone: v\033[11G\033[10P\r"},
	{"xyringone: v\r\033[2Pz", "xyringone: v\rz"},
	{"ingone: v\r\033[4hr", "ingone: v\r\033[4h?"},
	{"ingone: v\r\033[@r", "ingone: v\r\033[@?"},
	{"rixgone:\t n\033[3G\033[b", "rixgone:\t n\033[3G"},
	{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "ringone: v",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "ringone? v"},
	/* Private and odd sequences move nothing, and 3 erases nothing. */
	{"\033[?9Cringone: v", "\033[?9Cringone? v"},
	{"\033[9 Cringone: v", "\033[9 Cringone? v"},
	{"\033[1:9Cringone: v", "\033[1:9Cringone? v"},
	{"xingone: v\r\033[?Kr", "xingone: v\r\033[?K?"},
	{"xingone: v\033[3J\rr", "xingone: v\033[3J\r?"},
	{"xingone: v\033[3K\rr", "xingone: v\033[3K\r?"},
	/* Inserting, whatever else the sequence says and however many bytes the character has. */
	{"ingone: v\r\033[1;1;4hr", "ingone: v\r\033[1;1;4h?"},
	{"ne: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rringo",
	 "ne: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rringo"},
	{"one: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rring",
	 "one: v\r\033[4h\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\033[4l\rrin?"},
	/* At a row's end a terminal may be at another column than we think. */
	{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "ringone: v",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
	 "ringone? v"},
	{"\033[100C\033[95Dringone: v", "\033[100C\033[95Dringone? v"},
	{"xxxx\033[Lringone: v", "xxxx\033[Lringone? v"},
	{"\xe2\x80\x8bringone: v", "\xe2\x80\x8bringone? v"}, /* of no width */
	{"ring\xe2\x80\x8bone: v", "ring\xe2\x80\x8bone? v"},
	{"ri\033[1mng\033[0mone: v", "ri\033[1mng\033[0mone? v"},
	/* What line editors and others do stays as it is. */
	{"$ lss\b \b\rx\033[K", "$ lss\b \b\rx\033[K"},
	{"$ ls\033[D\033[Px\033[@y", "$ ls\033[D\033[Px\033[@y"},
	{"$ ringone:\b\b\b\033[P", "$ ringone:\b\b\b\033[P"},
	{"\033[2J\033[H\033[3;5Hringone: v", "\033[2J\033[H\033[3;5Hringone: v"},
	{"12345678\rringer\n", "12345678\rringer\n"},
	{"x\ty\033Hz\033[3g", "x\tyz"},
};

static void test_filter_screen(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(screen_row); i++) {
		struct filter f = {0};
		char got[512];
		u32 n = 0;

		for (const char *c = screen_row[i].in; *c; c++)
			n += filter_screen(&f, *c, got + n);
		got[n] = 0;
		if (strcmp(got, screen_row[i].out) != 0)
			fail_msg("row %u: \"%s\"", i, got);
	}
}

/* Our log line cuts a guest's line in two: shown again it is still not one of ours. */
static void test_restored_line_is_no_log_line(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "ringone: verdict 0");
	expect("ringone? verdict 0");
	console_write("ringone: log\n", 13);
	expect("\nringone: log\nringone? verdict 0");
}

/* What one guest set or saved in the terminal is nothing that another's row would not know of. */
static void test_terminal_changes_hands(void **state)
{
	(void)state;
	console_set_focus(A);
	out(A, "abc\033[s\033[4h");
	serial_len = 0;
	console_set_focus(B);
	expect("\033[4l\033[0m\n");
	out(B, "\033[ux\0338y");
	expect("xy");
	out(B, "\0337z\0338");
	expect("\0337z\0338");
	console_set_focus(A);
	serial_len = 0;
	out(A, "\rone: v\rring\n"); /* not inserted */
	expect("\rone: v\rring\n");
}

static const struct {
	const char *in, *line, *screen; /* screen NULL: the same */
} utf8_text[] = {
	{"21\xc2\xb0\x43 5\xc2\xb5s \xc2\xa3\n", "21\xc2\xb0\x43 5\xc2\xb5s \xc2\xa3\n", NULL},
	{"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7\n",
	 "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7\n", NULL},
	{"a\xc2\x9b\x32J\n", "a?2J\n", NULL}, /* CSI */
	{"a\x9b\x32J\n", "a?2J\n", NULL},
	{"a\xe2\x82z\n", "a?z\n", NULL}, /* cut: one mark */
	{"a\xf0\x9f\x90\n", "a?\n", NULL},
	{"a\xf0\x9f\xc3\xbc\n", "a?\xc3\xbc\n", NULL},
	{"a\xc3\033[1mb\n", "a?b\n", "a?\033[1mb\n"},
	{"a\xc0\xaf\n", "a??\n", NULL},		  /* not the shortest form */
	{"a\xed\xa0\x80\n", "a???\n", NULL},	  /* a surrogate */
	{"a\xf4\x90\x80\x80\n", "a????\n", NULL}, /* behind the last one */
	{"a\xe2\x80\xae\x62\n", "a?b\n", NULL},	  /* turns the direction of writing */
	{"a\xe2\x81\xa6\x62\n", "a?b\n", NULL},
	{"\xc3\xbcringone: v\n", "\xc3\xbcringone: v\n", "\xc3\xbcringone? v\n"},
};

static void test_filter_utf8(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(utf8_text); i++) {
		const char *want = utf8_text[i].screen ? utf8_text[i].screen : utf8_text[i].line;
		struct filter lines = {0}, screen = {0};
		char line[256], seen[256];
		u32 n = 0, m = 0;

		for (const char *c = utf8_text[i].in; *c; c++) {
			n += filter_line(&lines, *c, line + n);
			m += filter_screen(&screen, *c, seen + m);
		}
		line[n] = seen[m] = 0;
		if (strcmp(line, utf8_text[i].line) != 0)
			fail_msg("line %u: \"%s\"", i, line);
		if (strcmp(seen, want) != 0)
			fail_msg("screen %u: \"%s\"", i, seen);
	}
}

/* A backspace takes a whole character, and a line is not cut inside of one. */
static void test_utf8_lines(void **state)
{
	char text[260] = "", want[300];

	(void)state;
	out(A, "a\xe2\x82\xac\b!\n");
	expect("[a] a!\n");
	for (u32 i = 0; i < 67; i++)
		strcat(text, "\xe2\x82\xac");
	out(A, text);
	out(A, "\n");
	text[66 * 3] = 0;
	snprintf(want, sizeof(want), "[a] %s\n[a] \xe2\x82\xac\n", text);
	expect(want);
}

/* Line text is whole characters or one plain byte, perhaps behind a mark. */
static void check_line(struct filter *f, char c)
{
	char o[FILTER_LINE];
	u32 n = filter_line(f, c, o);

	assert_true(n <= 4);
	if (n && (u8)o[0] >= 0x80) {
		assert_true((u8)o[0] >= 0xc2 && (u8)o[0] <= 0xf4);
		for (u32 i = 1; i < n; i++)
			assert_int_equal((u8)o[i] & 0xc0, 0x80);
		assert_false((u8)o[0] == 0xc2 && (u8)o[1] < 0xa0);
		return;
	}
	assert_true(n <= 2 && (n < 2 || o[0] == '?'));
	for (u32 i = 0; i < n; i++)
		assert_true((u8)o[i] < 0x7f && (o[i] >= ' ' || strchr("\n\r\t\b", o[i])));
}

/* Any bytes at all: no sequence that was refused comes out, whatever is in front of it. */
static void test_filter_random(void **state)
{
	static const char alphabet[] = "\033\033[]P\\\007;?19tcinqZm\n\x9b\xc2\xe2"
				       "ax";
	struct filter screen = {0}, lines = {0};

	(void)state;
	srand(4);
	for (u32 round = 0; round < 300000; round++) {
		char c = rand() % 4 ? alphabet[(u32)rand() % (sizeof(alphabet) - 1)] : (char)rand();
		char o[FILTER_SEQUENCE];
		u32 n = filter_screen(&screen, c, o);

		assert_true(n <= FILTER_SEQUENCE);
		check_line(&lines, c);
		if (!n || o[0] != 033) {
			assert_true(n <= 4);
			for (u32 i = 0; i < n; i++)
				assert_true((u8)o[i] >= ' ' || strchr("\n\r\t\b", o[i]));
			continue;
		}
		if (o[1] == '[')
			assert_null(strchr("tcxiqpy", o[n - 1]));
		else
			assert_null(strchr("]PX^_Z", o[1]));
		for (u32 i = 1; i < n; i++)
			assert_true((u8)o[i] >= ' ' && o[i] != 0x7f);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, console_setup, console_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_filter_screen),
		TEST(test_restored_line_is_no_log_line),
		TEST(test_terminal_changes_hands),
		TEST(test_filter_utf8),
		TEST(test_utf8_lines),
		TEST(test_filter_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
