/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk is found as it was made, and one that cannot be is refused. */
#include "labs/B6/tests/host/fakedisk.h"

static const struct {
	const char *what;
	u32 magic, blocks, inodes;
	int answer;
} cases[] = {
	{"a good superblock", FS_MAGIC, IMAGE_SECTORS, IMAGE_INODES, FS_OK},
	{"a smaller file system", FS_MAGIC, 100, 16, FS_OK},
	{"an empty disk", 0, 0, 0, FS_NOT_FOUND},
	{"another magic number", FS_MAGIC + 1, IMAGE_SECTORS, IMAGE_INODES, FS_NOT_FOUND},
	{"more blocks than the disk has", FS_MAGIC, IMAGE_SECTORS + 1, IMAGE_INODES, FS_DAMAGED},
	{"very many blocks", FS_MAGIC, ~0u, IMAGE_INODES, FS_DAMAGED},
	{"no blocks", FS_MAGIC, 0, IMAGE_INODES, FS_DAMAGED},
	{"no inodes", FS_MAGIC, IMAGE_SECTORS, 0, FS_DAMAGED},
	{"no room for a root", FS_MAGIC, IMAGE_SECTORS, 1, FS_DAMAGED},
	{"very many inodes", FS_MAGIC, IMAGE_SECTORS, ~0u, FS_DAMAGED},
	{"inodes that fill the disk", FS_MAGIC, 100, 98 * 8, FS_DAMAGED},
};

HOST_TEST(b6_mount)
{
	u32 n;

	for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct superblock *s = (struct superblock *)disk_bytes[0];

		image_make();
		s->magic = cases[n].magic;
		s->blocks = cases[n].blocks;
		s->inodes = cases[n].inodes;
		expect_answer(cases[n].answer, fs_mount(), "fs_mount() of %s", cases[n].what);
	}
	disk_make(8192 / 8);
	expect_answer(FS_OK, fs_format(), "fs_format()");
	expect_whole("of a new disk of sectors", disk_sectors());
	disk_make(4);
	expect_answer(FS_FULL, fs_format(), "fs_format() of 4 sectors");
}
