/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8254 interval timer (Intel 8254 data sheet, 231164): channel 0 is IRQ 0, channel 2 is
 * gated by port 0x61 and measures the TSC. Counters run down. */
#include "devices/host/pit.h"
#include "devices/host/counter.h"
#include "lib/x86.h"

#define CHANNEL0     0x40
#define COMMAND	     0x43
#define CMD_CHANNEL  6	  /* shift of the channel's number; no further bits: latch its count */
#define CMD_ONESHOT  0x30 /* both bytes, mode 0: OUT rises at zero, the count goes on */
#define CMD_RATE     0x34 /* both bytes, mode 2: divide by N */
#define PORT_B	     0x61
#define PORT_B_GATE2 0x01u
#define PORT_B_KEEP  0x0cu /* the NMI masks; the speaker stays off, the upper half is read-only */
#define PORT_B_OUT2  0x20u
#define PRESENT_LOOK 4u /* where nothing answers, ones are read each time */

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

bool pit_present(void)
{
	for (u32 i = 0; i < PRESENT_LOOK; i++)
		if (read_count(0) != 0xffff || read_count(2) != 0xffff)
			return true;
	return false;
}

/* ---- As counters ---------------------------------------------------------------------------- */

/* Channel 2 counts while its gate is open, once. */
static bool start2(void)
{
	outb(PORT_B, (inb(PORT_B) & PORT_B_KEEP) | PORT_B_GATE2);
	load(2, CMD_ONESHOT, 0xffff);
	io_wait();
	return pit_present();
}

/* A counter of 16 bits that comes by zero raises its output. */
static bool wrapped2(void)
{
	return inb(PORT_B) & PORT_B_OUT2;
}

static u32 read2(void)
{
	return ~read_count(2);
}

/* For a board whose second gate does nothing. */
static bool start0(void)
{
	load(0, CMD_RATE, 0);
	io_wait();
	return pit_present();
}

static u32 read0(void)
{
	return ~read_count(0);
}

const struct counter pit_counter2 = {"PIT", PIT_HZ, 0xffff, start2, read2, wrapped2},
		     pit_counter0 = {"PIT", PIT_HZ, 0xffff, start0, read0, NULL};
