/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI's power management timer (ACPI specification 6.4, 4.8.3.3): a counter of 24 bits, or 32,
 * that nothing stops. */
#include "devices/host/board/board.h"
#include "devices/host/counter.h"
#include "lib/x86.h"

#define HZ	   3579545u
#define LOOKS	   1000u
#define MASK_24	   0xffffffu
#define PER_PIT	   3u	/* ticks for one of the PIT's, both come of the same crystal */
#define PAIR_SPANS 250u /* of a second: 4 ms, which is within the bound of docs/limits.md */
#define PAIR_POLLS 100000u
#define PAIR_TRIES 3u

_Static_assert(MASK_24 / HZ >= 4, "it is looked at each second, and may be late");

/* It may be read while its bits ripple (Intel 82371AB, erratum): two that follow each other closely
 * are right. */
static u32 read(void)
{
	u32 a = inl(board.pm_timer), b = inl(board.pm_timer);

	for (u32 i = 0; i < 8 && ((b - a) & MASK_24) > 64; i++) {
		a = b;
		b = inl(board.pm_timer);
	}
	return b & MASK_24;
}

/* Some boards' timers run two or three times too fast (which Linux has found, too). Three ticks are
 * one of the PIT's, in whatever time both had. */
bool pmtimer_right(void)
{
	for (u32 try = 0; try < PAIR_TRIES; try++) {
		u32 from, began, pit = 0, ticks;

		if (!pit_counter2.start())
			return true; /* there is nothing to compare it with */
		from = pit_counter2.read();
		began = read();
		for (u32 i = 0; i < PAIR_POLLS && pit < pit_counter2.hz / PAIR_SPANS; i++)
			pit = (pit_counter2.read() - from) & pit_counter2.mask;
		ticks = (read() - began) & MASK_24;
		if (!pit || (!pit_counter2.wrapped() && ticks > pit * PER_PIT / 20 * 19 &&
			     ticks < pit * PER_PIT / 20 * 21))
			return true;
	}
	return false;
}

const struct counter *pmtimer_counter(void)
{
	static const struct counter pm = {"ACPI timer", HZ, MASK_24, NULL, read, NULL};
	u32 first;

	if (!board.pm_timer)
		return NULL;
	first = read();
	for (u32 i = 0; i < LOOKS; i++)
		if (read() != first)
			return &pm;
	return NULL; /* it stands still */
}
