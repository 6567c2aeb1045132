/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * victim: wants only what is its own, beside a guest that wants more, and measures what it gets.
 *
 *   want=share   computes all the time: which part of it did it really have the CPU, and what was
 * the longest time that it had not want=time    sleeps, and wants to be woken each millisecond: how
 * late was the latest wake-up ms=N         for so long (default 300) after=N      beginning so many
 * ms later, when the others are at it (default 30)
 */
#include "guest-stubs/lib/trap.h"

#define HZ     1000u
#define PERIOD (1000000u / HZ)
/* Time between two looks at the clock that is not ours: our loop takes far less, an exit far more.
 */
#define GAP_NS 400u

static u32 khz;

static u32 us(u64 cycles)
{
	return div64(cycles * 1000u, khz, NULL);
}

static void sleep_ms(u32 ms)
{
	u32 until = clock_ticks + ms * HZ / 1000u;

	while (clock_ticks < until)
		halt();
}

static void want_share(u32 ms)
{
	u64 begin = rdtsc(), last = begin, now, other = 0, widest = 0;
	u32 gap = khz / 1000u * GAP_NS / 1000u, all;

	clock_stop();
	do {
		now = rdtsc();
		if (now - last > gap) {
			other += now - last;
			widest = now - last > widest ? now - last : widest;
		}
		last = now;
	} while (now - begin < (u64)ms * khz);
	all = us(now - begin);
	printf("victim: share %u per mille, longest gap %u us\n", (all - us(other)) / (all / 1000u),
	       us(widest));
}

static u64 last_tick;
static u32 latest;

static void on_tick(void)
{
	u64 now = rdtsc();
	u32 took = us(now - last_tick);

	if (last_tick && took > PERIOD && took - PERIOD > latest)
		latest = took - PERIOD;
	last_tick = now;
}

static void want_time(u32 ms)
{
	clock_tick = on_tick;
	sleep_ms(ms);
	printf("victim: latest wake-up %u us\n", latest);
}

void guest_main(void)
{
	u32 ms = option_u32("ms", 300);
	char want[8];

	option("want", want, sizeof(want));
	khz = lguest_data.tsc_khz;
	if (!khz)
		panic("victim: needs a time stamp counter");
	traps_init();
	clock_start(HZ);
	irq_on();
	sleep_ms(option_u32("after", 30));
	if (!strcmp(want, "share"))
		want_share(ms);
	else if (!strcmp(want, "time"))
		want_time(ms);
	else
		panic("victim: want=share or want=time");
}
