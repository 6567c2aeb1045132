/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a disk that the test made are found and read, whole and in parts. */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

static u8 buffer[IMAGE_BIG + BLOCK];

static void part(u32 at, u32 len)
{
	u32 there = at < IMAGE_BIG ? IMAGE_BIG - at : 0, n;

	there = len < there ? len : there;
	memset(buffer, 0xee, sizeof(buffer));
	expect_answer(there, fs_read(INODE_BIG, at, buffer, len), "fs_read() of %u bytes at %u",
		      len, at);
	for (n = 0; n < there; n++)
		expect_equal(image_byte(at + n), buffer[n], "byte %u of the file", at + n);
	for (; n < sizeof(buffer); n++)
		expect_equal(0xee, buffer[n], "the byte behind what was read at %u", at);
}

HOST_TEST(b6_read)
{
	u32 n;

	image_make();
	expect_answer(FS_OK, fs_mount(), "fs_mount()");
	expect_answer(INODE_A, fs_find("/a"), "fs_find(\"/a\")");
	expect_answer(INODE_BIG, fs_find("/dir/big"), "fs_find(\"/dir/big\")");
	expect_answer(INODE_SUB, fs_find("//dir//"), "fs_find(\"//dir//\")");
	expect_answer(ROOT, fs_find("/"), "fs_find(\"/\")");
	expect_answer(FS_NOT_FOUND, fs_find("/b"), "fs_find(\"/b\")");
	expect_answer(FS_NOT_FOUND, fs_find("/dir/a"), "fs_find(\"/dir/a\")");
	expect_answer(FS_KIND, fs_find("/a/x"), "fs_find(\"/a/x\")");
	expect_answer(3, fs_read(INODE_A, 0, buffer, 100), "fs_read() of a short file");
	expect_true(!memcmp(buffer, "abc", 3), "the text of /a");
	part(0, IMAGE_BIG);
	part(0, IMAGE_BIG + 500);
	part(DIRECT * BLOCK - 1, 2);
	part(IMAGE_BIG - 1, 10);
	part(IMAGE_BIG, 10);
	part(~0u, 10);
	for (n = 0; n < 300; n++)
		part(host_random() % IMAGE_BIG, host_random() % 1500);
}
