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
		expect_equal(FS_FULL, got, "fs_write() on a full disk");
		*bytes = at;
		name[6]++;
		if (at < FILE_MAX)
			break;
	}
	return files;
}

HOST_TEST(b6_full)
{
	u32 files, again, bytes, bytes_again, n, i, round;
	char name[] = "/file-a";

	memset(chunk, 0x5a, sizeof(chunk));
	disk_make(600);
	expect_equal(FS_OK, fs_format(), "fs_format()");
	files = fill(&bytes);
	expect(files >= 3, 3, files, "the number of files that fit");
	for (round = 0; round < 3; round++) {
		expect_whole("with a full disk, round", round);
		for (n = 0; n < files; n++, name[6]++) {
			u32 size = n + 1 < files ? FILE_MAX : bytes;
			int number = fs_find(name);

			expect_equal(size, fs_read((u32)number, 0, back, sizeof(back)),
				     "the size of %s", name);
			for (i = 0; i < size; i++)
				expect_equal(0x5a, back[i], "byte %u of %s", i, name);
			expect_equal(FS_OK, fs_unlink(name), "fs_unlink(\"%s\")", name);
		}
		name[6] = 'a';
		again = fill(&bytes_again);
		expect_equal(files, again, "the number of files that fit again");
		expect_equal(bytes, bytes_again, "the size of the last of them");
	}
	/* No inodes: a disk of 100 blocks has 12, two of them are "none" and the root. */
	disk_make(100);
	expect_equal(FS_OK, fs_format(), "fs_format()");
	for (n = 0; n < 10; n++, name[6]++)
		expect_true(fs_create(name, INODE_FILE) > 0, "fs_create() of file %u of 10", n);
	expect_equal(FS_FULL, fs_create(name, INODE_FILE), "fs_create() without an inode");
	expect_whole("without a free inode, files", n);
}
