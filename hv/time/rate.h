/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a clock as fast as it is taken to be? Pure arithmetic. Private to this room. */
#ifndef HV_TIME_RATE_H
#define HV_TIME_RATE_H

#include "lib/base.h"

/* A TSC beside a reference whose reading is right to `slack_ns`; a window is at least so long. */
struct rate {
	u32 slack_ns;
	u64 window_ns;
	bool begun;
	u64 tsc, ns;   /* where the window began */
	u32 candidate; /* kHz that the last window told, when it disagreed; else 0 */
};

/* Both at one moment. The TSC's kHz, when two windows in a row agree that it is not `khz` but that;
 * else 0. *over: a window has just ended. */
u32 rate_look(struct rate *r, u64 tsc, u64 ns, u32 khz, bool *over);

#endif
