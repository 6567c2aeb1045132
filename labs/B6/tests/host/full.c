/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A full disk is said, harms nothing, and is empty again when its files are removed. */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

static u8 chunk[3 * BLOCK + 100], back[FILE_MAX];

/* Files of the largest size until nothing fits any more: how many, and bytes of the last one. */
static u32 fill(u32 *bytes)
{
	char name[] = "/file-a";
	int number, got;
	u32 files = 0;

	*bytes = 0;
	while ((number = fs_create(name, INODE_FILE)) >= 0) {
		u32 at = 0;

		files++;
		while ((got = fs_write((u32)number, at, chunk, sizeof(chunk))) > 0)
			at += (u32)got;
		expect_answer(FS_FULL, got, "fs_write() on a full disk");
		*bytes = at;
		name[6]++;
		if (at < FILE_MAX)
			break;
	}
	return files;
}

static void fill_up(const char *name)
{
	int number = fs_create(name, INODE_FILE);
	u32 at = 0;

	while (fs_write((u32)number, at, chunk, BLOCK) == (int)BLOCK)
		at += BLOCK;
}

static void expect_nothing_lost(const char *when)
{
	struct fs_report r;

	expect_answer(FS_OK, fs_check(&r, false), "fs_check() %s", when);
	expect_equal(0, r.lost_blocks, "lost blocks %s", when);
	expect_equal(0, r.lost_inodes, "lost inodes %s", when);
}

/* One block is left, and two are needed: for the data, and for the pointer to them. */
static void no_place_for_a_pointer(void)
{
	int file, one;
	u32 n;

	disk_make(120);
	fs_format();
	file = fs_create("/file", INODE_FILE);
	one = fs_create("/one", INODE_FILE);
	fs_write((u32)one, 0, chunk, 1);
	for (n = 0; n < DIRECT; n++)
		fs_write((u32)file, n * BLOCK, chunk, BLOCK);
	fill_up("/fill");
	fs_unlink("/one");
	expect_answer(FS_FULL, fs_write((u32)file, DIRECT * BLOCK, chunk, 1),
		      "fs_write() when one block is left and two are needed");
	expect_nothing_lost("when a pointer finds no place");
	one = fs_create("/one", INODE_FILE);
	expect_answer(1, fs_write((u32)one, 0, chunk, 1), "fs_write() of the last block");
}

/* The directory is full, and so is the disk: there is an inode for a new file, but no place for its
 * name. */
static void no_place_for_a_name(void)
{
	char name[] = "/a";

	disk_make(280); /* 35 inodes: more than names in one block */
	fs_format();
	fill_up("/full"); /* a file of the largest size */
	fill_up("/fill");
	while (fs_create(name, INODE_FILE) > 0)
		name[1]++;
	expect_answer(FS_FULL, fs_create(name, INODE_FILE), "fs_create() on a full disk");
	expect_nothing_lost("when a name finds no place");
}

HOST_TEST(b6_full)
{
	u32 files, again, bytes, bytes_again, n, i, round;
	char name[] = "/file-a";

	memset(chunk, 0x5a, sizeof(chunk));
	disk_make(600);
	expect_answer(FS_OK, fs_format(), "fs_format()");
	files = fill(&bytes);
	expect_least(3, files, "the number of files that fit");
	for (round = 0; round < 3; round++) {
		expect_whole("with a full disk, round", round);
		for (n = 0; n < files; n++, name[6]++) {
			u32 size = n + 1 < files ? FILE_MAX : bytes;
			int number = fs_find(name);

			expect_answer(size, fs_read((u32)number, 0, back, sizeof(back)),
				      "the size of %s", name);
			for (i = 0; i < size; i++)
				expect_equal(0x5a, back[i], "byte %u of %s", i, name);
			expect_answer(FS_OK, fs_unlink(name), "fs_unlink(\"%s\")", name);
		}
		name[6] = 'a';
		again = fill(&bytes_again);
		expect_equal(files, again, "the number of files that fit again");
		expect_equal(bytes, bytes_again, "the size of the last of them");
	}
	no_place_for_a_pointer();
	no_place_for_a_name();
	/* No inodes: a disk of 100 blocks has 12, two of them are "none" and the root. */
	disk_make(100);
	expect_answer(FS_OK, fs_format(), "fs_format()");
	for (n = 0; n < 10; n++, name[6]++)
		expect_true(fs_create(name, INODE_FILE) > 0, "fs_create() of file %u of 10", n);
	expect_answer(FS_FULL, fs_create(name, INODE_FILE), "fs_create() without an inode");
	expect_whole("without a free inode, files", n);
}
