/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-shot clock events: how long each takes, that an event that was cancelled does not come, and
 * that a new one takes the place of the old. What the grain of the timer and the way into the guest
 * take is SLACK.
 */
#include "guest-stubs/lib/trap.h"

#define TIMER_LINE 0
#define SLACK_US   60u
#define US	   1000u /* nanoseconds */

static volatile u32 fired;
static u64 fired_at;

static void on_timer(u32 line)
{
	(void)line;
	fired_at = rdtsc();
	fired++;
}

static u32 us(u64 cycles)
{
	return div64(cycles * 1000u, lguest_data.tsc_khz, NULL);
}

static void set(u32 ns)
{
	hcall(HC_SET_CLOCKEVENT, ns, 0, 0, 0);
}

/* Sleep until n events have come; the microseconds from `begin` to the last of them. */
static u32 sleep_until(u32 n, u64 begin)
{
	while (fired < n)
		halt();
	return us(fired_at - begin);
}

static bool in_time(u32 took, u32 wanted)
{
	return took >= wanted && took <= wanted + SLACK_US;
}

/* From the shortest that is kept exactly to one that is longer than the timer can count. */
static void delays(void)
{
	static const u32 wanted[] = {30, 100, 1000, 7000, 54000, 130000};
	u32 good = 0;

	for (u32 i = 0; i < ARRAY_LEN(wanted); i++) {
		u64 begin = rdtsc();
		u32 took;

		fired = 0;
		set(wanted[i] * US);
		took = sleep_until(1, begin);
		good += in_time(took, wanted[i]);
		printf("event: of %u us, expected within %u, seen after %u us\n", wanted[i],
		       wanted[i] + SLACK_US, took);
	}
	printf("event: %u of %u in time\n", good, ARRAY_LEN(wanted));
}

static void spin(u64 begin, u32 until)
{
	while (us(rdtsc() - begin) < until)
		;
}

/* The events that came of a plan: an event is set, and another call follows. */
static void replaced(const char *name, u32 first, u32 second, u32 wanted)
{
	u64 begin = rdtsc();
	u32 took;

	fired = 0;
	set(first * US);
	set(second * US);
	if (!second) {
		spin(begin, first + 2 * SLACK_US); /* it would have come by now */
		begin = rdtsc();
		set(wanted * US);
	}
	took = sleep_until(1, begin);
	spin(begin, first + wanted + 2 * SLACK_US); /* there is no other to come */
	if (in_time(took, wanted) && fired == 1)
		printf("event: %s: ok\n", name);
	else
		printf("event: %s: expected one after %u us, seen %u, the first after %u us\n",
		       name, wanted, fired, took);
}

void guest_main(void)
{
	traps_init();
	irq_install(TIMER_LINE, on_timer);
	irq_on();
	delays();
	replaced("a later one instead", 500, 3000, 3000);
	replaced("an earlier one instead", 3000, 500, 500);
	replaced("cancelled", 500, 0, 2000);
	puts("event: end\n");
}
