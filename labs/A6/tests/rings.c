/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings that no driver may offer, one after the other, to a disk. Each must stop the device
 * (NEEDS_RESET, virtio 2.1.1) and do nothing else; behind a reset it reads again.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

static struct virtio dev;
static struct virtq q;
static u8 data[SECTOR];
static struct {
	u32 type, reserved;
	u64 sector;
} head;
static u8 status;

static bool open_disk(void)
{
	bool there = virtio_open(&dev, VIRTIO_BLOCK, 0, 0) && virtq_open(&dev, &q, 0);

	if (there)
		virtio_start(&dev);
	return there;
}

static bool broken(void)
{
	return vread8(dev.common + VC_STATUS) & STATUS_NEEDS_RESET;
}

static bool works(void)
{
	struct virtio_buffer b[3] = {{&head, sizeof(head)}, {data, SECTOR}, {&status, 1}};

	if (!open_disk())
		return false;
	status = 0xff;
	virtq_add(&q, b, 1, 2);
	virtq_kick(&q);
	for (u32 start = clock_ms(); virtq_take(&q, NULL) < 0;)
		if (broken() || clock_ms() - start > 1000)
			return false;
	return *(volatile u8 *)&status == 0;
}

static void offer(u16 first)
{
	q.rings->avail.ring[q.rings->avail.idx % QUEUE_SIZE] = first;
	__asm__ volatile("" ::: "memory");
	q.rings->avail.idx++;
	virtq_kick(&q);
}

static u32 good, all;

static void judge(const char *what)
{
	bool stopped = false;

	/* The device works in our own time: at most a turn later it has looked. */
	for (u32 start = clock_ms(); !stopped && clock_ms() - start < 200;)
		stopped = broken();
	all++;
	if (!stopped)
		printf("rings: %s: expected that the device stops, seen status %x\n", what,
		       vread8(dev.common + VC_STATUS));
	else if (!works())
		printf("rings: %s: expected a good read behind a reset, seen none\n", what);
	else
		good++;
}

static void chains(void)
{
	u32 at = phys(data);
	const struct {
		const char *what;
		struct virtq_desc first;
	} bad[] = {
		{"a buffer that wraps", {0xfffffff0u, 0x100, DESC_WRITE, 0}},
		{"a buffer of 4 GiB", {at, 0xffffffffu, DESC_WRITE, 0}},
		{"a buffer over the end of RAM", {ram_bytes() - 8, 16, DESC_WRITE, 0}},
		{"a buffer above 4 GiB", {0x100000000ull | at, 16, DESC_WRITE, 0}},
		{"a next one past the table", {at, 16, DESC_NEXT, 0xffff}},
		{"a next one that is itself", {at, 16, DESC_NEXT | DESC_WRITE, 0}},
		{"a table that was not agreed on", {at, 16, DESC_INDIRECT, 0}},
	};

	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		if (!open_disk())
			panic("rings: no disk");
		q.rings->desc[0] = bad[i].first;
		offer(0);
		judge(bad[i].what);
	}
}

static void indices(void)
{
	if (!open_disk())
		panic("rings: no disk");
	offer(QUEUE_SIZE);
	judge("a head past the table");
	if (!open_disk())
		panic("rings: no disk");
	q.rings->avail.idx = QUEUE_SIZE + 1;
	virtq_kick(&q);
	judge("an index that ran ahead");
	if (!open_disk())
		panic("rings: no disk");
	q.rings->desc[0] = (struct virtq_desc){phys(&head), sizeof(head), DESC_NEXT, 1};
	q.rings->desc[1] = (struct virtq_desc){phys(data), SECTOR, DESC_WRITE | DESC_NEXT, 2};
	q.rings->desc[2] = (struct virtq_desc){phys(&head), sizeof(head), 0, 0};
	offer(0);
	judge("one to read behind one to write");
}

void guest_main(void)
{
	traps_init();
	paging_init();
	if (!works())
		panic("rings: no disk that reads");
	chains();
	indices();
	printf("rings: %u of %u stop the device, which works again\n", good, all);
}
