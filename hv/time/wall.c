/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wall clock: read from the clock chip at boot, carried on by now_ns(). The chip runs on while
 * the whole machine stands (an emulator that was stopped, a laptop that slept) and our clocks stand
 * with it, so now and then we look whether it is ahead.
 */
#include "devices/host/rtc.h"
#include "hv/time/time.h"
#include "lib/log.h"

#define NS_PER_S 1000000000u

/* The chip shows whole seconds, and both may just be about to change: less is no difference. */
#define CHIP_AHEAD  2
#define CHIP_LOOK_S 20u

static struct {
	u64 ns; /* now_ns() of the last whole second */
	u32 sec;
	struct timer look;
} wall;

/* The chip shows whole seconds; half of the next one has passed on average. */
static void set(u64 sec)
{
	wall.sec = (u32)sec;
	wall.ns = now_ns() - NS_PER_S / 2;
}

/* Whole seconds are carried over by subtraction: the calls come far more often than once a
 * second, so no 64-bit division is needed. */
void wall_clock(u32 *sec, u32 *nsec)
{
	u64 now = now_ns();

	while (now - wall.ns >= NS_PER_S) {
		wall.ns += NS_PER_S;
		wall.sec++;
	}
	*sec = wall.sec;
	*nsec = (u32)(now - wall.ns);
}

/* Forward only: no guest's clock goes back. A chip that stands or was set back is not followed. */
static void look_at_chip(struct timer *t)
{
	u32 sec, nsec;
	u64 chip;

	timer_arm(t, now_ns() + (u64)CHIP_LOOK_S * NS_PER_S);
	wall_clock(&sec, &nsec);
	if (!rtc_glance(&chip))
		return;
	time_check_chip(chip);
	if ((s32)((u32)chip - sec) < CHIP_AHEAD)
		return;
	log_line(LOG_WARN, NULL, "the machine's clock chip is %u s ahead: the wall clock follows",
		 (u32)chip - sec);
	set(chip);
}

void wall_init(void)
{
	u64 sec = 0;

	wall.look.fire = look_at_chip;
	if (rtc_read(&sec))
		timer_arm(&wall.look, now_ns() + (u64)CHIP_LOOK_S * NS_PER_S);
	else
		log_line(LOG_WARN, NULL, "no usable clock chip: the date starts at 1970");
	set(sec);
}
