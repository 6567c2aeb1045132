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

/* The current turn ends when who woke up is behind by a grain, but not before it has had its least.
 */
static void interrupt_turn(const struct guest *g)
{
	const struct guest *current = turns.current;
	u64 now = now_ns(), at = turns.began + TURN_MIN_NS;
	u64 used = current->vtime + by_weight(current, now - turns.charged);
	u64 then = g->vtime + GRAIN_VTIME;

	if (then > used)
		at = MAX(at, now + (then - used) / VTIME_SCALE * current->weight);
	if (at <= now)
		turns.yield = true;
	else if (at < turns.slice.when)
		timer_arm(&turns.slice, at);
}

/* Not any more when its turn has ended and nobody else's has begun yet. */
static bool in_turn(const struct guest *g)
{
	return g == turns.current && !turns.yield;
}

void run_wake(struct guest *g)
{
	u64 floor = turns.vtime > KEEP_AHEAD ? turns.vtime - KEEP_AHEAD : 0;

	/* Having slept is not having saved: no one may come back and run for minutes. */
	g->vtime = MAX(g->vtime, floor);
	if (in_turn(g))
		return;
	turns.cause = g;
	g->woken = turns.woken = true;
	if (turns.current && !turns.yield)
		interrupt_turn(g);
}

void run_work(struct guest *g)
{
	if (in_turn(g))
		turns.work = true;
	else if (g->state == GUEST_RUNNING)
		run_wake(g);
}
