/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disktest: fills its first disk with numbers and finds them again, perhaps after the machine
 * was off in between. Requests have all sizes from one sector to 64 KiB.
 *
 *   do=write    fill the disk and flush
 *   do=check    every sector holds what do=write left there
 *   do=salvage  as much of it as can be read
 *   do=refused  the same, and a write must fail: the disk is read-only
 *   do=ask      ask a slow disk, and be killed; do=reset: reset it while it works (slow.c)
 *   seed=N      another set of numbers (default 1)
 */
#include "guest-stubs/disktest/slow.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define HZ     100
#define CHUNK  128u /* sectors at once, at most */
#define WORDS  (SECTOR / 4)
#define SPREAD 2654435761u /* odd: multiplication by it loses nothing */
#define LIMIT  0xffffffffu
#define NEWS   16384u /* sectors between two lines about the writing */

static u32 buffer[CHUNK * WORDS] ALIGNED(PAGE_SIZE);
static u32 seed;

static u32 number(u32 sector, u32 word)
{
	u32 x = (seed * 977 + sector * WORDS + word) * SPREAD;

	return x ^ x >> 15;
}

/* The size of the request at this sector: all of them come up. */
static u32 size_at(u32 sector, u32 sectors)
{
	return MIN(1 + number(sector, 0) % CHUNK, sectors - sector);
}

static void write_all(u32 sectors)
{
	u32 at, n, i;

	for (at = 0; at < sectors; at += n) {
		n = size_at(at, sectors);
		for (i = 0; i < n * WORDS; i++)
			buffer[i] = number(at + i / WORDS, i % WORDS);
		if (!vblk_write(0, at, buffer, n))
			panic("disktest: cannot write %u sectors at %u", n, at);
		if (at / NEWS != (at + n) / NEWS)
			printf("disktest: writing at %u\n", at + n);
	}
	if (!vblk_flush(0))
		panic("disktest: cannot flush");
	printf("disktest: %u sectors written\n", sectors);
}

static void compare(u32 at, u32 n)
{
	u32 i;

	for (i = 0; i < n * WORDS; i++)
		if (buffer[i] != number(at + i / WORDS, i % WORDS))
			panic("disktest: sector %u is wrong", at + i / WORDS);
}

static void check_all(u32 sectors)
{
	u32 at, n;

	for (at = 0; at < sectors; at += n) {
		n = size_at(at, sectors);
		memset(buffer, 0, n * SECTOR);
		if (!vblk_read(0, at, buffer, n))
			panic("disktest: cannot read %u sectors at %u", n, at);
		compare(at, n);
	}
	printf("disktest: %u sectors are right\n", sectors);
}

/* One sector after the other, so that each tells for itself. */
static void salvage(u32 sectors)
{
	u32 at, lost = 0;

	for (at = 0; at < sectors; at++) {
		memset(buffer, 0, SECTOR);
		if (vblk_read(0, at, buffer, 1))
			compare(at, 1);
		else
			printf("disktest: sector %u cannot be read, lost %u\n", at, ++lost);
	}
	printf("disktest: %u sectors are right, %u cannot be read\n", sectors - lost, lost);
}

void guest_main(void)
{
	char what[8];
	u64 sectors;

	option("do", what, sizeof(what));
	seed = option_u32("seed", 1);
	traps_init();
	clock_start(HZ);
	irq_on();
	if (!strcmp(what, "ask"))
		slow_ask();
	if (!strcmp(what, "reset")) {
		slow_reset();
		return;
	}
	if (!vblk_init())
		panic("disktest: no disk: give the guest disk=NAME");
	sectors = vblk_sectors(0);
	if (sectors > LIMIT)
		panic("disktest: the disk is too large");
	if (!strcmp(what, "write")) {
		write_all((u32)sectors);
	} else if (!strcmp(what, "salvage")) {
		salvage((u32)sectors);
	} else {
		check_all((u32)sectors);
		if (!strcmp(what, "refused") && vblk_write(0, 0, buffer, 1))
			panic("disktest: the disk could be written");
	}
}
