/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtqueue, the device's side (devices/virtio/queue.c), and what a driver does to it. Guest
 * memory is an array; what is read of it can be made to change right after it was read. For the two
 * tests beside this file.
 */
#ifndef LABS_A6_TESTS_TEST_RINGS_H
#define LABS_A6_TESTS_TEST_RINGS_H

#include "devices/virtio/virtio.h"

#include <stdio.h>
#include <string.h>

#define RAM	 (256u * 1024u)
#define TABLE	 0x1000u /* of descriptors */
#define AVAIL	 0x2000u
#define USED	 0x3000u
#define SECOND	 0x4000u /* an indirect table */
#define DATA	 0x10000u
#define SIZE	 8u
#define NEXT	 1u
#define WRITE	 2u
#define INDIRECT 4u

struct descriptor {
	u64 addr;
	u32 len;
	u16 flags, next;
};

static u8 ram[RAM];
static pfn_t frames[RAM / PAGE_SIZE]; /* none at hand: every access comes through the doors */
static struct gmem mem = {.ram_pages = RAM / PAGE_SIZE, .frames = frames};
static struct bus bus;
static struct vdev dev;
static struct vq_chain chain;
static unsigned interrupts, reads_of_chain;
static bool driver_changes;
static const char *test, *broken;
static bool failed;

/* ---- What the queue stands on ------------------------------------------------------------- */

bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len)
{
	(void)m;
	return len <= RAM && at <= RAM - len;
}

bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len)
{
	if (!guest_ram_ok(m, at, len))
		return false;
	memcpy(dst, ram + at, len);
	if (at >= TABLE && at < TABLE + SIZE * sizeof(struct descriptor)) {
		reads_of_chain++;
		if (driver_changes) /* what was judged good is not what lies there now */
			memset(ram + at, 0xff, sizeof(struct descriptor));
	}
	return true;
}

bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len)
{
	if (!guest_ram_ok(m, at, len))
		return false;
	memcpy(ram + at, src, len);
	return true;
}

bool guest_stretches(const struct gmem *m, gpa_t at, u32 len, struct stretches *to)
{
	(void)to; /* no device here moves data by itself */
	return guest_ram_ok(m, at, len);
}

void vdev_break(struct vdev *d, const char *why)
{
	broken = why;
	d->status |= STATUS_NEEDS_RESET;
}

static void irq(void *ctx, unsigned line)
{
	(void)ctx;
	(void)line;
	interrupts++;
}

static const struct bus_ops bus_ops = {.irq = irq};

/* ---- The driver --------------------------------------------------------------------------- */

static inline void put16(u32 at, u32 value)
{
	memcpy(ram + at, &(u16){(u16)value}, 2);
}

static inline u16 get16(u32 at)
{
	u16 value;

	memcpy(&value, ram + at, 2);
	return value;
}

static inline void describe(u32 table, u32 n, u64 addr, u32 len, u16 flags, u16 next)
{
	struct descriptor d = {addr, len, flags, next};

	memcpy(ram + table + n * sizeof(d), &d, sizeof(d));
}

static inline void offer(u16 head)
{
	u16 idx = get16(AVAIL + 2);

	put16(AVAIL + 4 + idx % SIZE * 2u, head);
	put16(AVAIL + 2, idx + 1u);
}

static inline struct vqueue *queue(void)
{
	return &dev.queue[0];
}

static inline void fresh(const char *name)
{
	test = name;
	failed = false;
	broken = NULL;
	interrupts = reads_of_chain = 0;
	driver_changes = false;
	memset(ram, 0, sizeof(ram));
	memset(frames, 0xff, sizeof(frames));
	bus = (struct bus){.mem = &mem, .ops = &bus_ops, .budget = BUS_BUDGET};
	dev = (struct vdev){.bus = &bus, .accepted = FEATURE_INDIRECT};
	dev.status = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK;
	queue()->addr[VQ_DESC] = TABLE;
	queue()->addr[VQ_AVAIL] = AVAIL;
	queue()->addr[VQ_USED] = USED;
	queue()->size = SIZE;
	queue()->enabled = true;
	vq_start(&dev, queue());
}

static inline void expect(const char *what, unsigned long long seen, unsigned long long wanted)
{
	if (seen == wanted || failed)
		return;
	failed = true;
	printf("not ok %s: %s: expected %#llx, seen %#llx\n", test, what, wanted, seen);
}

static inline void end(void)
{
	if (!failed)
		printf("ok %s\n", test);
}

static inline bool pop(void)
{
	memset(&chain, 0, sizeof(chain));
	return vq_pop(&dev, queue(), &chain);
}

#endif
