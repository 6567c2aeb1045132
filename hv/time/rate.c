/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of checking the TSC. One window that disagrees means nothing: an emulator was
 * stopped, the machine slept, an SMI took its time. Two in a row that disagree in the same way do.
 */
#include "hv/time/rate.h"

#define NS_PER_MS	1000000u
#define TOLERANCE_SHIFT 11u /* beside the slack: 0.05 % */
#define FACTOR_MOST	16u /* nobody measures so wrong: it is the reference that is broken */
#define KHZ_MIN		1000u
#define KHZ_MAX		0x7fffffffu

static u32 distance(u32 a, u32 b)
{
	return a > b ? a - b : b - a;
}

u32 rate_look(struct rate *r, u64 tsc, u64 ns, u32 khz, bool *over)
{
	u64 d = ns - r->ns, ticks = tsc - r->tsc, told;
	u32 found, tolerance, before = r->candidate;

	*over = r->begun && d >= r->window_ns;
	if (r->begun && !*over)
		return 0;
	r->begun = true;
	r->tsc = tsc;
	r->ns = ns;
	if (!*over)
		return 0;
	/* In ms: a window of hours, and a TSC of some GHz, fit 64 bits. */
	told = ticks / (d / NS_PER_MS);
	r->candidate = 0;
	if (told < KHZ_MIN || told > KHZ_MAX || told / FACTOR_MOST > khz ||
	    khz / FACTOR_MOST > told)
		return 0;
	found = (u32)told;
	tolerance = (found >> TOLERANCE_SHIFT) + (u32)((u64)found * 2 * r->slack_ns / d);
	if (distance(found, khz) <= tolerance)
		return 0;
	if (before && distance(found, before) <= tolerance)
		return (u32)(((u64)found + before) / 2);
	r->candidate = found;
	return 0;
}
