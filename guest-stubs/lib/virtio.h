/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio 1.0 over PCI, driver side: one device, its queues, and the four drivers made of it.
 * Every driver works polled; after virtio_interrupts() a waiting driver sleeps instead. For
 * every guest.
 */
#ifndef GUEST_LIB_VIRTIO_H
#define GUEST_LIB_VIRTIO_H

#include "guest-stubs/lib/guest.h"

#define VIRTIO_NET     1
#define VIRTIO_BLOCK   2
#define VIRTIO_CONSOLE 3
#define VIRTIO_RNG     4

/* Common configuration (virtio 1.0, 4.1.4.3): offset of each register. */
#define VC_DEVICE_FEATURE_SELECT 0x00
#define VC_DEVICE_FEATURE	 0x04
#define VC_DRIVER_FEATURE_SELECT 0x08
#define VC_DRIVER_FEATURE	 0x0c
#define VC_NUM_QUEUES		 0x12
#define VC_STATUS		 0x14
#define VC_QUEUE_SELECT		 0x16
#define VC_QUEUE_SIZE		 0x18
#define VC_QUEUE_ENABLE		 0x1c
#define VC_QUEUE_NOTIFY_OFF	 0x1e
#define VC_QUEUE_DESC		 0x20
#define VC_QUEUE_AVAIL		 0x28
#define VC_QUEUE_USED		 0x30

#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER	   2
#define STATUS_DRIVER_OK   4
#define STATUS_FEATURES_OK 8
#define STATUS_NEEDS_RESET 0x40

#define DESC_NEXT     1
#define DESC_WRITE    2 /* the device writes into it */
#define DESC_INDIRECT 4

#define QUEUE_SIZE 32 /* what our drivers ask for */

struct virtq_desc {
	u64 addr;
	u32 len;
	u16 flags, next;
};

struct virtq_used_elem {
	u32 id, len;
};

/* One page per queue; the device sees nothing else of it. */
struct virtq_rings {
	struct virtq_desc desc[QUEUE_SIZE];
	struct {
		u16 flags, idx, ring[QUEUE_SIZE], unused;
	} avail;
	struct {
		u16 flags, idx;
		struct virtq_used_elem ring[QUEUE_SIZE];
	} used ALIGNED(4);
};
_Static_assert(sizeof(struct virtq_rings) <= PAGE_SIZE, "rings fit a page");

struct virtio {
	u32 pci; /* device number */
	u32 line;
	volatile u8 *common, *notify, *isr, *config;
	u32 notify_multiplier;
};

struct virtq {
	struct virtio *dev;
	u16 index, free_head, free_count, last_used;
	volatile u16 *doorbell;
	struct virtq_rings *rings;
};

struct virtio_buffer {
	void *data;
	u32 len;
};

/* Find the nth (0..) device of that id, reset it and negotiate VERSION_1 plus those of `features`
 * (low word) that it offers. False: no such device, or it refused. */
bool virtio_open(struct virtio *v, u32 id, u32 nth, u32 features);
bool virtq_open(struct virtio *v, struct virtq *q, u32 index); /* before virtio_start */
void virtio_start(struct virtio *v);
/* Serve the device's interrupt line: acknowledge it and call fn (may be NULL). */
void virtio_interrupts(struct virtio *v, void (*fn)(void));

static inline u8 vread8(volatile u8 *at)
{
	return *at;
}
static inline u16 vread16(volatile u8 *at)
{
	return *(volatile u16 *)at;
}
static inline u32 vread32(volatile u8 *at)
{
	return *(volatile u32 *)at;
}
static inline void vwrite8(volatile u8 *at, u8 v)
{
	*at = v;
}
static inline void vwrite16(volatile u8 *at, u16 v)
{
	*(volatile u16 *)at = v;
}
static inline void vwrite32(volatile u8 *at, u32 v)
{
	*(volatile u32 *)at = v;
}

/* Offer a chain: first `out` buffers the device reads, then `in` it writes. Returns the chain's
 * head, or -1 when there are too few descriptors. */
int virtq_add(struct virtq *q, const struct virtio_buffer *b, u32 out, u32 in);
void virtq_kick(struct virtq *q);
/* The same, unless the device has said that it need not be told (virtio 2.4.9). */
void virtq_tell(struct virtq *q);
bool virtq_ready(struct virtq *q); /* virtq_take would give one */
/* A finished chain: its head, *len bytes written by the device; -1: none yet. */
int virtq_take(struct virtq *q, u32 *len);
/* Wait for one; sleeps when the virtual interrupt flag is on, polls when it is off. */
int virtq_wait(struct virtq *q, u32 *len);

/* ---- Drivers ------------------------------------------------------------------------------ */

/* Console: output moves from the early console to the queue. */
bool vcon_init(void);
int vcon_getc(void); /* the next typed character, -1: none; needs no interrupt */
bool vcon_ready(void);

/* Disks, 512-byte sectors; `disk` counts from 0. False: error, or no such disk. */
#define SECTOR 512u
u32 vblk_init(void); /* number of disks, 4 at most */
u64 vblk_sectors(u32 disk);
bool vblk_read(u32 disk, u64 sector, void *buf, u32 sectors);
bool vblk_write(u32 disk, u64 sector, const void *buf, u32 sectors);
bool vblk_flush(u32 disk);

/* The first network card. Frames have no virtio header here. */
#define FRAME_MAX 1514u
bool vnet_init(u8 mac[6]);
bool vnet_send(const void *frame, u32 len);
u32 vnet_receive(void *frame, u32 size); /* length; 0: nothing there */
bool vnet_ready(void);

bool vrng_init(void);
u32 vrng_read(void *buf, u32 len); /* bytes filled */

#endif
