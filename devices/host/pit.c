/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8254 interval timer (Intel 8254 data sheet, 231164): channel 0 is IRQ 0, channel 2 is
 * gated by port 0x61 and measures the TSC. Counters run down. */
#include "devices/host/pit.h"
#include "lib/cpu.h"
#include "lib/x86.h"

#define CHANNEL0     0x40
#define COMMAND	     0x43
#define CMD_CHANNEL  6	  /* shift of the channel's number; no further bits: latch its count */
#define CMD_ONESHOT  0x30 /* both bytes, mode 0: OUT rises at zero, the count goes on */
#define CMD_RATE     0x34 /* both bytes, mode 2: divide by N */
#define PORT_B	     0x61
#define PORT_B_GATE2 0x01u
#define PORT_B_KEEP  0x0cu /* the NMI masks; the speaker stays off, the upper half is read-only */

#define SPAN	  12000u /* PIT ticks of a measurement: 10 ms of the 55 ms to a wrap */
#define SAMPLES	  8u
#define AGREEING  3u	     /* so many in a row must tell the same */
#define ROUNDS	  24u	     /* of an emulator on a busy computer they may be few */
#define TOLERANCE 1000u	     /* the same: within a thousandth */
#define LOOP_MAX  1000000u   /* for a TSC that stands still */
#define TSC_MAX	  100000000u /* in 10 ms: no such CPU, the counter must be standing still */
#define KHZ_MIN	  1000u

static void load(unsigned channel, u8 mode, u16 count)
{
	outb(COMMAND, (u8)(channel << CMD_CHANNEL | mode));
	outb((u16)(CHANNEL0 + channel), (u8)count);
	io_wait();
	outb((u16)(CHANNEL0 + channel), (u8)(count >> 8));
}

static u32 read_count(unsigned channel)
{
	u32 low;

	outb(COMMAND, (u8)(channel << CMD_CHANNEL));
	low = inb((u16)(CHANNEL0 + channel));
	return low | (u32)inb((u16)(CHANNEL0 + channel)) << 8;
}

void pit_oneshot(u32 ticks)
{
	load(0, CMD_ONESHOT, (u16)MIN(MAX(ticks, 1u), 0xffffu));
}

void pit_periodic(u32 hz)
{
	load(0, CMD_RATE, (u16)(PIT_HZ / MIN(MAX(hz, 19u), 10000u)));
}

u32 pit_read(void)
{
	return read_count(0);
}

#define ATTEMPTS 3

struct sample {
	u64 tsc;
	u32 count;
};

/* TSC and counter at one moment: of several, the pair that was read fastest, since an SMI or
 * the host of an emulator may come between. */
static struct sample take_sample(unsigned channel)
{
	struct sample best = {0, 0};
	u64 fastest = UINT64_MAX;

	for (unsigned i = 0; i < SAMPLES; i++) {
		u64 before = rdtsc();
		u32 count = read_count(channel);
		u64 took = rdtsc() - before;

		if (took < fastest) {
			fastest = took;
			best = (struct sample){before, count};
		}
	}
	return best;
}

/* From one sample to the next. */
struct span {
	u64 tsc;
	u32 ticks; /* 0: the counter or the TSC stands still; AGAIN: it failed */
};
#define AGAIN UINT32_MAX

static struct span measure(unsigned channel, struct sample *from)
{
	struct sample a = *from;
	u32 ticks = 0;

	for (u32 i = 0; ticks < SPAN; i++) {
		if (i == LOOP_MAX || rdtsc() - a.tsc > TSC_MAX) {
			*from = take_sample(channel);
			/* An emulator that was kept waiting, or dead. */
			return (struct span){0, ticks ? AGAIN : 0};
		}
		ticks = (a.count - read_count(channel)) & 0xffffu;
	}
	*from = take_sample(channel);
	ticks = (a.count - from->count) & 0xffffu;
	/* Less: it wrapped meanwhile; the next round will do. */
	return (struct span){from->tsc - a.tsc, ticks < SPAN ? AGAIN : ticks};
}

static u32 khz_of(u64 tsc, u32 ticks)
{
	return (u32)(tsc * PIT_HZ / (ticks * 1000ull));
}

/* Short measurements without a gap between them, until some in a row agree: an unnoticed wrap of
 * the counter, or a reading that was kept waiting, spoils one or two. Then they are one long one.
 * When they never agree the least is taken: a wrap makes a result larger, never smaller. */
static u32 calibrate(unsigned channel)
{
	struct sample at = take_sample(channel);
	u32 first = 0, ticks = 0, agreed = 0, best = AGAIN;
	u64 tsc = 0;

	for (unsigned i = 0; i < ROUNDS && agreed < AGREEING; i++) {
		struct span m = measure(channel, &at);
		u32 khz = m.ticks && m.ticks != AGAIN ? khz_of(m.tsc, m.ticks) : m.ticks;

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
		return khz_of(tsc, ticks);
	return best == AGAIN ? 0 : best;
}

/* Channel 2, then channel 0 for a board whose second gate does nothing. */
static u32 calibrate_once(void)
{
	u32 khz;

	outb(PORT_B, (inb(PORT_B) & PORT_B_KEEP) | PORT_B_GATE2);
	load(2, CMD_ONESHOT, 0xffff);
	io_wait();
	khz = calibrate(2);
	if (khz)
		return khz;
	load(0, CMD_RATE, 0);
	io_wait();
	return calibrate(0);
}

/* An emulator that is kept waiting at a bad moment looks like a dead counter, once. */
u32 pit_calibrate_tsc(void)
{
	u32 khz = 0;

	for (unsigned i = 0; cpu.tsc && !khz && i < ATTEMPTS; i++)
		khz = calibrate_once();
	return khz;
}
