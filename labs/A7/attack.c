/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An attack on guest_ram_ok() as lab A7 hands it out. It has succeeded when the hypervisor panics.
 * The same guest does no harm to a hypervisor whose door is right.
 */
#include "guest-stubs/lib/guest.h"

void guest_main(void)
{
	/* Three descriptors, 24 bytes, from the last 16 bytes of the address space on: the end of
	 * them wraps to 8, which is inside of any RAM. */
	hcall(HC_LOAD_TLS, 0xfffffff0u, 0, 0, 0);
	puts("attack: it did not work\n");
}
