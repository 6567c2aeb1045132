/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What anybody may ask of the scheduler, and on whose account time goes. */
#include "hv/guest/guest.h"

#define KEEP_AHEAD 1000000u /* a sleeper is let in at most this far before the others, vtime */

struct turns turns;

void run_yield(void)
{
	turns.yield = true;
}

/* Most stretches are short: one division then. */
static u64 by_weight(const struct guest *g, u64 ns)
{
	u64 scaled = ns * VTIME_SCALE;

	return scaled >> 32 ? scaled / g->weight : (u32)scaled / g->weight;
}

void run_charge(struct guest *g)
{
	u64 now = now_ns(), ns = now - turns.charged;

	turns.charged = now;
	if (!g)
		return;
	g->vtime += by_weight(g, ns);
	g->run_ns += ns;
}

/* The current turn ends at once for who is behind by more than a grain, and soon for who will be.
 */
void run_wake(struct guest *g)
{
	u64 floor = turns.vtime > KEEP_AHEAD ? turns.vtime - KEEP_AHEAD : 0, now, used;
	const struct guest *current = turns.current;

	/* Having slept is not having saved: no one may come back and run for minutes. */
	g->vtime = MAX(g->vtime, floor);
	if (g == current)
		return;
	turns.cause = g;
	if (!current || turns.yield)
		return;
	now = now_ns();
	used = current->vtime + by_weight(current, now - turns.charged);
	if (g->vtime + GRAIN_VTIME <= used)
		turns.yield = true;
	else if (g->vtime <= used && turns.slice.when > now + GRAIN_NS)
		timer_arm(&turns.slice, now + GRAIN_NS);
}

void run_work(struct guest *g)
{
	if (g == turns.current)
		turns.work = true;
	else if (g->state == GUEST_RUNNING)
		run_wake(g);
}
