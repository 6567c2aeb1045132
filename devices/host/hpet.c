/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The high precision event timer (IA-PC HPET specification 1.0a, chapter 2), its lower 32 bits.
 * With "legacy replacement" its first comparator has the PIT's interrupt line. */
#include "devices/host/hpet.h"
#include "devices/host/board/board.h"
#include "devices/host/counter.h"
#include "devices/host/mmio.h"
#include "devices/host/pit.h"
#include "mm/host.h"

#define CAPABILITIES	0x000u
#define PERIOD		0x004u /* of a tick, in 10^-15 s */
#define CONFIGURATION	0x010u
#define COUNTER		0x0f0u
#define TIMER0		0x100u
#define COMPARATOR0	0x108u
#define BYTES		0x400u
#define CAP_LEGACY	0x8000u
#define CONF_ENABLE	0x1u
#define CONF_LEGACY	0x2u
#define TIMER_INTERRUPT 0x4u
#define TIMER_32	0x100u
#define PERIOD_MAX	100000000u /* 10 MHz at least */
#define PERIOD_MIN	1000000u   /* 1 GHz: none is that fast */
#define FS_PER_S	1000000000000000ull
#define LOOKS		1000u
#define RETRIES		8u

_Static_assert(COMPARATOR0 + 8 <= BYTES && COUNTER < TIMER0, "HPET 2.3.1: the table of registers");
_Static_assert(PIT_HZ < FS_PER_S / PERIOD_MAX, "its ticks are the finer ones");

static struct {
	volatile u8 *at;
	struct counter counter;
	u32 per_tick; /* of ours for one of the PIT's, 16.16 */
} hpet;

static u32 read(void)
{
	return mmio_read32(hpet.at, COUNTER);
}

static bool runs(void)
{
	u32 first = read();

	for (u32 i = 0; i < LOOKS; i++)
		if (read() != first)
			return true;
	return false;
}

const struct counter *hpet_counter(void)
{
	u32 period;

	if (hpet.at || !board.hpet)
		return hpet.counter.hz ? &hpet.counter : NULL;
	if (frame_overlaps_ram(board.hpet, (u64)board.hpet + BYTES))
		return NULL; /* the table is wrong */
	hpet.at = host_map_device(board.hpet, BYTES, CACHE_UC);
	if (!hpet.at)
		return NULL;
	period = mmio_read32(hpet.at, PERIOD);
	if (period < PERIOD_MIN || period > PERIOD_MAX)
		return NULL;
	mmio_write32(hpet.at, CONFIGURATION, mmio_read32(hpet.at, CONFIGURATION) | CONF_ENABLE);
	if (!runs())
		return NULL;
	hpet.counter = (struct counter){"HPET", (u32)(FS_PER_S / period), ~0u, NULL, read, NULL};
	hpet.per_tick = (u32)(((u64)hpet.counter.hz << 16) / PIT_HZ);
	return &hpet.counter;
}

bool hpet_open(void)
{
	if (!hpet_counter() || !(mmio_read32(hpet.at, CAPABILITIES) & CAP_LEGACY))
		return false;
	mmio_write32(hpet.at, TIMER0, TIMER_INTERRUPT | TIMER_32);
	mmio_write32(hpet.at, CONFIGURATION,
		     mmio_read32(hpet.at, CONFIGURATION) | CONF_ENABLE | CONF_LEGACY);
	return true;
}

#define NEAR 64u /* ticks: a comparator takes some until it knows its new value */

/* The comparator waits for equality, so a moment that passed while it was set would come only after
 * a wrap: then it is set further ahead. */
void hpet_oneshot(u32 ticks)
{
	u32 ahead = MAX((u32)((u64)ticks * hpet.per_tick >> 16), 2u * NEAR);

	for (u32 i = 0; i < RETRIES; i++) {
		u32 at = read() + ahead;

		mmio_write32(hpet.at, COMPARATOR0, at);
		if ((s32)(at - read()) >= (s32)NEAR)
			return;
		ahead *= 4;
	}
}
