/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks made to do harm. Whatever is on it, each operation ends, touches no memory but its own
 * (AddressSanitizer looks) and no block outside of the file system; a file whose inode is good can
 * be read all the same.
 */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

#define ROUNDS 3000

static u8 buffer[FILE_MAX + BLOCK];

static void ignore(const char *name, const struct inode *i)
{
	expect_true(strlen(name) <= FS_NAME_MAX, "a name that ends");
	expect_true(i->size <= FILE_MAX, "a size that may be");
}

static void use_all(void)
{
	struct fs_report r;
	u32 n;
	int number;

	if (fs_mount())
		return;
	fs_check(&r, host_random() % 2);
	fs_list("/", ignore);
	fs_list("/dir", ignore);
	for (n = 0; n < 8; n++)
		fs_read(host_random() % 70, host_random() % 9000, buffer, sizeof(buffer));
	number = fs_create("/dir/x", INODE_FILE);
	fs_write((u32)number, 0, buffer, host_random() % 20000);
	fs_write(host_random(), host_random(), buffer, host_random() % 20000);
	fs_unlink("/dir/big");
	fs_unlink("/a");
	fs_unlink("/dir");
}

/* Bad numbers at the places where they hurt. */
static void numbers(void)
{
	static const u32 bad[] = {0,	      1,  IMAGE_TABLE, IMAGE_DATA - 1, IMAGE_SECTORS,
				  0x7fffffff, ~0u};
	u32 n, place;

	for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
		for (place = 0; place < 16; place++) {
			struct inode *i = image_inode(INODE_BIG);
			struct fs_report r;
			int got;

			image_make();
			if (place < 15)
				(&i->size)[place] = bad[n];
			else
				((u32 *)disk_bytes[i->indirect])[20] = bad[n];
			expect_answer(FS_OK, fs_mount(), "fs_mount()");
			got = fs_read(INODE_BIG, 0, buffer, sizeof(buffer));
			if (place == 0 && bad[n] <= 1) /* a short file, indeed */
				expect_equal(bad[n], got, "a read of %u bytes", bad[n]);
			else if (place == 0 && bad[n] <= IMAGE_SECTORS)
				expect_equal(bad[n], got, "a read of %u bytes", bad[n]);
			else
				expect_answer(FS_DAMAGED, got,
					      "fs_read() with word %u of the inode "
					      "being %u",
					      place, bad[n]);
			expect_answer(FS_OK, fs_check(&r, false), "fs_check()");
			expect_true(r.damage || r.lost_blocks || place == 0, "damage to be found");
			expect_answer(3, fs_read(INODE_A, 0, buffer, 3),
				      "fs_read() of another file");
		}
}

/* The other numbers that an inode or an entry holds, and those that callers make up. */
static void doors(void)
{
	static const u32 no_inode[] = {0, IMAGE_INODES, 0x7fffffff, ~0u};
	struct inode *sub = image_inode(INODE_SUB);
	struct entry *root;
	u32 n;

	image_make();
	expect_answer(FS_OK, fs_mount(), "fs_mount()");
	for (n = 0; n < sizeof(no_inode) / sizeof(no_inode[0]); n++)
		expect_answer(FS_DAMAGED, fs_read(no_inode[n], 0, buffer, 1), "fs_read(%u)",
			      no_inode[n]);
	expect_answer(FS_NOT_FOUND, fs_write(40, 0, buffer, 1), "fs_write() to a free inode");
	sub->size++;
	expect_answer(FS_DAMAGED, fs_find("/dir/big"),
		      "fs_find() in a directory with a part of an entry");
	sub->size--;
	sub->type = INODE_DIR + 1;
	expect_answer(FS_DAMAGED, fs_find("/dir/big"), "fs_find() below an unknown type");
	sub->type = INODE_DIR;
	root = (struct entry *)disk_bytes[image_inode(ROOT)->pointer[0]];
	for (n = 0; n < BLOCK / sizeof(*root); n++)
		root[n].inode = root[n].inode ? IMAGE_INODES : 0;
	expect_answer(FS_DAMAGED, fs_find("/a"), "fs_find() of a name with a wild number");
}

HOST_TEST(b6_hostile)
{
	u32 round, n;

	doors();
	numbers();
	for (round = 0; round < ROUNDS; round++) {
		image_make();
		for (n = host_random() % 6; n; n--) { /* words of the first blocks */
			u32 *words = (u32 *)disk_bytes[host_random() % (IMAGE_DATA + 10)];

			words[host_random() % (BLOCK / 4)] =
				host_random() % 2 ? host_random() % 300 : host_random() << 1;
		}
		for (n = host_random() % 20; n; n--) /* the inodes that are used */
			((u8 *)image_inode(host_random() % 6))[host_random() % 64] =
				(u8)host_random();
		use_all();
	}
}
