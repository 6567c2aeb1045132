/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest with a virtio disk: over RAM, done at once, or a slow one that the test completes. */
#ifndef TESTS_UNIT_BLOCK_FIXTURE_H
#define TESTS_UNIT_BLOCK_FIXTURE_H

#include "devices/block.h"
#include "tests/unit/mini_guest.h"

#define DEV    2u
#define BROKEN 0x40u
#define RING   0x0000u
#define HEADER 0x4000u /* headers, 16 bytes each */
#define STATUS 0x5000u
#define DATA   0x8000u

#define SECTORS 256u

enum { IN, OUT, FLUSH = 4, GET_ID = 8 };

extern struct mini g, h;
extern struct mqueue q;
extern u8 disk_bytes[SECTORS * 512];
extern struct blk_backend disk;

extern struct blk_req *slow_queue[16];
extern u32 slow_count, slow_flushes, slow_cancels;
extern bool slow_holds; /* what is cancelled is under way, in the guest's memory */

extern const struct blk_ops slow_ops;

/* Complete request i of those that wait, moving its data unless it failed. */
void slow_complete(u32 i, enum hv_status status);
void block_start(struct mini *m, const struct blk_ops *ops, bool readonly);
int setup_ram(void **state);
int setup_slow(void **state);
int setup_readonly(void **state);
int block_teardown(void **state);

/* Lay request n out: header, one data piece (if any), status. */
void put_request(u32 n, u32 type, u64 sector, gpa_t data, u32 len);
u8 status_of(u32 n);
void expect_used(u32 n, u32 len);
void expect_none(void);

/* One request from beginning to end; its status. */
u8 run_request(u32 type, u64 sector, u32 len, u32 used);

#endif
