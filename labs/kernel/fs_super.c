/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B6: the superblock and the bitmap of blocks, which is kept in memory and written through. */
#include "labs/kernel/disk.h"
#include "labs/kernel/fs.h"

#define BITMAP	   1u
#define BLOCK_BITS (BLOCK * 8)

struct fs_layout fs;
static u8 bitmap[FS_BLOCKS / 8];

_Static_assert(sizeof(bitmap) % BLOCK == 0, "the bitmap is read in whole blocks");

/* False: such a disk cannot be. */
static bool lay_out(u32 blocks, u32 inodes)
{
	if (blocks > FS_BLOCKS || blocks > disk_sectors() || inodes <= ROOT || inodes > FS_INODES)
		return false;
	fs.blocks = blocks;
	fs.inodes = inodes;
	fs.table = BITMAP + (blocks + BLOCK_BITS - 1) / BLOCK_BITS;
	fs.data = fs.table + (inodes + BLOCK_INODES - 1) / BLOCK_INODES;
	return fs.data < blocks;
}

int fs_barrier(void)
{
	return disk_flush() ? FS_OK : FS_IO;
}

bool block_ok(u32 block)
{
	return block >= fs.data && block < fs.blocks;
}

bool block_in_use(u32 block)
{
	return bitmap[block / 8] >> block % 8 & 1;
}

int block_mark(u32 block, bool in_use)
{
	u32 part = block / BLOCK_BITS;
	u8 bit = (u8)(1u << block % 8);

	bitmap[block / 8] = (u8)(in_use ? bitmap[block / 8] | bit : bitmap[block / 8] & ~bit);
	return disk_write(BITMAP + part, bitmap + part * BLOCK) ? FS_OK : FS_IO;
}

/* Take the first free block. */
int block_alloc(u32 *block)
{
	for (*block = fs.data; *block < fs.blocks; ++*block)
		if (!block_in_use(*block))
			return block_mark(*block, true);
	return FS_FULL;
}

/* The superblock comes last: a disk whose making was interrupted is not mounted. */
int fs_format(void)
{
	static const struct superblock nothing;
	struct superblock s = {.magic = FS_MAGIC};
	struct inode root = {.type = INODE_DIR};
	u32 b;

	s.blocks = disk_sectors() < FS_BLOCKS ? disk_sectors() : FS_BLOCKS;
	s.inodes = s.blocks / 8 < FS_INODES ? s.blocks / 8 : FS_INODES;
	if (!lay_out(s.blocks, s.inodes))
		return FS_FULL;
	memset(bitmap, 0, sizeof(bitmap));
	if (!disk_write(0, &nothing) || fs_barrier())
		return FS_IO;
	for (b = BITMAP; b < fs.data; b++)
		if (!disk_write(b, &nothing))
			return FS_IO;
	if (inode_write(ROOT, &root) || fs_barrier() || !disk_write(0, &s))
		return FS_IO;
	return fs_barrier();
}

int fs_mount(void)
{
	struct superblock s;
	u32 part;

	if (!disk_read(0, &s))
		return FS_IO;
	if (s.magic != FS_MAGIC)
		return FS_NOT_FOUND;
	if (!lay_out(s.blocks, s.inodes))
		return FS_DAMAGED;
	for (part = 0; BITMAP + part < fs.table; part++)
		if (!disk_read(BITMAP + part, bitmap + part * BLOCK))
			return FS_IO;
	return FS_OK;
}

const char *fs_text(int error)
{
	static const char *const texts[] = {
		[-FS_OK] = "no error",
		[-FS_IO] = "the disk failed",
		[-FS_DAMAGED] = "the file system is damaged",
		[-FS_NOT_FOUND] = "not found",
		[-FS_EXISTS] = "there already",
		[-FS_FULL] = "the disk is full",
		[-FS_NAME] = "not a good name",
		[-FS_KIND] = "not of the right kind",
		[-FS_NOT_EMPTY] = "the directory is not empty",
		[-FS_RANGE] = "beyond the end of the file",
	};

	return error <= 0 && -error < (int)(sizeof(texts) / sizeof(texts[0])) ? texts[-error] : "?";
}
