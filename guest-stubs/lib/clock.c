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

/* Microseconds without a TSC. The wall clock advances at interrupts only; in between, each call
 * counts as one: the hypercall takes that long at least. */
static u64 coarse_us(void)
{
	static u64 last;
	u32 sec, nsec;
	u64 wall;

	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	sec = clock_wall(&nsec);
	wall = (u64)sec * 1000000u + nsec / 1000u;
	last = wall > last ? wall : last + 1;
	return last;
}

/* Time in units of 1/per_ms milliseconds. */
static u32 now(u32 per_ms)
{
	u32 khz = lguest_data.tsc_khz, rest, ms;

	if (!khz)
		return div64(coarse_us(), 1000 / per_ms, NULL);
	ms = div64(rdtsc(), khz, &rest);
	return ms * per_ms + div64((u64)rest * per_ms, khz, NULL);
}

u32 clock_ms(void)
{
	return now(1);
}

u32 clock_us(void)
{
	return now(1000);
}
