/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spinner: uses all the time it can get and never ends. It shows that others still get theirs,
 * and it is there to be paused and killed. hot=1: without even a timer. */
#include "guest-stubs/lib/trap.h"

void guest_main(void)
{
	u32 said = 0;

	puts("spinner: running\n");
	traps_init();
	if (!option_u32("hot", 0)) {
		clock_start(100);
		irq_on();
	}
	for (;;)
		if (clock_ticks / 100 != said) {
			said = clock_ticks / 100;
			printf("spinner: %u s\n", said);
		}
}
