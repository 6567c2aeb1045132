/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one timer, for all tests of when its interrupt comes. */
#include "guest-stubs/selftest/selftest.h"

volatile u32 fired;
u32 flag_in_handler;

void on_timer(u32 line)
{
	(void)line;
	fired++;
	flag_in_handler |= lguest_data.irq_enabled & EFLAGS_IF;
}

void alarm_in(u32 ns)
{
	hcall(HC_SET_CLOCKEVENT, ns, 0, 0, 0);
}

void alarm_fresh(void)
{
	alarm_in(0);
	irq_install(0, on_timer);
	irq_on();
	irq_off();
	fired = 0;
	flag_in_handler = 0;
}

bool wait_for(volatile const u32 *what, u32 value, u32 ms)
{
	u32 start = clock_ms();

	while (*what != value)
		if (clock_ms() - start > ms)
			return false;
	return true;
}

void pass_time(u32 ms)
{
	static const u32 never;

	wait_for(&never, 1, ms);
}
