/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What drivers of disks share: queues of requests, cut into commands that the hardware can do.
 * Where it can reach a guest's memory as it lies, data goes straight there, and the request stays
 * until its command has ended or the hardware was stopped. All else goes through a buffer of the
 * queue: such a request can be forgotten at any time, its command ends in peace and nobody is told.
 * Private to this folder.
 */
#ifndef DEVICES_HOST_DISK_QUEUE_H
#define DEVICES_HOST_DISK_QUEUE_H

#include "devices/block.h"

#define DISK_DEPTH 4u	 /* commands of a queue under way at most */
#define DISK_PIECE 64u	 /* sectors of a command through the buffer at most */
#define DISK_MOST  2048u /* sectors of any other */
#define DISK_UNITS 2u	 /* disks that share a queue at most */
#define DISK_LATE  500u	 /* ms after which a driver looks whether an interrupt was lost */

enum disk_op { DISK_READ, DISK_WRITE, DISK_FLUSH };

struct disk_queue;

/* What the hardware does with a requester's memory by itself. All else goes through the buffer. */
struct disk_direct {
	u32 sectors;  /* of a command at most, DISK_MOST at most; 0: none */
	u32 pieces;   /* stretches of memory at most */
	u32 align;    /* of their addresses and lengths: a power of two */
	bool above4g; /* it reaches memory there */
};

/* One disk. Embedded in a driver's own struct. */
struct disk {
	struct blk_backend backend;
	struct disk_direct direct; /* set before disk_add(); `sectors` may become 0 any time */
	struct disk_queue *queue;
	struct blk_req *first, **last; /* waiting; a flush has no sectors */
	struct disk *next;	       /* of all disks */
};

/* A command, from start() to disk_done(). */
struct disk_cmd {
	struct disk *disk;
	enum disk_op op;
	u64 sector;
	u32 sectors;		     /* 1..DISK_MOST, 0 for a flush */
	const struct stretch *piece; /* where the data is: `pieces` of them, none for a flush */
	u32 pieces;
	u8 *buffer;  /* DISK_PIECE sectors, contiguous for the hardware too: the only piece, unless
		      */
	bool direct; /* they are the requester's memory */
	/* The rest belongs to queue.c. */
	struct stretch whole; /* of the buffer */
	struct disk_queue *queue;
	struct blk_req *req; /* NULL: cancelled, and forgotten */
	bool cancelled;	     /* but its memory is in use */
	bool busy;
	u64 since; /* when it was first seen waiting; 0 = not yet */
};

struct disk_driver {
	/* Carry out c; it may end (disk_done) before this returns. */
	void (*start)(struct disk_cmd *c);
	/* c has not ended for `ms` milliseconds: called twice a second. The driver looks whether
	 * it did, or ends it for good. */
	void (*late)(struct disk_cmd *c, u32 ms);
};

struct disk_queue {
	const struct disk_driver *driver;
	u32 depth; /* 1..DISK_DEPTH */
	struct disk *unit[DISK_UNITS];
	u32 units, turn; /* whose request is next */
	struct disk_cmd cmd[DISK_DEPTH];
	u32 orphans;		 /* cancelled commands under way: nothing new until they ended */
	bool pumping;		 /* inside pump(): it must not be entered again */
	bool dead;		 /* the hardware was given up: everything fails */
	struct disk_queue *next; /* of all queues */
};

/* Set up a queue (zeroed before) and its buffers. HV_NOMEM: nothing is held. */
MUST_CHECK enum hv_status disk_queue_init(struct disk_queue *q, const struct disk_driver *driver,
					  u32 depth);
/* Offer a disk (zeroed before) of `sectors` under this name, which must be free. */
void disk_add(struct disk *d, struct disk_queue *q, const char *name, u64 sectors, bool readonly);
/* What was added under this name; NULL: nothing. */
struct blk_backend *disk_find(const char *name);
/* The command ended. May start the next one, and run any requester's done(). */
void disk_done(struct disk_cmd *c, enum hv_status status);
/* Carry out the command anew, by whatever way its disk has now; one that nobody waits for ends. */
void disk_again(struct disk_cmd *c);
/* Read at once, by polling: for the few sectors that tell what is on a disk. False: they cannot
 * be read, within a time that is bounded. */
MUST_CHECK bool disk_read_now(struct blk_backend *b, u64 sector, u32 sectors, void *to);
/* The n-th disk that was added (0..); NULL: there are no more. */
const struct blk_backend *disk_nth(u32 n);
/* Give the hardware up. It must be quiet, and never touch memory again: the commands under way fail
 * now, and whose memory they had may use it for something else. */
void disk_queue_kill(struct disk_queue *q);

#endif
