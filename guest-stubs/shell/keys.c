/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed at the console; other tasks run while nothing is. */
#include "guest-stubs/shell/shell.h"

static bool key_there(u32 unused)
{
	(void)unused;
	return vcon_ready();
}

char get_key(void)
{
	int c;

	while ((c = vcon_getc()) < 0)
		task_wait(key_there, 0);
	return (char)c;
}
