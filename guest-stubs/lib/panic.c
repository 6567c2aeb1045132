/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a guest that went wrong: the message goes to the hypervisor with the shutdown. */
#include "guest-stubs/lib/guest.h"

void panic(const char *fmt, ...)
{
	static char message[128];
	va_list va;

	va_start(va, fmt);
	vsnprintf(message, sizeof(message), fmt, va);
	va_end(va);
	for (;;)
		hcall(HC_SHUTDOWN, phys(message), SHUTDOWN_POWEROFF, 0, 0);
}
