/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio 1.0 devices over PCI: the transport (function.c, transport.c), split virtqueues
 * (queue.c) and what a device gives them. Private to devices/. "virtio" is the
 * OASIS specification, version 1.0.
 *
 * Everything here belongs to the guest's bus and lies in its arena. The guest is the enemy: a
 * queue is read once into a chain of checked pieces, work per call is bounded, and a driver
 * that breaks a rule only stops its own device until it resets it (vdev_break).
 */
#ifndef DEVICES_VIRTIO_VIRTIO_H
#define DEVICES_VIRTIO_VIRTIO_H

#include "devices/bus.h"

#define VIRTIO_PCI_VENDOR 0x1af4u
#define VIRTIO_PCI_DEVICE 0x1040u /* plus the device id */

enum virtio_id { VIRTIO_NET = 1, VIRTIO_BLOCK = 2, VIRTIO_CONSOLE = 3, VIRTIO_RNG = 4 };

/* Device status (virtio 2.1). */
#define STATUS_ACKNOWLEDGE 0x01u
#define STATUS_DRIVER	   0x02u
#define STATUS_DRIVER_OK   0x04u
#define STATUS_FEATURES_OK 0x08u
#define STATUS_NEEDS_RESET 0x40u
#define STATUS_FAILED	   0x80u

/* Features every device may have (virtio 6). */
#define FEATURE_INDIRECT  (1ull << 28)
#define FEATURE_VERSION_1 (1ull << 32)

#define VQ_SIZE_MAX 256u
#define VDEV_QUEUES 2u
#define VDEV_CONFIG 36u /* the largest device-specific configuration: block */

/* The register page. lguest guests' early console relies on these places. */
#define REG_NOTIFY 0x38u
#define REG_ISR	   0x3au
#define REG_CONFIG 0x3cu
#define COMMON_LEN REG_NOTIFY

_Static_assert(REG_CONFIG + VDEV_CONFIG <= PCI_BAR_SIZE, "the registers fit their page");
_Static_assert((VQ_SIZE_MAX & (VQ_SIZE_MAX - 1)) == 0 && VQ_SIZE_MAX <= 32768, "virtio 2.4");
_Static_assert(VDEV_QUEUES <= 32, "vdev.pending has a bit for each queue");

/* ---- Queues (queue.c) --------------------------------------------------------------------- */

/* Registers of a queue's place: low and high halves of three addresses. */
enum vq_addr { VQ_DESC, VQ_DESC_HI, VQ_AVAIL, VQ_AVAIL_HI, VQ_USED, VQ_USED_HI, VQ_ADDRS };

struct vqueue {
	u32 addr[VQ_ADDRS];
	u32 inflight[VQ_SIZE_MAX / 32]; /* heads we hold */
	u16 size;			/* power of two, at most VQ_SIZE_MAX */
	bool enabled;
	bool quiet;	 /* the driver was told not to notify */
	bool unsignaled; /* used entries since the last interrupt decision */
	u16 next_avail, next_used;
};

struct vq_seg {
	gpa_t at;
	u32 len;
};

/* One buffer of the driver: a snapshot of its descriptors, readable pieces first. Every piece
 * was in RAM when it was taken. */
struct vq_chain {
	u16 head;
	u16 out_segs, in_segs; /* readable; writable */
	u32 out_len, in_len;   /* bytes in all */
	struct vq_seg seg[VQ_SIZE_MAX];
};
_Static_assert(VQ_SIZE_MAX % 32 == 0, "vqueue.inflight has whole words");

struct vdev;

/* NULL, or what is wrong with the place the driver chose for the queue. */
const char *vq_check(const struct vdev *d, const struct vqueue *q);
/* Start an enabled queue from the beginning. */
void vq_start(struct vdev *d, struct vqueue *q);
/* Take the next buffer. False: none, or the device is not running, or it just broke. */
MUST_CHECK bool vq_pop(struct vdev *d, struct vqueue *q, struct vq_chain *c);
/* The buffer that was taken last, and not yet given back, waits again as if it never had been
 * taken. */
