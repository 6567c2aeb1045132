/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: boot/grub.c */
/* What GRUB 2 makes of words, made here after its description, is undone to what was meant. */
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub.h"

static void names(void **state)
{
	(void)state;
	assert_true(grub2_quotes("GRUB 2.06-13+deb12u1"));
	assert_false(grub2_quotes("GNU GRUB 0.97"));
	assert_false(grub2_quotes("qemu"));
	assert_false(grub2_quotes(""));
}

static void check(const char *arrives, const char *meant)
{
	char line[256];

	snprintf(line, sizeof(line), "%s", arrives);
	grub2_unquote(line);
	assert_string_equal(line, meant);
}

static void by_hand(void **state)
{
	(void)state;
	check("", "");
	check("guest=a -- it\\'s", "guest=a -- it's");
	check("a\\\\b", "a\\b");
	check("\"a=b c\" d", "a=\"b c\" d");
	check("\"two words\" d", "\"two words\" d");
	check("\"two words=x\"", "\"two words=x\"");
	check("\"a=b c=d\"", "a=\"b c=d\"");
	check("\"a=it\\'s b\"", "a=\"it's b\"");
	check("\"a=\\\"b c\\\"\"", "a=\"b c\"");
	check("a=\\\"b c\\\"", "a=\"b c\"");
	check("a  b ", "a  b ");
	check("\\x41 \\\\x41 \\\\\\x41", "\\x41 \\x41 \\\\x41"); /* both kinds of GRUB */
	check("\\", "\\");
	check("\"open", "\"open");
	check("\"\"", "\"\"");
}

/* A line as tools/run writes it: one word between each two blanks. */
static void put_words(char *out, const char *text, bool newer)
{
	for (; *text; text++) {
		bool hex = newer && text[0] == '\\' && text[1] == 'x' && text[2] &&
			   strchr("0123456789abcdefABCDEF", text[2]) && text[3] &&
			   strchr("0123456789abcdefABCDEF", text[3]);

		if (strchr("\\'\"", *text) && !hex)
			*out++ = '\\';
		*out++ = *text;
	}
	*out = 0;
}

/* Whatever is written, of characters that matter, comes back; exact allocations show a read or
 * write past the end. */
static void round_trip(void **state)
{
	static const char some[] = "\\\\\\\"' =xx4aFg";
	u32 seed = 1;

	(void)state;
	for (u32 i = 0; i < 200000; i++) {
		char text[16], quoted[40], *line;
		u32 n;

		seed = seed * 1664525 + 1013904223;
		n = seed >> 28;
		for (u32 k = 0; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			text[k] = some[(seed >> 16) % (sizeof(some) - 1)];
		}
		text[n] = 0;
		put_words(quoted, text, i & 1);
		line = strdup(quoted);
		grub2_unquote(line);
		assert_string_equal(line, text);
		free(line);
	}
}

/* Any bytes at all: it ends, stays inside, and never grows. */
static void anything(void **state)
{
	static const char some[] = "\\\"'= xa\xff";
	u32 seed = 7;

	(void)state;
	for (u32 i = 0; i < 200000; i++) {
		u32 n;
		char *line;

		seed = seed * 1664525 + 1013904223;
		n = seed >> 28;
		line = malloc(n + 1);
		for (u32 k = 0; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			line[k] = some[(seed >> 16) % (sizeof(some) - 1)];
		}
		line[n] = 0;
		grub2_unquote(line);
		assert_true(strlen(line) <= n);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
