/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where text goes: to the early console, until there is a better one; console=early keeps it. */
#include "labs/kernel/console.h"

static void (*writer)(const char *text, u32 len) = early_write;

void console_init(void)
{
	char kind[8];

	if (!option("console", kind, sizeof(kind)) && vcon_init())
		writer = vcon_write;
}

void console_write(const char *text, u32 len)
{
	writer(text, len);
}
