/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk, through its registers in the device window and its queue: every sector is written with
 * words that tell where they belong, and read back in pieces of several sizes.
 *
 *   wait=poll   looks until an answer is there     wait=sleep   sleeps until an interrupt says so
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define SECTORS_MAX 64u
#define WORDS	    (SECTOR / 4u)

static u32 buffer[SECTORS_MAX * WORDS];
static u32 sectors;

static u32 word_of(u32 sector, u32 i)
{
	return sector * 0x01000193u ^ i * 0x811c9dc5u;
}

static void check(const char *what, bool good)
{
	if (good)
		printf("block: %s: ok\n", what);
	else
		printf("block: %s: wrong\n", what);
}

static bool write_all(void)
{
	for (u32 s = 0; s < sectors; s++) {
		for (u32 i = 0; i < WORDS; i++)
			buffer[i] = word_of(s, i);
		if (!vblk_write(0, s, buffer, 1))
			return false;
	}
	return true;
}

/* In pieces of n sectors, the last ones first. */
static bool read_by(u32 n)
{
	for (u32 s = (sectors - n) / n * n; s < sectors; s -= n) {
		memset(buffer, 0xee, sizeof(buffer));
		if (!vblk_read(0, s, buffer, n))
			return false;
		for (u32 i = 0; i < n * WORDS; i++)
			if (buffer[i] != word_of(s + i / WORDS, i % WORDS)) {
				printf("block: word %u of sector %u: expected %x, seen %x\n",
				       i % WORDS, s + i / WORDS, word_of(s + i / WORDS, i % WORDS),
				       buffer[i]);
				return false;
			}
	}
	return true;
}

void guest_main(void)
{
	char wait[8];
	u32 disks;

	option("wait", wait, sizeof(wait));
	traps_init();
	paging_init();
	disks = vblk_init();
	if (disks != 1)
		panic("block: expected one disk that answers, seen %u", disks);
	if (!strcmp(wait, "sleep"))
		irq_on();
	sectors = (u32)vblk_sectors(0);
	if (sectors > SECTORS_MAX)
		panic("block: expected at most %u sectors, seen %u", SECTORS_MAX, sectors);
	check("written", write_all());
	check("read one by one", read_by(1));
	check("read by 7", read_by(7));
	check("read at once", read_by(sectors));
	check("refused past the end", !vblk_read(0, sectors, buffer, 1));
	check("read after that", read_by(5));
	printf("block: end, %u sectors\n", sectors);
}
