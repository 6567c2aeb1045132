/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SOURCES: hv/config/text.c boot/grub.c */
/*
 * Words and numbers: every text of up to seven characters of those that mean something, and words
 * around the longest length, each in a block of exactly its size. Nothing is read or written
 * outside, each call ends and gets on, numbers are what 64-bit arithmetic says.
 */
#include "hv/config/text.h"
#include "boot/grub.h"
#include "tests/bounds/choose.h"

#include <string.h>

static void words(const char *text)
{
	char *copy = strdup(text), *out = malloc(CONFIG_WORD);
	const char *s = copy;
	enum word_status status;

	do {
		const char *before = s;

		status = config_word(&s, out);
		MUST(strlen(out) < CONFIG_WORD);
		MUST(s >= before && s <= copy + strlen(copy));
		MUST(status == WORD_END ? !*s : s > before);
	} while (status != WORD_END);
	grub2_unquote(copy);
	MUST(strlen(copy) <= strlen(text));
	free(copy);
	free(out);
}

static void short_text(void)
{
	static const char some[] = "\\\"' =x4";
	char text[8];
	u32 n = choose(7);

	for (u32 i = 0; i < n; i++)
		text[i] = some[choose(sizeof(some) - 1)];
	text[n] = 0;
	words(text);
}

static void long_text(void)
{
	static const char *const end[] = {"", "\"", "\\", "\\\\", " ", "\" x", "=\""};
	char text[160];
	u32 n = CONFIG_WORD - 6 + choose(12);

	text[0] = choose(2) ? '"' : 'a';
	memset(text + 1, choose(2) ? 'x' : '\\', n);
	strcpy(text + 1 + n, CHOOSE(end));
	words(text);
}

static void numbers(void)
{
	static const char *const prefix[] = {"", "0x", "0", "0X0"};
	static const char *const digits[] = {"",
					     "0",
					     "1",
					     "9",
					     "fff",
					     "3ffffff",
					     "4194303",
					     "4194304",
					     "4294967295",
					     "4294967296",
					     "ffffffff",
					     "100000000",
					     "99999999999999999999999"};
	static const char *const suffix[] = {"", "k", "M", "g", "kk", "x", " "};
	char text[48], *end, *exact;
	const char *p = CHOOSE(prefix), *d = CHOOSE(digits), *s = CHOOSE(suffix);
	u32 got = 0,
	    shift = s[0] && !s[1] ? (u32)(strchr("kMg", s[0]) ? strcspn("kMg", s) + 1 : 9) : 0;
	unsigned long long want;
	bool ok;

	snprintf(text, sizeof(text), "%s%s%s", p, d, s);
	exact = strdup(text);
	want = strtoull(exact, &end, strpbrk(p, "xX") ? 16 : 10);
	ok = config_size(exact, &got);
	if (ok) {
		MUST(end > exact && end == exact + strlen(p) + strlen(d) && shift < 9 &&
		     strlen(s) < 2);
		MUST(want <= UINT32_MAX && want << 10 * shift == got);
	} else {
		MUST(end == exact || *end != *s || shift == 9 || strlen(s) > 1 || !*d ||
		     want > UINT32_MAX || want << 10 * shift > UINT32_MAX);
	}
	if (config_number(exact, &got))
		MUST(!*s && want == got);
	free(exact);
}

static void trial(void)
{
	static void (*const part[])(void) = {short_text, long_text, numbers};

	CHOOSE(part)();
}

int main(void)
{
	return all_cases(trial);
}