void vq_return(struct vqueue *q, u16 head);
/* Is there something to pop? */
bool vq_waiting(struct vdev *d, struct vqueue *q);
/* Give a buffer back with `len` bytes written. Nothing happens unless the device runs. */
void vq_push(struct vdev *d, struct vqueue *q, const struct vq_chain *c, u32 len);
/* After pushes: interrupt the driver if it wants that. */
void vq_signal(struct vdev *d, struct vqueue *q);
/* Ask the driver not to notify us (or to do it again). Advice only. */
void vq_quiet(struct vdev *d, struct vqueue *q, bool quiet);
/* Copy out of the readable or into the writable part, from byte `from` on. False, with part of
 * it done, when the chain is shorter or the memory is gone. */
MUST_CHECK bool vq_read(const struct vdev *d, const struct vq_chain *c, u32 from, void *dst,
			u32 len);
MUST_CHECK bool vq_write(const struct vdev *d, const struct vq_chain *c, u32 from, const void *src,
			 u32 len);

/* Where `len` bytes of it are in the machine's memory, as many as `to` has room for. False: the
 * chain is shorter, or the memory is gone. */
MUST_CHECK bool vq_stretches(const struct vdev *d, const struct vq_chain *c, bool in, u32 from,
			     u32 len, struct stretches *to);

/* ---- Devices ------------------------------------------------------------------------------ */

struct vdev_ops {
	const char *name;
	u8 id; /* enum virtio_id */
	u8 class, subclass;
	u8 queues;
	u8 config_len;
	u64 features; /* beside VERSION_1 */
	/* Do some of the work waiting in a queue, until the bus has spent its budget; true: some is
	 * left. Called by bus_poll() alone: when the driver notified or became ready, when the
	 * device asked for it by vdev_mark(), or when some was left. */
	bool (*service)(struct vdev *d, u32 queue);
	/* The driver wrote into the device configuration. NULL: read only. */
	void (*config_write)(struct vdev *d, u32 offset, unsigned size, u32 value);
	/* Drop all work; no completion of it may come afterwards. NULL: there is none. */
	void (*reset)(struct vdev *d);
	/* Let go of what is outside the guest, after reset. NULL: nothing. */
	void (*detach)(struct vdev *d);
};

struct vdev {
	struct pci_function pci; /* first: the bus hands us back a pointer to it */
	struct bus *bus;
	const struct vdev_ops *ops;
	u64 offered, accepted; /* features */
	u32 offered_select, accepted_select;
	u16 queue_select;
	u8 status, isr;
	u8 irq;			 /* also the device number */
	u32 pending;		 /* bit per queue: there is work for service() */
	bool waiting;		 /* what service() left waits for the serial line */
	u32 complaints, ignored; /* log lines asked for; accesses that were not understood */
	struct vqueue queue[VDEV_QUEUES];
	u8 config[VDEV_CONFIG];
};

/* Make a device for the next free place of the bus: `size` bytes from the arena, beginning with
 * struct vdev, the rest zero. NULL: no memory, or no place left. Nobody sees it yet. */
MUST_CHECK struct vdev *vdev_create(struct bus *b, const struct vdev_ops *ops, size_t size);
/* The device is complete: put it on the bus. At once after its vdev_create. */
void vdev_plug(struct vdev *d);
/* As if the driver had written 0 into the status register. */
void vdev_reset(struct vdev *d);
/* Carry on with work that was left over; true: there is still more. */
bool vdev_poll(struct vdev *d);
/* A queue has work: it is done in the guest's own time, by bus_poll(). From any code. */
void vdev_mark(struct vdev *d, u32 queue);

/* The driver did something that is not allowed (misuse.c): stop the queues until it resets the
 * device; or let it pass, and count it. */
void vdev_break(struct vdev *d, const char *why);
void vdev_ignore(struct vdev *d, const char *why);

/* The register page (transport.c); offset and size (1, 2, 4) are inside the BAR. */
u32 vdev_read(struct vdev *d, u32 offset, unsigned size);
void vdev_write(struct vdev *d, u32 offset, unsigned size, u32 value);

/* The driver is ready, and nothing went wrong so far. */
static inline bool vdev_running(const struct vdev *d)
{
	return (d->status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET | STATUS_FAILED)) ==
	       STATUS_DRIVER_OK;
}

#endif
