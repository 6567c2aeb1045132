/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TSC's frequency, measured with a counter whose frequency is known: the PIT, or where it is
 * missing the HPET or ACPI's timer. Only short measurements that agree are believed: an emulator
 * that is kept waiting, or an SMI, spoils one or two.
 */
#include "devices/host/counter.h"
#include "lib/cpu.h"
#include "lib/x86.h"

#define SAMPLES	  8u
#define SPANS	  60u	/* of a second: a measurement takes 17 ms, of the 55 ms to a PIT's wrap */
#define AGREEING  3u	/* so many in a row must tell the same */
#define ROUNDS	  24u	/* of an emulator on a busy computer they may be few */
#define TOLERANCE 1000u /* the same: within a thousandth */
#define LOOP_MAX  1000000u   /* for a TSC that stands still */
#define TSC_MAX	  200000000u /* in a measurement: no such CPU, the counter must be standing still */
#define KHZ_MIN	  1000u
#define ATTEMPTS  3u
#define AGAIN	  UINT32_MAX

/* Of several, the pair that was read fastest, since an SMI or the host of an emulator may come
 * between. */
struct counter_sample counter_sample(const struct counter *c)
{
	struct counter_sample best = {0, 0};
	u64 fastest = UINT64_MAX;

	for (unsigned i = 0; i < SAMPLES; i++) {
		u64 before = rdtsc();
		u32 count = c->read();
		u64 took = rdtsc() - before;

		if (took < fastest) {
			fastest = took;
			best = (struct counter_sample){before, count};
		}
	}
	return best;
}

/* From one sample to the next. */
struct span {
	u64 tsc;
	u32 ticks; /* 0: the counter or the TSC stands still; AGAIN: it failed */
};

static struct span measure(const struct counter *c)
{
	struct counter_sample a, b;
	u32 ticks = 0, want = c->hz / SPANS;

	if (c->start && !c->start())
		return (struct span){0, 0};
	a = counter_sample(c);
	for (u32 i = 0; ticks < want; i++) {
		/* An emulator that was kept waiting, or dead. */
		if (i == LOOP_MAX || rdtsc() - a.tsc > TSC_MAX)
			return (struct span){0, ticks ? AGAIN : 0};
		ticks = (c->read() - a.count) & c->mask;
	}
	b = counter_sample(c);
	ticks = (b.count - a.count) & c->mask;
	if (ticks < want || (c->wrapped && c->wrapped()))
		return (struct span){0, AGAIN};
	return (struct span){b.tsc - a.tsc, ticks};
}

static u32 khz_of(const struct counter *c, u64 tsc, u64 ticks)
{
	return (u32)(tsc * c->hz / (ticks * 1000ull));
}

/* Until some in a row agree; then they are one long measurement. When they never do the least is
 * taken: a wrap makes a result larger, never smaller. 0: it stands still; AGAIN: each was spoiled.
 */
static u32 calibrate(const struct counter *c)
{
	u32 first = 0, agreed = 0, best = AGAIN;
	u64 tsc = 0, ticks = 0;

	for (unsigned i = 0; i < ROUNDS && agreed < AGREEING; i++) {
		struct span m = measure(c);
		u32 khz = m.ticks && m.ticks != AGAIN ? khz_of(c, m.tsc, m.ticks) : m.ticks;

		if (khz < KHZ_MIN)
			return 0; /* a second wait for nothing would only cost time */
		if (khz == AGAIN) {
			agreed = 0;
			continue;
		}
		best = MIN(best, khz);
		if (!agreed || (khz > first ? khz - first : first - khz) > first / TOLERANCE) {
			first = khz;
			tsc = ticks = agreed = 0;
		}
		tsc += m.tsc;
		ticks += m.ticks;
		agreed++;
	}
	if (agreed == AGREEING)
		return khz_of(c, tsc, ticks);
	return best;
}

/* An emulator that is kept waiting at a bad moment looks like a dead counter, once. */
u32 tsc_calibrate(const char **by)
{
	const struct counter *const all[] = {&pit_counter2, &pit_counter0, hpet_counter(),
					     pmtimer_counter()};

	for (unsigned n = 0; cpu.tsc && n < ATTEMPTS; n++)
		for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
			u32 khz = all[i] ? calibrate(all[i]) : 0;

			if (khz && khz != AGAIN) {
				*by = all[i]->name;
				return khz;
			}
			if (khz == AGAIN && all[i] == &pit_counter2)
				i++; /* channel 0 would wrap as often, and not say so */
		}
	*by = "nothing";
	return 0;
}
