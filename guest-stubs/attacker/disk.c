/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by a disk: requests of one sector without end, kicks by the hundred in one instruction,
 * many requests in one kick. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/trap.h"

#define PER_REQUEST 3u
#define REQUESTS    (WIDE / PER_REQUEST)
#define LARGE	    0x100000u /* bytes */
#define BURST	    80u

static struct wide q;
static struct virtio disk;
static struct {
	u32 type, reserved;
	u64 sector;
} head;
static u8 status[REQUESTS];
static u8 data[LARGE] ALIGNED(PAGE_SIZE);

/* All requests read the disk's beginning, `bytes` of it. */
static void prepare(u32 bytes)
{
	if (!virtio_open(&disk, VIRTIO_BLOCK, 0, 0) || !wide_open(&disk, &q, 0))
		panic("attacker: needs a disk");
	for (u32 i = 0; i < REQUESTS; i++) {
		struct virtq_desc *d = &q.desc[i * PER_REQUEST];

		d[0] = (struct virtq_desc){phys(&head), sizeof(head), DESC_NEXT,
					   (u16)(i * PER_REQUEST + 1)};
		d[1] = (struct virtq_desc){phys(data), bytes, DESC_NEXT | DESC_WRITE,
					   (u16)(i * PER_REQUEST + 2)};
		d[2] = (struct virtq_desc){phys(&status[i]), 1, DESC_WRITE, 0};
	}
	virtio_start(&disk);
}

static void offer(u32 count)
{
	for (u32 i = 0; i < count; i++)
		wide_offer(&q, i * PER_REQUEST);
}

/* Give back at once what came. */
static void offer_again(u16 *seen)
{
	for (; *seen != wide_used(&q); (*seen)++)
		wide_offer(&q, q.used.ring[*seen % WIDE].id);
}

void attack_requests(void)
{
	u16 seen = 0;

	prepare(SECTOR);
	virtio_interrupts(&disk, NULL);
	offer(REQUESTS);
	while (going()) {
		wide_kick(&q);
		halt();
		offer_again(&seen);
	}
}

void attack_kicks(void)
{
	static const u16 zeros[1024];
	u16 seen = 0;

	prepare(LARGE);
	offer(REQUESTS);
	aim_window(disk.pci, VIRTIO_CAP_NOTIFY, 0, 2);
	while (going()) {
		out_words(zeros, ARRAY_LEN(zeros));
		offer_again(&seen);
	}
}

/* How long until all of a kick is done, for who waits without an exit. */
void attack_burst(void)
{
	u64 begin;
	u32 took;

	prepare(SECTOR);
	begin = rdtsc();
	offer(BURST);
	wide_kick(&q);
	while (wide_used(&q) != BURST)
		;
	took = div64((rdtsc() - begin) * 1000u, lguest_data.tsc_khz, NULL);
	printf("attacker: %u requests in %u us\n", BURST, took);
}
