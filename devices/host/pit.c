/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8254 interval timer (Intel 8254 data sheet, 231164): channel 0 is IRQ 0, channel 2 is
 * gated and read through port 0x61 and measures the TSC. Counters run down. */
#include "devices/host/host.h"
#include "lib/cpu.h"
#include "lib/x86.h"

#define CHANNEL0     0x40
#define CHANNEL2     0x42
#define COMMAND	     0x43
#define CMD_ONESHOT0 0x30 /* channel 0, both bytes, mode 0: OUT rises at zero */
#define CMD_RATE0    0x34 /* channel 0, both bytes, mode 2: divide by N */
#define CMD_LATCH0   0x00
#define CMD_ONESHOT2 0xb0
#define PORT_B	     0x61
#define PORT_B_GATE2 0x01u
#define PORT_B_SPEAK 0x02u
#define PORT_B_OUT2  0x20u
#define PORT_B_KEEP  0x0cu /* the NMI masks; the upper half is read-only */

#define SPAN	 59659u /* PIT ticks: 50 ms */
#define ROUNDS	 3u
#define LOOP_MAX 20000000u   /* for a TSC that stands still */
#define TSC_MAX	 1000000000u /* 50 ms of a CPU that does not exist: the PIT is broken */
#define TSC_MIN	 50000u	     /* 1 MHz: likewise the TSC */

static void load(u16 port, u8 command, u16 count)
{
	outb(COMMAND, command);
	outb(port, (u8)count);
	io_wait();
	outb(port, (u8)(count >> 8));
}

void pit_oneshot(u32 ticks)
{
	load(CHANNEL0, CMD_ONESHOT0, (u16)MIN(MAX(ticks, 1u), 0xffffu));
}

void pit_periodic(u32 hz)
{
	load(CHANNEL0, CMD_RATE0, (u16)(PIT_HZ / MIN(MAX(hz, 19u), 10000u)));
}

u32 pit_read(void)
{
	u32 low;

	outb(COMMAND, CMD_LATCH0);
	low = inb(CHANNEL0);
	return low | (u32)inb(CHANNEL0) << 8;
}

/* TSC ticks while channel 2 counts SPAN down; 0: it never came to the end. */
static u64 measure_channel2(void)
{
	u8 keep = inb(PORT_B) & PORT_B_KEEP;
	u64 start, now = 0;

	outb(PORT_B, keep | PORT_B_GATE2); /* gate open, speaker silent */
	load(CHANNEL2, CMD_ONESHOT2, SPAN);
	start = rdtsc();
	for (u32 i = 0; i < LOOP_MAX; i++) {
		bool done = inb(PORT_B) & PORT_B_OUT2;

		now = rdtsc() - start;
		if (done)
			return now;
		if (now > TSC_MAX)
			break;
	}
	return 0;
}

/* The same by reading channel 0, for boards without a readable channel 2. */
static u64 measure_channel0(void)
{
	u32 last, gone = 0;
	u64 start, now;

	load(CHANNEL0, CMD_RATE0, 0); /* 65536 */
	last = pit_read();
	start = rdtsc();
	for (u32 i = 0; i < LOOP_MAX; i++) {
		u32 count = pit_read();

		now = rdtsc() - start;
		gone += (last - count) & 0xffffu;
		last = count;
		if (gone >= SPAN)
			return now * SPAN / gone;
		if (now > TSC_MAX)
			break;
	}
	return 0;
}

/* The shortest of several: an SMI can only make one longer. */
static u64 best_of(u64 (*measure)(void))
{
	u64 best = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		u64 t = measure();

		if (!t)
			return 0; /* a second wait for nothing would only cost time */
		if (!best || t < best)
			best = t;
	}
	return best;
}

u32 pit_calibrate_tsc(void)
{
	u64 t;

	if (!cpu.tsc)
		return 0;
	t = best_of(measure_channel2);
	if (t < TSC_MIN)
		t = best_of(measure_channel0);
	if (t < TSC_MIN)
		return 0;
	return (u32)(t * PIT_HZ / SPAN / 1000);
}
