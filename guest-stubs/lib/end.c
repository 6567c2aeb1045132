/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a guest that went well. */
#include "guest-stubs/lib/guest.h"

NORETURN static void shut_down(u32 message, u32 what)
{
	for (;;)
		hcall(HC_SHUTDOWN, message, what, 0, 0);
}

void power_off(void)
{
	shut_down(phys("Power down"), SHUTDOWN_POWEROFF);
}

void restart(void)
{
	shut_down(phys("Restarting"), SHUTDOWN_RESTART);
}
