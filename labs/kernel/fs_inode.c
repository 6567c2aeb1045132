/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B6: files without names. The order of the writes is what keeps the disk whole when the power
 * goes: a block is marked, then filled, then pointed to, and only then inside of the file's size.
 * What a crash can leave is lost, never shared.
 */
#include "labs/kernel/disk.h"
#include "labs/kernel/fs.h"

static int pointers_ok(const u32 *pointer, u32 count)
{
	while (count--)
		if (pointer[count] && !block_ok(pointer[count]))
			return FS_DAMAGED;
	return FS_OK;
}

/* The door: after FS_OK each number in it can be used. */
int inode_read(u32 number, struct inode *i)
{
	struct inode block[BLOCK_INODES];

	if (number == 0 || number >= fs.inodes)
		return FS_DAMAGED;
	if (!disk_read(fs.table + number / BLOCK_INODES, block))
		return FS_IO;
	*i = block[number % BLOCK_INODES];
	if (i->type > INODE_DIR || i->size > FILE_MAX || pointers_ok(&i->indirect, 1) ||
	    (i->type == INODE_DIR && i->size % sizeof(struct entry)))
		return FS_DAMAGED;
	return pointers_ok(i->pointer, DIRECT);
}

int inode_write(u32 number, const struct inode *i)
{
	struct inode block[BLOCK_INODES];
	u32 at = fs.table + number / BLOCK_INODES;

	if (!disk_read(at, block))
		return FS_IO;
	block[number % BLOCK_INODES] = *i;
	return disk_write(at, block) ? FS_OK : FS_IO;
}

int inode_create(u32 type)
{
	struct inode i;
	u32 number;

	for (number = ROOT + 1; number < fs.inodes; number++) {
		if (inode_read(number, &i) || i.type != INODE_FREE)
			continue;
		i = (struct inode){.type = (u16)type};
		return inode_write(number, &i) ? FS_IO : (int)number;
	}
	return FS_FULL;
}

static int indirect_read(const struct inode *i, u32 pointers[POINTERS])
{
	memset(pointers, 0, BLOCK);
	if (i->indirect && !disk_read(i->indirect, pointers))
		return FS_IO;
	return pointers_ok(pointers, POINTERS);
}

/* The block with the nth 512 bytes of the file, 0: none yet. */
static int block_of(const struct inode *i, u32 n, u32 *block)
{
	u32 pointers[POINTERS];
	int error = FS_OK;

	if (n < DIRECT) {
		*block = i->pointer[n];
	} else {
		error = indirect_read(i, pointers);
		*block = pointers[n - DIRECT];
	}
	return error;
}

/* Let the nth pointer be `block`, which is filled. The inode is written by the caller. */
static int point_to(struct inode *i, u32 n, u32 block)
{
	u32 pointers[POINTERS], at = i->indirect;
	int error;

	if (n < DIRECT) {
		i->pointer[n] = block;
		return FS_OK;
	}
	error = indirect_read(i, pointers);
	if (error || (!at && (error = block_alloc(&at))))
		return error;
	pointers[n - DIRECT] = block;
	if (fs_barrier() || !disk_write(at, pointers))
		return FS_IO;
	i->indirect = at;
	return FS_OK;
}

int fs_read(u32 number, u32 at, void *to, u32 len)
{
	u8 data[BLOCK];
	struct inode i;
	u32 done, part, block;
	int error = inode_read(number, &i);

	if (error || at >= i.size)
		return error;
	len = len < i.size - at ? len : i.size - at;
	for (done = 0; done < len; done += part, at += part) {
		part = BLOCK - at % BLOCK < len - done ? BLOCK - at % BLOCK : len - done;
		error = block_of(&i, at / BLOCK, &block);
		if (error)
			return error;
		if (!block)
			return FS_DAMAGED;
		if (!disk_read(block, data))
			return FS_IO;
		memcpy((u8 *)to + done, data + at % BLOCK, part);
	}
	return (int)done;
}

/* Write inside of one block; a new one is pointed to when its bytes are on the disk. */
static int write_part(struct inode *i, u32 at, const u8 *from, u32 len)
{
	u8 data[BLOCK] = {0};
	u32 block;
	int error = block_of(i, at / BLOCK, &block);
	bool fresh = !error && !block;

	if (fresh)
		error = block_alloc(&block);
	if (error)
		return error;
	if (!fresh && !disk_read(block, data))
		return FS_IO;
	memcpy(data + at % BLOCK, from, len);
	if (!disk_write(block, data))
		return FS_IO;
	error = fresh ? point_to(i, at / BLOCK, block) : FS_OK;
	if (error && error != FS_IO) /* after that, the disk may point to it all the same */
		block_mark(block, false);
	return error;
}

/* When the disk is full in the middle, the part that fits is written, and said. */
int fs_write(u32 number, u32 at, const void *from, u32 len)
{
	struct inode i;
	u32 done, part;
	int error = inode_read(number, &i);

	if (error || at > i.size)
		return error ? error : FS_RANGE;
	if (i.type == INODE_FREE)
		return FS_NOT_FOUND;
	for (done = 0; done < len; done += part, at += part) {
		part = BLOCK - at % BLOCK < len - done ? BLOCK - at % BLOCK : len - done;
		error = at < FILE_MAX ? write_part(&i, at, (const u8 *)from + done, part) : FS_FULL;
		if (error)
			break;
	}
	i.size = at > i.size ? at : i.size;
	if (fs_barrier() || inode_write(number, &i) || fs_barrier())
		return FS_IO;
	return done || !error ? (int)done : error;
}

int inode_remove(u32 number)
{
	static const struct inode nothing;
	u32 pointers[POINTERS], n;
	struct inode i;
	int error = inode_read(number, &i);

	if (!error)
		error = indirect_read(&i, pointers);
	if (error)
		return error;
	if (inode_write(number, &nothing))
		return FS_IO;
	for (n = 0; n < POINTERS && !error; n++)
		error = pointers[n] ? block_mark(pointers[n], false) : FS_OK;
	for (n = 0; n < DIRECT && !error; n++)
		error = i.pointer[n] ? block_mark(i.pointer[n], false) : FS_OK;
	if (i.indirect && !error)
		error = block_mark(i.indirect, false);
	return error;
}
