/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time: a clock that goes forward, the wall clock, and one queue of deadlines over one one-shot
 * host timer. For every room of hv/ but hv/config/.
 */
#ifndef HV_TIME_TIME_H
#define HV_TIME_TIME_H

#include "lib/base.h"

struct timer {
	u64 when; /* ns of now_ns() */
	void (*fire)(struct timer *t);
	struct timer *next;
	bool armed;
};

void time_init(u32 tsc_khz);
void wall_init(void); /* the wall clock, once now_ns() runs */
/* Nanoseconds since boot. Never goes backwards. */
u64 now_ns(void);
/* Seconds since 1970 and the nanoseconds of the next one, 0..999 999 999. */
void wall_clock(u32 *sec, u32 *nsec);
u32 time_tsc_khz(void);		/* 0: no usable TSC */
void time_set_tsc_khz(u32 khz); /* it is that fast, from now on */
const char *time_source(void);	/* what the clock and the deadlines stand on, in words */
/* Check the TSC's speed from time to time, and correct it. */
void time_check_init(void);
void time_check_chip(u64 unix_seconds); /* the clock chip shows this */
/* Fire at `when`, from timer_run(); whatever it was armed for before is forgotten. */
void timer_arm(struct timer *t, u64 when);
void timer_cancel(struct timer *t); /* does nothing when it is not armed */
void timer_run(void);		    /* fire what is due */
extern bool timer_stale; /* the host timer may be set for another than the earliest deadline */
void timer_program(void);
/* Before every entry and every idle wait. */
static inline void timer_settle(void)
{
	if (timer_stale)
		timer_program();
}

#endif
