/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: a trap while the stack pointer points nowhere. */
#include "guest-stubs/lib/trap.h"

void guest_main(void)
{
	traps_init();
	__asm__ volatile("movl $0x7ffff800, %%esp; movl $0x1f8, %%eax; movw %%ax, %%gs"
			 :
			 :
			 : "eax", "memory");
	puts("it went on\n");
	power_off();
}
