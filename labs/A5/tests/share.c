/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest gets of the CPU, as it sees it itself.
 *
 *   want=share  computes from ms `from` to ms `until` of the machine's time: which part it had
 *   want=wake   sleeps for 2 ms at a time in that stretch: how late the latest wake-up was
 *   want=back   sleeps until `from`, then computes: which part it had (who slept has not saved)
 *   want=storm  asks for an event as soon as possible, again and again, and sleeps in between
 *   want=calls  makes hypercalls without end
 *
 * All count from the machine's first instruction: the stretches of several guests are the same.
 */
#include "guest-stubs/lib/trap.h"

#define TIMER_LINE 0
#define GAP_NS	   400u /* between two looks at the clock that is not ours: an exit takes longer */
#define NAP_US	   2000u
#define NAP_NS	   (NAP_US * 1000u)

static u32 khz;
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
	return div64(cycles * 1000u, khz, NULL);
}

static void nap(u32 ns)
{
	fired = 0;
	hcall(HC_SET_CLOCKEVENT, ns, 0, 0, 0);
	while (!fired)
		halt();
}

static void compute(u64 from, u64 until)
{
	u64 last, now, mine = 0;
	u32 gap = div64((u64)khz * GAP_NS, 1000000u, NULL), all = us(until - from);

	while ((last = rdtsc()) < from)
		;
	for (; last < until; last = now) {
		now = rdtsc();
		if (now - last <= gap)
			mine += now - last;
	}
	printf("share: %u per mille\n", us(mine) / (all / 1000u));
}

static void wake(u64 from, u64 until)
{
	u32 latest = 0, naps = 0;

	while (rdtsc() < until) {
		u64 begin = rdtsc();
		u32 took;

		nap(NAP_NS);
		took = us(fired_at - begin);
		naps += begin > from;
		if (begin > from && took > NAP_US + latest)
			latest = took - NAP_US;
	}
	printf("share: %u naps, latest wake-up %u us\n", naps, latest);
}

static void back(u64 from, u64 until)
{
	while (rdtsc() < from)
		nap(NAP_NS);
	compute(rdtsc(), until);
}

static void storm(u64 until)
{
	u32 events = 0;

	for (; rdtsc() < until; events++)
		nap(1);
	printf("share: the storm is over, %u events\n", events);
}

static void calls(u64 until)
{
	while (rdtsc() < until)
		hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	puts("share: enough called\n");
}

void guest_main(void)
{
	char want[8];
	u64 from, until;

	option("want", want, sizeof(want));
	khz = lguest_data.tsc_khz;
	from = (u64)option_u32("from", 60) * khz;
	until = (u64)option_u32("until", 260) * khz;
	traps_init();
	irq_install(TIMER_LINE, on_timer);
	irq_on();
	if (!strcmp(want, "share"))
		compute(from, until);
	else if (!strcmp(want, "wake"))
		wake(from, until);
	else if (!strcmp(want, "back"))
		back(from, until);
	else if (!strcmp(want, "storm"))
		storm(until);
	else
		calls(until);
}
