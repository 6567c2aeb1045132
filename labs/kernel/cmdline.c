/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: words such as key=value, at a fixed place (docs/abi.md). */
#include "labs/kernel/kernel.h"

bool option(const char *key, char *out, u32 size)
{
	const char *at = virt(BP_CMDLINE_GPA);
	u32 n = strlen(key), len = 0;

	while (*at && (memcmp(at, key, n) != 0 || at[n] != '=')) {
		while (*at && *at != ' ')
			at++;
		while (*at == ' ')
			at++;
	}
	if (!*at)
		return false;
	for (at += n + 1; *at && *at != ' ' && len + 1 < size; at++)
		out[len++] = *at;
	out[len] = '\0';
	return true;
}

static u32 digit(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (u32)(c - 'a') + 10;
	return 16; /* of no base */
}

u32 option_number(const char *key, u32 otherwise)
{
	char text[16];
	const char *at = text;
	u32 base = 10, n = 0;

	if (!option(key, text, sizeof(text)))
		return otherwise;
	if (at[0] == '0' && at[1] == 'x') {
		base = 16;
		at += 2;
	}
	while (digit(*at) < base)
		n = n * base + digit(*at++);
	return n;
}
