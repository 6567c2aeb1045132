/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disk is. For those who have some (RAM disks, drivers of the machine's) and those who give
 * them to guests: devices/virtio/block.c, and hv/, which decides who gets which.
 */
#ifndef DEVICES_BLOCK_H
#define DEVICES_BLOCK_H

#include "lib/base.h"
#include "mm/frame.h"

#define SECTOR_SIZE 512u

struct blk_req {
	bool write;
	u64 sector;
	u32 sectors; /* at done(): those that were moved, which may be fewer */
	/* Of sectors * SECTOR_SIZE bytes: hypervisor memory, or, NULL, `pieces` stretches of a
	 * guest's, into which a disk may write by itself. */
	void *buf;
	const struct stretch *piece;
	u32 pieces;
	bool held; /* hardware has the memory still: see cancel() */
	void (*done)(struct blk_req *r, enum hv_status status);
	void *ctx;
	struct blk_req *next; /* for the back-end's queue */
};

struct blk_backend;
struct blk_ops {
	/* Start a request whose range was checked; done() may be called before this returns.
	 * Both of these may be called from within a done(). */
	void (*submit)(struct blk_backend *d, struct blk_req *r);
	/* All data written so far is stable when done() is called. */
	void (*flush)(struct blk_backend *d, struct blk_req *r);
	/* Forget the requests with this ctx: no done() of them will come and nothing, no hardware
	 * either, touches their memory any more. But those that are `held` when this returns are
	 * under way between the disk and a guest's memory: they end by done() as ever, within the
	 * time after which their disk is stopped, and until then nobody else may have the memory.
	 */
	void (*cancel)(struct blk_backend *d, void *ctx);
	/* Where these sectors, whose range was checked, lie in memory for good: who has a request
	 * may do it there, at once. NULL: it is done by the functions above alone. */
	u8 *(*bytes)(struct blk_backend *d, u64 sector);
};

struct blk_backend {
	char name[32];
	const struct blk_ops *ops;
	u64 sectors;
	bool readonly;
	u32 most;	    /* sectors of a request at most */
	u32 users, writers; /* guests it is attached to */
	void *data;	    /* RAM disk: its bytes */
	/* Of a partition: its disk, its first sector there, the disk's next one. */
	struct blk_backend *whole;
	u64 first;
	struct blk_backend *parts, *next_part;
};

/* One more user; HV_BUSY: a sector would have a writer and somebody else. */
MUST_CHECK enum hv_status blk_attach(struct blk_backend *d, bool readonly);
void blk_detach(struct blk_backend *d, bool readonly);

/* A RAM disk over `bytes` of hypervisor memory; a last partial sector is dropped. */
void ramdisk_init(struct blk_backend *d, const char *name, void *bytes, u64 len);

#endif
