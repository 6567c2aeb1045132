/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: the words of a frame, for an exception without and one with an error code. */
#include "guest-stubs/lib/guest.h"
#include "guest-stubs/lib/trap.h"

static void protected(u32 unused)
{
	(void)unused;
	__asm__ volatile("movl $0x1234, %%ecx; movl %%ecx, %%cr4" : : : "ecx");
	__asm__ volatile("movw %w0, %%fs" : : "r"(0x98u)); /* beyond what there is */
}

void guest_main(void)
{
	traps_init();
	if (!probe(protected, 0) || probe_frame.vector != VECTOR_GP || probe_frame.error != 0x98 ||
	    probe_frame.cs != GUEST_KERNEL_CS)
		printf("frames: bad: vector %u error %x cs %x\n", probe_frame.vector,
		       probe_frame.error, probe_frame.cs);
	else
		puts("frames: good\n");
	power_off();
}
