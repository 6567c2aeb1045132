/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The asynchronous hypercall ring: calls queued here are carried out, in order, before the next
 * synchronous hypercall. */
#include "guest-stubs/lib/guest.h"

static u32 cursor;

void hcall_async(u32 number, u32 ebx, u32 ecx, u32 edx, u32 esi)
{
	u32 flags = irq_save();
	volatile u8 *status = &lguest_data.hcall_status[cursor];

	if (*status != LHCALL_FREE) {
		/* The ring is full. A synchronous call drains it first, so order is kept. */
		hcall(number, ebx, ecx, edx, esi);
	} else {
		lguest_data.hcalls[cursor] =
			(struct lguest_hcall_args){{number, ebx, ecx, edx, esi}};
		__asm__ volatile("" ::: "memory");
		*status = LHCALL_READY;
		cursor = (cursor + 1) % LHCALL_RING_SIZE;
	}
	irq_restore(flags);
}
