/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB 2 reads a command line as words and puts them together again in its own manner: a backslash
 * before each backslash and each quote of either kind (but newer ones leave \xHH as it is), and
 * double quotes around a whole word that holds blanks, so that key="two words" arrives as
 * "key=two words". Blanks between words arrive as they are, of which there may be several when
 * words between them are empty.
 */
#include "boot/grub.h"

#include "lib/string.h"

bool grub2_quotes(const char *loader)
{
	return strncmp(loader, "GRUB 2", 6) == 0;
}

static bool hex_digit(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Take one character with what GRUB has put before it; *literal says that something was. */
static char take(const char **from, bool *literal)
{
	const char *s = *from;

	*literal = s[0] == '\\' && s[1] && !(s[1] == 'x' && hex_digit(s[2]) && hex_digit(s[3]));
	*from = s + (*literal ? 2 : 1);
	return s[*literal ? 1 : 0];
}

/* Where a word of blanks needs quotes of ours: behind its "key=", or at its beginning; NULL when
 * quotes are in it, since then whoever wrote it has quoted what they wanted quoted. */
static const char *quotes_at(const char *word)
{
	const char *at = word;
	bool literal, key = true;

	for (const char *s = word; *s && *s != '"';) {
		char c = take(&s, &literal);

		if (c == '"')
			return NULL;
		if (c == ' ')
			key = false;
		if (c == '=' && key) {
			at = s;
			key = false;
		}
	}
	return at;
}

void grub2_unquote(char *line)
{
	const char *from = line, *quote = NULL;
	bool inside = false, ours = false, literal;
	char *to = line;

	while (*from) {
		char c;

		if (ours && from == quote)
			*to++ = '"';
		c = take(&from, &literal);
		if (c != '"' || literal) {
			*to++ = c;
			continue;
		}
		if (inside && ours)
			*to++ = '"';
		inside = !inside;
		quote = inside ? quotes_at(from) : NULL;
		ours = quote != NULL;
	}
	*to = '\0';
}
