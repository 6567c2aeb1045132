/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two things that anybody may ask of the scheduler. */
#include "hv/guest/guest.h"

#define KEEP_AHEAD 1000000u /* a sleeper is let in at most this far before the others, ns */

struct turns turns;

void run_yield(void)
{
	turns.yield = true;
}

void run_wake(struct guest *g)
{
	u64 floor = turns.vtime > KEEP_AHEAD ? turns.vtime - KEEP_AHEAD : 0;

	/* Having slept is not having saved: no one may come back and run for minutes. */
	g->vtime = MAX(g->vtime, floor);
	if (g != turns.current)
		turns.yield = true;
}
