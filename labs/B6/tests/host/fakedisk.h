/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk for the tests on the host, in place of labs/kernel/disk.c. It has a cache as a real one:
 * what was written since the last flush may be on the disk after a power cut, or not, each sector
 * for itself.
 */
#ifndef FAKEDISK_H
#define FAKEDISK_H

#include "labs/harness/host.h"
#include "labs/kernel/disk.h"
#include "labs/kernel/fs.h"

#define DISK_MAX    4096u /* sectors */
#define CUT_NEVER   (~0u)
#define CUT_NOTHING 0u /* nothing of the cache reaches the disk */
#define CUT_ALL	    1u
#define CUT_KINDS   8u /* the others: a part of it, another one for each number */

extern u8 disk_bytes[DISK_MAX][SECTOR]; /* what a read gives */

void disk_make(u32 sectors); /* all zero; nothing written to the cache, no power cut */
/* The power goes when that many sectors were written: each later write and flush fails. */
void disk_cut_after(u32 writes);
/* It is back, and the cache is gone but for what `kind` lets through. */
void disk_power_on(u32 kind);
u32 disk_writes(void);	 /* since disk_make() or disk_cut_after() */
u32 disk_accesses(void); /* since disk_make(): reads and writes; too many end the test */

/* A file system that was made by nobody's code but the test's: /a (3 bytes), /dir, /dir/big (20 000
 * bytes, byte n is image_byte(n)), 60 blocks in use. */
#define IMAGE_SECTORS 256u
#define IMAGE_BIG     20000u
void image_make(void);
u8 image_byte(u32 n);
/* Where things are in it. */
#define IMAGE_INODES 64u
#define IMAGE_TABLE  2u
#define IMAGE_DATA   10u
#define INODE_A	     2u
#define INODE_SUB    3u
#define INODE_BIG    4u
struct inode *image_inode(u32 number);
void image_mark(u32 block, bool in_use);
u32 image_used(void); /* blocks marked in the bitmap */

/* The answer of a function of fs.h, which is said by its name. */
const char *answer_name(int answer);
#define expect_answer(expected, seen, ...)                                    \
	do {                                                                  \
		int seen_ = (int)(seen);                                      \
		if (seen_ != (int)(expected)) {                               \
			printf("not ok %s: expected ", host_test_name);       \
			printf(__VA_ARGS__);                                  \
			printf(" to give %s,", answer_name((int)(expected))); \
			printf(" seen %s\n", answer_name(seen_));             \
			exit(1);                                              \
		}                                                             \
	} while (0)

/* Mount, check and repair: no damage allowed; after it nothing is lost. `when` is said if not. */
void expect_whole(const char *when, u32 n);

#endif
