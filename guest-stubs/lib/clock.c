/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time: ticks by the one-shot clock event, the time stamp counter, the wall clock. */
#include "guest-stubs/lib/trap.h"

#define TIMER_LINE    0
#define NS_PER_SECOND 1000000000u

volatile u32 clock_ticks;
void (*clock_tick)(void);

static u32 period_ns; /* 0: stopped */

static void timer_interrupt(u32 line)
{
	(void)line;
	clock_ticks++;
	if (period_ns)
		hcall(HC_SET_CLOCKEVENT, period_ns, 0, 0, 0);
	if (clock_tick)
		clock_tick();
}

void clock_start(u32 hz)
{
	period_ns = NS_PER_SECOND / hz;
	irq_install(TIMER_LINE, timer_interrupt);
	hcall(HC_SET_CLOCKEVENT, period_ns, 0, 0, 0);
}

void clock_stop(void)
{
	period_ns = 0;
	hcall(HC_SET_CLOCKEVENT, 0, 0, 0, 0);
}

u32 clock_wall(u32 *nanoseconds)
{
	volatile struct lguest_data *d = &lguest_data;
	u32 sec, nsec;

	do {
		sec = (u32)d->time_sec;
		nsec = (u32)d->time_nsec;
	} while (sec != (u32)d->time_sec);
	if (nanoseconds)
		*nanoseconds = nsec;
	return sec;
}

/* Time in units of 1/per_second; without a TSC it is as coarse as the wall clock's updates. */
static u32 now(u32 per_ms)
{
	u32 khz = lguest_data.tsc_khz, sec, nsec, rest, ms;

	if (khz) {
		ms = div64(rdtsc(), khz, &rest);
		return ms * per_ms + div64((u64)rest * per_ms, khz, NULL);
	}
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	sec = clock_wall(&nsec);
	return sec * 1000 * per_ms + nsec / (1000000 / per_ms);
}

u32 clock_ms(void)
{
	return now(1);
}

u32 clock_us(void)
{
	return now(1000);
}
