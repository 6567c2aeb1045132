/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio 1.0 over PCI, the driver's side: a device, and the queues by which buffers go to it and
 * come back. The console (B1), the disk (B6) and the network card (B7) are made of these.
 */
#ifndef VIRTIO_H
#define VIRTIO_H

#include "labs/kernel/kernel.h"

#define VIRTIO_NET     1
#define VIRTIO_BLOCK   2
#define VIRTIO_CONSOLE 3

#define QUEUE_SIZE 16 /* descriptors of a queue; the device would take up to 256 */

#define DESC_NEXT  1
#define DESC_WRITE 2 /* the device writes into it */

struct virtq_desc {
	u64 addr; /* physical */
	u32 len;
	u16 flags, next;
};

struct virtq {
	struct virtq_desc desc[QUEUE_SIZE];
	struct {
		u16 flags, idx, ring[QUEUE_SIZE];
	} avail;
	struct {
		u16 flags, idx;
		struct {
			u32 id, len;
		} ring[QUEUE_SIZE];
	} used __attribute__((aligned(4)));
	/* What the device does not see: */
	u16 index, free_head, free_count, last_used;
	volatile u16 *doorbell;
} __attribute__((aligned(16)));

struct virtio {
	u32 pci, line; /* device number on the bus; its interrupt line */
	volatile u8 *common, *isr, *config;
	volatile u8 *notify;
	u32 notify_multiplier;
};

struct buffer {
	void *data;
	u32 len;
};

/* Find the first device of that kind, reset it, agree on VERSION_1 and those of features that it
 * has. */
bool virtio_open(struct virtio *v, u32 kind, u32 features);
void virtq_open(struct virtio *v, struct virtq *q,
		u32 index); /* between virtio_open and virtio_start */
void virtio_start(struct virtio *v);
u8 virtio_acknowledge(
	struct virtio *v); /* in the handler of its line: why it interrupted; it is quiet then */

/* Offer a chain of buffers, `out` that the device reads and then `in` that it writes. Its head, or
 * -1: full. */
int virtq_add(struct virtq *q, const struct buffer *b, u32 out, u32 in);
void virtq_kick(struct virtq *q); /* tell the device that there is something to do */
/* A chain that the device is done with: its head, and in *len (which may be NULL) how many bytes it
 * wrote. -1: none. */
int virtq_take(struct virtq *q, u32 *len);

#endif
