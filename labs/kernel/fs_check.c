/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B6: the consistency check. It follows everything from the root directory on and notes which
 * inodes and blocks it meets. What is in use and was not met is lost; what was met twice, or cannot
 * be, is damage. It ends on any disk: each inode is followed once.
 */
#include "labs/kernel/disk.h"
#include "labs/kernel/fs.h"

enum { UNKNOWN, MET, FOLLOWED };

static u8 inodes[FS_INODES];
static u8 met[FS_BLOCKS / 8];

static void meet_block(u32 block, struct fs_report *r)
{
	u8 bit = (u8)(1u << block % 8);

	if (!block)
		return;
	if (!block_ok(block) || met[block / 8] & bit || !block_in_use(block))
		r->damage++;
	else
		met[block / 8] |= bit;
}

static int meet_blocks(const struct inode *i, struct fs_report *r)
{
	u32 pointers[POINTERS] = {0}, n;

	if (i->indirect && !disk_read(i->indirect, pointers))
		return FS_IO;
	meet_block(i->indirect, r);
	for (n = 0; n < FILE_BLOCKS; n++) {
		u32 block = n < DIRECT ? i->pointer[n] : pointers[n - DIRECT];

		meet_block(block, r);
		r->damage += !block && n * BLOCK < i->size;
	}
	return FS_OK;
}

static void meet_entry(const struct entry *e, struct fs_report *r)
{
	struct inode i;

	if (!e->inode)
		return;
	if (inode_read(e->inode, &i) || i.type == INODE_FREE || inodes[e->inode] || !e->name[0] ||
	    e->name[FS_NAME_MAX])
		r->damage++;
	else
		inodes[e->inode] = MET;
}

static int follow(u32 number, struct fs_report *r)
{
	struct inode i;
	struct entry e;
	u32 at;
	int got = inode_read(number, &i);

	inodes[number] = FOLLOWED;
	if (got == FS_IO) /* what cannot be read now is not lost */
		return FS_IO;
	if (got || (number == ROOT && i.type != INODE_DIR)) {
		r->damage++;
		return FS_OK;
	}
	r->files += i.type == INODE_FILE;
	r->directories += i.type == INODE_DIR;
	for (at = 0; i.type == INODE_DIR && at < i.size; at += sizeof(e)) {
		got = fs_read(number, at, &e, sizeof(e));
		if (got == FS_IO)
			return FS_IO;
		if (got == sizeof(e))
			meet_entry(&e, r);
	}
	return meet_blocks(&i, r);
}

/* What nobody has met and is in use all the same. */
static int find_lost(struct fs_report *r, bool repair)
{
	static const struct inode nothing;
	struct inode i;
	u32 n;

	for (n = ROOT; n < fs.inodes; n++) {
		int error = inodes[n] ? FS_IO : inode_read(n, &i);

		if (inodes[n] || (error == FS_OK && i.type == INODE_FREE))
			continue;
		r->lost_inodes++;
		if (repair && inode_write(n, &nothing))
			return FS_IO;
	}
	for (n = fs.data; n < fs.blocks; n++) {
		if (!block_in_use(n) || met[n / 8] >> n % 8 & 1)
			continue;
		r->lost_blocks++;
		if (repair && block_mark(n, false))
			return FS_IO;
	}
	return FS_OK;
}

int fs_check(struct fs_report *r, bool repair)
{
	u32 n;
	bool more = true;

	memset(r, 0, sizeof(*r));
	memset(inodes, UNKNOWN, sizeof(inodes));
	memset(met, 0, sizeof(met));
	inodes[ROOT] = MET;
	while (more)
		for (more = false, n = ROOT; n < fs.inodes; n++) {
			if (inodes[n] != MET)
				continue;
			if (follow(n, r))
				return FS_IO;
			more = true;
		}
	return find_lost(r, repair && !r->damage);
}
