/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A3: messages of SHUTDOWN. */
#include "guest-stubs/lib/guest.h"

static void shut_down(u32 at)
{
	hcall(HC_SHUTDOWN, at, SHUTDOWN_POWEROFF, 0, 0);
}

void guest_main(void)
{
	static char text[512];
	char how[16], *last = virt(ram_bytes() - 3);

	option("how", how, sizeof(how));
	if (!strcmp(how, "plain"))
		shut_down(phys("it is broken"));
	if (!strcmp(how, "odd"))
		shut_down(phys("a\nb\x80"
			       "c"));
	if (!strcmp(how, "edge")) {
		memcpy(last, "end", 3);
		shut_down(phys(last));
	}
	if (!strcmp(how, "nowhere"))
		shut_down(0xfffff000);
	for (u32 i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('0' + i % 8);
	shut_down(phys(text));
}
