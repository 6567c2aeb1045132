/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

#define ACCESSES_MAX 20000000u /* no operation of ours needs a hundredth */

u8 disk_bytes[DISK_MAX][SECTOR];
static u8 safe[DISK_MAX][SECTOR];
static bool cached[DISK_MAX]; /* written since the last flush */
static u32 sectors, writes, cut, accesses;

void disk_make(u32 n)
{
	memset(disk_bytes, 0, sizeof(disk_bytes));
	memset(safe, 0, sizeof(safe));
	memset(cached, 0, sizeof(cached));
	sectors = n;
	writes = accesses = 0;
	cut = CUT_NEVER;
}

void disk_cut_after(u32 n)
{
	disk_flush();
	writes = 0;
	cut = n;
}

void disk_power_on(u32 kind)
{
	u32 n;

	for (n = 0; n < sectors; n++) {
		if (!cached[n])
			continue;
		if (kind != CUT_ALL && (kind == CUT_NOTHING || host_random() % 2))
			memcpy(disk_bytes[n], safe[n], SECTOR);
	}
	cut = CUT_NEVER;
	disk_flush();
}

u32 disk_writes(void)
{
	return writes;
}

u32 disk_accesses(void)
{
	return accesses;
}

/* Every access: is it one that may be made? */
static bool allowed(u32 sector)
{
	expect_true(++accesses < ACCESSES_MAX, "an operation that ends (too many disk accesses)");
	return sector < sectors;
}

u32 disk_sectors(void)
{
	return sectors;
}

bool disk_read(u32 sector, void *to)
{
	if (!allowed(sector))
		return false;
	memcpy(to, disk_bytes[sector], SECTOR);
	return true;
}

bool disk_write(u32 sector, const void *from)
{
	if (!allowed(sector) || writes >= cut)
		return false;
	writes++;
	cached[sector] = true;
	memcpy(disk_bytes[sector], from, SECTOR);
	return true;
}

bool disk_flush(void)
{
	u32 n;

	if (writes >= cut)
		return false;
	for (n = 0; n < sectors; n++) {
		if (cached[n])
			memcpy(safe[n], disk_bytes[n], SECTOR);
		cached[n] = false;
	}
	return true;
}

/* ---- The image ------------------------------------------------------------------------------ */

u8 image_byte(u32 n)
{
	return (u8)(n * 7 + n / 251 + 3);
}

struct inode *image_inode(u32 number)
{
	return (struct inode *)disk_bytes[IMAGE_TABLE] + number;
}

void image_mark(u32 block, bool in_use)
{
	u8 *byte = &disk_bytes[1][block / 8], bit = (u8)(1u << block % 8);

	*byte = (u8)(in_use ? *byte | bit : *byte & ~bit);
}

u32 image_used(void)
{
	u32 n, used = 0;

	for (n = 0; n < IMAGE_SECTORS; n++)
		used += disk_bytes[1][n / 8] >> n % 8 & 1;
	return used;
}

static void entry_at(u32 block, u32 n, u32 inode, const char *name)
{
	struct entry *e = (struct entry *)disk_bytes[block] + n;

	e->inode = inode;
	strcpy(e->name, name);
}

/* Blocks are given from the end on, so that nobody can rely on their order. */
static void fill_big(struct inode *big, u32 block)
{
	u32 n, i;

	for (n = 0; n * BLOCK < big->size; n++, block--) {
		u32 *pointer = n < DIRECT ? &big->pointer[n]
					  : (u32 *)disk_bytes[big->indirect] + (n - DIRECT);

		*pointer = block;
		image_mark(block, true);
		for (i = 0; i < BLOCK && n * BLOCK + i < big->size; i++)
			disk_bytes[block][i] = image_byte(n * BLOCK + i);
	}
}

void image_make(void)
{
	u32 root = IMAGE_DATA + 5, a = IMAGE_DATA + 9, sub = IMAGE_DATA + 2, indirect = IMAGE_DATA;
	struct superblock *s = (struct superblock *)disk_bytes[0];

	disk_make(IMAGE_SECTORS);
	s->magic = FS_MAGIC;
	s->blocks = IMAGE_SECTORS;
	s->inodes = IMAGE_INODES;
	*image_inode(ROOT) = (struct inode){INODE_DIR, 0, 5 * sizeof(struct entry), {root}, 0};
	*image_inode(INODE_A) = (struct inode){INODE_FILE, 0, 3, {a}, 0};
	*image_inode(INODE_SUB) = (struct inode){INODE_DIR, 0, sizeof(struct entry), {sub}, 0};
	*image_inode(INODE_BIG) = (struct inode){INODE_FILE, 0, IMAGE_BIG, {0}, indirect};
	entry_at(root, 2, INODE_A, "a"); /* the places before it are free */
	entry_at(root, 4, INODE_SUB, "dir");
	entry_at(sub, 0, INODE_BIG, "big");
	memcpy(disk_bytes[a], "abc", 3);
	image_mark(root, true);
	image_mark(a, true);
	image_mark(sub, true);
	image_mark(indirect, true);
	fill_big(image_inode(INODE_BIG), IMAGE_SECTORS - 1);
	memcpy(safe, disk_bytes, sizeof(safe));
}

const char *answer_name(int answer)
{
	static const char *const names[] = {
		[-FS_OK] = "FS_OK",
		[-FS_IO] = "FS_IO",
		[-FS_DAMAGED] = "FS_DAMAGED",
		[-FS_NOT_FOUND] = "FS_NOT_FOUND",
		[-FS_EXISTS] = "FS_EXISTS",
		[-FS_FULL] = "FS_FULL",
		[-FS_NAME] = "FS_NAME",
		[-FS_KIND] = "FS_KIND",
		[-FS_NOT_EMPTY] = "FS_NOT_EMPTY",
		[-FS_RANGE] = "FS_RANGE",
	};
	static char number[24];

	if (answer <= 0 && answer > -(int)(sizeof(names) / sizeof(names[0])))
		return names[-answer];
	snprintf(number, sizeof(number), "%d", answer);
	return number;
}

void expect_whole(const char *when, u32 n)
{
	struct fs_report r;
	int error = fs_mount();

	expect_answer(FS_OK, error, "fs_mount() %s %u", when, n);
	expect_answer(FS_OK, fs_check(&r, true), "fs_check() %s %u", when, n);
	expect_equal(0, r.damage, "damage %s %u", when, n);
	expect_answer(FS_OK, fs_check(&r, false), "fs_check() after the repair %s %u", when, n);
	expect_equal(0, r.lost_blocks, "lost blocks after the repair %s %u", when, n);
	expect_equal(0, r.lost_inodes, "lost inodes after the repair %s %u", when, n);
}
