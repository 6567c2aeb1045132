/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the machine ends: by power-off, or by a panic that says why. */
#include "labs/kernel/kernel.h"
#include "labs/kernel/trap.h"

void power_off(void)
{
	static const char message[] = "Power down"; /* this text means a clean end */

	for (;;)
		hcall(HC_SHUTDOWN, phys(message), SHUTDOWN_POWEROFF, 0);
}

/* Return addresses, by the chain of frame pointers: each function pushes its caller's EBP right
 * below where the return address lies. A pointer that leaves the kernel or does not go up has been
 * overwritten. */
static void backtrace(u32 ebp)
{
	u32 n, next;

	for (n = 0; n < 12 && ebp >= KERNEL_BASE && ebp % 4 == 0; n++, ebp = next) {
		printf("  called from %p\n", (void *)((u32 *)ebp)[1]);
		next = ((u32 *)ebp)[0];
		if (next <= ebp)
			break;
	}
}

void panic(const char *fmt, ...)
{
	static char message[128];
	static bool again;
	va_list va;

	interrupts_off();
	va_start(va, fmt);
	vformat(message, sizeof(message), fmt, va);
	va_end(va);
	if (!again) {
		again = true; /* what follows may fail, too */
		printf("panic: %s\n", message);
		backtrace((u32)__builtin_frame_address(0));
	}
	for (;;)
		hcall(HC_SHUTDOWN, phys(message), SHUTDOWN_POWEROFF, 0);
}
