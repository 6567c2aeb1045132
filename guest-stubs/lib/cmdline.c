/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loader told the guest: the command line and the size of memory. */
#include "guest-stubs/lib/guest.h"

const char *command_line(void)
{
	return virt(BP_CMDLINE_GPA);
}

u32 ram_bytes(void)
{
	/* e820 entry 0: u64 address, u64 size, u32 type (boot_params, "zero page"). */
	return *(volatile u32 *)virt(BP_E820_MAP + 8);
}

/* The text after key=, or NULL. Quoted text is stepped over. *end becomes what ends the value: a
 * blank, or a quote for key="two words". */
static const char *find(const char *key, char *end)
{
	u32 len = strlen(key);
	const char *p = command_line();

	while (*p) {
		bool quoted = false;

		while (*p == ' ')
			p++;
		*end = ' ';
		if (!strncmp(p, key, len) && p[len] == '=') {
			p += len + 1;
			if (*p == '"')
				*end = *p++;
			return p;
		}
		for (; *p && (quoted || *p != ' '); p++)
			if (*p == '"')
				quoted = !quoted;
	}
	return NULL;
}

bool option(const char *key, char *out, u32 size)
{
	char end;
	const char *p = find(key, &end);
	u32 n = 0;

	out[0] = '\0';
	if (!p)
		return false;
	for (; *p && *p != end && n + 1 < size; p++)
		out[n++] = *p;
	out[n] = '\0';
	return true;
}

u32 parse_u32(const char *p, const char **end)
{
	u32 base = 10, v = 0;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	for (;; p++) {
		u32 d;

		if (*p >= '0' && *p <= '9')
			d = (u32)(*p - '0');
		else if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'f')
			d = (u32)((*p | 0x20) - 'a') + 10;
		else
			break;
		if (d >= base)
			break;
		v = v * base + d;
	}
	if (end)
		*end = p;
	return v;
}

u32 option_u32(const char *key, u32 otherwise)
{
	char text[16];

	return option(key, text, sizeof(text)) ? parse_u32(text, NULL) : otherwise;
}
