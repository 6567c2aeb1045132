/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of disk requests, two disks on it, and a driver that does what the test says, when it
 * says so. */
#ifndef TESTS_UNIT_DISK_FIXTURE_H
#define TESTS_UNIT_DISK_FIXTURE_H

#include "devices/block.h"
#include "devices/host/disk/queue.h"
#include "tests/unit/support.h"

extern bool no_memory;

extern struct disk_queue queue;
extern struct disk one, two;

/* What the driver was given, and told that it takes long. */
extern struct disk_cmd *started[100];
extern u32 starts, lates, late_ms;
extern bool late_ends; /* the driver finds that the command has ended */

extern const struct disk_driver driver;

/* The n-th command that was started. */
void expect(u32 n, enum disk_op op, u64 sector, u32 sectors);

extern u32 dones; /* requests that are over */
extern enum hv_status last;
extern struct blk_req *again; /* submitted from within done() */

struct blk_req make_request(bool write, u64 sector, u32 sectors, void *buf, void *ctx);
void give(struct disk *d, struct blk_req *r);
bool goes_direct(const struct disk *d, const struct blk_req *r);
void no_disks(void);
int disks_setup(void **state);

extern u8 data[200 * SECTOR_SIZE];
extern u32 depth4; /* for disks_setup(), of a queue with so many commands at once */

#endif
