/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: the timer's interrupt, with the virtual flag off and on, and its line blocked. */
#include "guest-stubs/lib/trap.h"
#include "labs/check.h"

#define SOON 100000u  /* ns */
#define LONG 1000000u /* instructions of waiting, at a nanosecond each */

static volatile u32 fired, cs_in_frame, if_in_handler;

static void on_timer(struct frame *f)
{
	fired++;
	cs_in_frame = f->cs;
	if_in_handler = lguest_data.irq_enabled & EFLAGS_IF;
}

static void wait(void)
{
	u64 until = rdtsc() + LONG;

	while (rdtsc() < until)
		;
}

void guest_main(void)
{
	traps_init();
	trap_handler[LGUEST_IRQ_BASE] = on_timer;
	irq_unmask(0);
	hcall(HC_SET_CLOCKEVENT, SOON, 0, 0, 0);
	wait();
	check_eq("waits", fired, 0);
	check_eq("says-so", *(volatile u32 *)&lguest_data.irq_pending, EFLAGS_IF);
	irq_on();
	wait();
	CHECK_ALL("comes", {"interrupts", fired, 1},
		  {"CS in the frame", cs_in_frame, GUEST_KERNEL_CS},
		  {"IF in the handler", if_in_handler, 0},
		  {"irq_pending", *(volatile u32 *)&lguest_data.irq_pending, 0});
	irq_mask(0);
	fired = 0;
	hcall(HC_SET_CLOCKEVENT, SOON, 0, 0, 0);
	wait();
	if (fired)
		check_eq("masked", fired, 0);
	irq_unmask(0);
	wait();
	check_eq("masked", fired, 1);
	power_off();
}
