/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of the machine that run at a known speed, by which the speed of others is measured. For
 * time in hv/; the counters are in pit.c, hpet.c and pmtimer.c.
 */
#ifndef DEVICES_HOST_COUNTER_H
#define DEVICES_HOST_COUNTER_H

#include "lib/base.h"

struct counter {
	const char *name;
	u32 hz, mask;	       /* the value wraps behind mask */
	bool (*start)(void);   /* NULL: it runs; false: it is not there */
	u32 (*read)(void);     /* it counts up */
	bool (*wrapped)(void); /* since it was started, if one can know; NULL: one cannot */
};

extern const struct counter pit_counter2, pit_counter0; /* pit.c */
const struct counter *hpet_counter(void);		/* hpet.c; NULL: there is none */
const struct counter *pmtimer_counter(void);		/* pmtimer.c; the same */
/* False: beside the PIT it is seen to run at another speed than its own. */
bool pmtimer_right(void);

/* The TSC's frequency in kHz; *by is the name of what it was measured with. 0: that is impossible.
 * All waits are bounded. */
u32 tsc_calibrate(const char **by);

/* The value of a counter, and the TSC's at the same moment. */
struct counter_sample {
	u64 tsc;
	u32 count;
};
struct counter_sample counter_sample(const struct counter *c);

#endif
