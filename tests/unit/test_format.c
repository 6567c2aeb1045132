/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* Our snprintf against the C library's, conversion by conversion. It is included under other
 * names, since the sanitizers need the library's own. */
#include <stdio.h>
#include <string.h>

#define snprintf  our_snprintf
#define vsnprintf our_vsnprintf
#include "lib/format.c"
#undef snprintf
#undef vsnprintf

#include "tests/unit/support.h"

/* The formats are data here, which is what the warning is about. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"

#define SAME(...)                                                      \
	do {                                                           \
		char ours[200], theirs[200];                           \
		int a = our_snprintf(ours, sizeof(ours), __VA_ARGS__); \
		int b = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
		assert_string_equal(ours, theirs);                     \
		assert_int_equal(a, b);                                \
	} while (0)

static void integers(void **state)
{
	static const long long values[] = {0,	      1,	 -1,	    9,
					   10,	      99,	 -100,	    127,
					   128,	      255,	 256,	    65535,
					   65536,     INT32_MAX, INT32_MIN, 0xffffffffll,
					   1ll << 32, INT64_MAX, INT64_MIN, 123456789012345678ll};
	static const char *const flags[] = {"", "-", "0", "#", "-#", "0#", "-0"};
	static const char *const widths[] = {"", "1", "5", "12", "25"};
	static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z"};
	static const char types[] = "diuxX";
	char fmt[32];

	(void)state;
	for (size_t v = 0; v < ARRAY_LEN(values); v++)
		for (size_t f = 0; f < ARRAY_LEN(flags); f++)
			for (size_t w = 0; w < ARRAY_LEN(widths); w++)
				for (size_t l = 0; l < ARRAY_LEN(lengths); l++)
					for (size_t t = 0; types[t]; t++) {
						if (strchr(flags[f], '#') && t < 3)
							continue; /* undefined in C */
						sprintf(fmt, "<%%%s%s%s%c>", flags[f], widths[w],
							lengths[l], types[t]);
						SAME(fmt, values[v]);
					}
}

static void text(void **state)
{
	char buf[32], unterminated[4] = {'a', 'b', 'c', 'd'};
	const char *volatile none = NULL;

	(void)state;
	SAME("plain");
	SAME("%s", "");
	SAME("<%s> <%10s> <%-10s> <%2s>", "abc", "abc", "abc", "abc");
	SAME("<%.2s> <%.0s> <%.9s> <%8.2s> <%-8.2s>", "abc", "abc", "abc", "abc", "abc");
	SAME("<%.*s>", 4, unterminated);
	SAME("<%.*s>", -1, "all of it");
	SAME("<%*s> <%*s>", 6, "ab", -6, "ab");
	SAME("<%*d> <%-*d>", 6, 42, 6, 42);
	SAME("%c%c<%3c><%-3c>", 'a', 'b', 'c', 'd');
	SAME("100%%");
	SAME("%p", (void *)0x1234abcd);
	our_snprintf(buf, sizeof(buf), "%s", none);
	assert_string_equal(buf, "(null)");
}

/* More than one argument must be taken by each conversion exactly once. */
static void mixed(void **state)
{
	(void)state;
	SAME("[%s] %d/%u %#x %08llx %zu %hhu %c%%", "tag", -5, 7u, 0xabcu, 0x123456789abcdefull,
	     (size_t)9, 300, 'z');
	SAME("%llu %d %lld %d", 1ull << 40, 1, -(1ll << 40), 2);
}

static void truncation(void **state)
{
	char buf[8];

	(void)state;
	for (size_t size = 1; size <= sizeof(buf); size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(our_snprintf(buf, size, "%s-%d", "abc", 12345), 9);
		assert_int_equal(strlen(buf), size - 1);
		assert_memory_equal(buf, "abc-12345", size - 1);
		for (size_t i = size; i < sizeof(buf); i++)
			assert_int_equal(buf[i], '#');
	}
	memset(buf, '#', sizeof(buf));
	assert_int_equal(our_snprintf(buf, 0, "abc"), 3);
	assert_int_equal(buf[0], '#');
	assert_int_equal(our_snprintf(NULL, 0, "%050d", 1), 50);
}

/* What we do not know is shown as it stands and takes no argument; a lone % ends the text. */
static void unknown(void **state)
{
	char buf[32];

	(void)state;
	our_snprintf(buf, sizeof(buf), "a%qb%dc", 5);
	assert_string_equal(buf, "a%qb5c");
	our_snprintf(buf, sizeof(buf), "a%");
	assert_string_equal(buf, "a");
	our_snprintf(buf, sizeof(buf), "a%-08l");
	assert_string_equal(buf, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),   cmocka_unit_test(text),	 cmocka_unit_test(mixed),
		cmocka_unit_test(truncation), cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
