/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hello: the smallest guest. It prints one line through the early console and powers off. */
#include "guest-stubs/lib/guest.h"

void guest_main(void)
{
	puts("Hello from ring 1\n");
	power_off();
}
