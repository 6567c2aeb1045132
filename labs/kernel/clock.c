/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock: a timer that fires once, set again at each tick. */
#include "labs/kernel/trap.h"

#define TIMER_LINE 0
#define TICK_NS	   (1000000000u / HZ)

volatile u32 clock_ticks;
void (*clock_hook)(void);

static void tick(u32 line)
{
	(void)line;
	clock_ticks++;
	hcall(HC_SET_CLOCKEVENT, TICK_NS, 0, 0);
	if (clock_hook)
		clock_hook();
}

void clock_init(void)
{
	irq_register(TIMER_LINE, tick);
	hcall(HC_SET_CLOCKEVENT, TICK_NS, 0, 0);
}

/* Not "turn them on, then sleep": the interrupt might come between the two, and nobody would wake
 * us. HALT does both at once. */
void wait_for_interrupt(void)
{
	hcall(HC_HALT, 0, 0, 0);
	interrupts_off();
}
