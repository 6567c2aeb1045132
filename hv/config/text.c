/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words and numbers of a command line. No state; every function fails by its result only. */
#include "hv/config/text.h"
#include "lib/string.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

enum word_status config_word(const char **text, char out[CONFIG_WORD])
{
	const char *s = *text;
	size_t n = 0;
	bool quoted = false, full = false;

	while (blank(*s))
		s++;
	out[0] = 0;
	if (!*s) {
		*text = s;
		return WORD_END;
	}
	for (; *s && (quoted || !blank(*s)); s++) {
		char c = *s;

		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && s[1])
			c = *++s;
		if (n + 1 < CONFIG_WORD)
			out[n++] = c;
		else
			full = true;
	}
	out[n] = 0;
	*text = s;
	return quoted ? WORD_OPEN : full ? WORD_LONG : WORD_OK;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Read digits; returns where they end, or NULL when there are none or they exceed 32 bits. */
static const char *digits(const char *s, u32 *out)
{
	u32 base = 10;
	u64 v = 0;
	const char *first;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	for (first = s; digit(*s) >= 0 && (u32)digit(*s) < base; s++) {
		v = v * base + (u32)digit(*s);
		if (v > UINT32_MAX)
			return NULL;
	}
	*out = (u32)v;
	return s == first ? NULL : s;
}

bool config_number(const char *s, u32 *out)
{
	s = digits(s, out);
	return s && !*s;
}

bool config_size(const char *s, u32 *out)
{
	static const char suffix[] = "kmg";
	const char *at;
	unsigned shift;

	s = digits(s, out);
	if (!s)
		return false;
	if (!*s)
		return true;
	at = strchr(suffix, *s | 0x20);
	if (!at || !*at || s[1])
		return false;
	shift = 10u * (unsigned)(at - suffix + 1);
	if (*out > UINT32_MAX >> shift)
		return false;
	*out <<= shift;
	return true;
}

static bool name_char(char c)
{
	char lower = (char)(c | 0x20);

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       c == '.';
}

bool config_name(const char *s, char *out, size_t size)
{
	size_t n;

	for (n = 0; s[n]; n++)
		if (!name_char(s[n]) || n + 1 >= size)
			return false;
	if (!n)
		return false;
	memcpy(out, s, n + 1);
	return true;
}

bool config_mac(const char *s, u8 mac[6])
{
	u8 all = 0;

	for (unsigned i = 0; i < 6; i++, s += 3) {
		if (digit(s[0]) < 0 || digit(s[1]) < 0 || s[2] != (i < 5 ? ':' : 0))
			return false;
		mac[i] = (u8)(digit(s[0]) << 4 | digit(s[1]));
		all |= mac[i];
	}
	/* IEEE 802: bit 0 of the first byte marks a group. */
	return all && !(mac[0] & 1);
}

char *config_split(char *s)
{
	char *comma = strchr(s, ',');

	if (!comma)
		return NULL;
	*comma = 0;
	return comma + 1;
}
