/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads of a MiB each, for a disk that is made slow: while it works on one, the guest is killed,
 * restarted, or resets the device. Its data must not come into memory that is in use again: that
 * of the guest's next life, which lies where this one's did, or what the driver thinks is its own.
 */
#include "guest-stubs/disktest/slow.h"

#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define BYTES	0x100000u
#define WORDS	(BYTES / 4)
#define PATTERN 0x5a5aa5a5u
#define QUIET	60u /* ticks in which nothing may come */

static u32 memory[WORDS] ALIGNED(PAGE_SIZE);
static struct virtio dev;
static struct virtq queue;

static struct {
	u32 type, reserved;
	u64 sector;
} head;
static volatile u8 status;

static void ask(void)
{
	const struct virtio_buffer b[] = {
		{&head, sizeof(head)}, {memory, BYTES}, {(void *)(u32)&status, 1}};

	virtq_add(&queue, b, 1, 2);
	virtq_kick(&queue);
}

static void begin(void)
{
	if (!virtio_open(&dev, VIRTIO_BLOCK, 0, 0) || !virtq_open(&dev, &queue, 0))
		panic("disktest: no disk");
	virtio_start(&dev);
}

/* For a while every word holds this. */
static void expect(u32 value)
{
	u32 end = clock_ticks + QUIET;

	do {
		for (u32 i = 0; i < WORDS; i++)
			if (((volatile u32 *)memory)[i] != value)
				panic("disktest: memory at %u is %x, not %x", i * 4, memory[i],
				      value);
	} while ((s32)(clock_ticks - end) < 0);
}

/* The first read fills what the slow disk may do at once. */
static void two_reads(void)
{
	begin();
	ask();
	virtq_wait(&queue, NULL);
	if (status)
		panic("disktest: cannot read");
	printf("disktest: the first %x\n", memory[WORDS - 1]);
	ask();
}

void slow_ask(void)
{
	expect(0);
	printf("disktest: memory is clear\n");
	two_reads();
	printf("disktest: asked\n");
	for (;;) /* until it is killed */
		virtq_wait(&queue, NULL);
}

void slow_reset(void)
{
	two_reads();
	vwrite8(dev.common + VC_STATUS, 0);
	for (u32 i = 0; i < WORDS; i++)
		memory[i] = PATTERN;
	expect(PATTERN);
	printf("disktest: nothing came after the reset\n");
	begin();
	ask();
	virtq_wait(&queue, NULL);
	if (status || memory[0] == PATTERN)
		panic("disktest: cannot read any more");
	printf("disktest: reads again\n");
}
