/* SPDX-License-Identifier: GPL-2.0-or-later */
/* echo: prints its command line between brackets, byte for byte, and powers off. */
#include "guest-stubs/lib/guest.h"

void guest_main(void)
{
	puts("<");
	puts(command_line());
	puts(">\n");
	power_off();
}
