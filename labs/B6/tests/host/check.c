/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The consistency check counts what the test has broken, repairs what is lost, and leaves damage
 * alone. */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

static struct inode *in(u32 number)
{
	return image_inode(number);
}

static struct entry *root_entry(u32 n)
{
	return (struct entry *)disk_bytes[in(ROOT)->pointer[0]] + n;
}

static void nothing(void)
{
}
static void lost_block(void)
{
	image_mark(100, true);
	image_mark(101, true);
}
static void lost_inode(void)
{
	*in(20) = (struct inode){INODE_FILE, 0, 10, {100}, 0};
	image_mark(100, true);
}
static void free_in_use(void)
{
	image_mark(in(INODE_A)->pointer[0], false);
}
static void shared_block(void)
{
	image_mark(in(INODE_BIG)->pointer[3], false);
	in(INODE_BIG)->pointer[3] = in(INODE_A)->pointer[0];
}
static void pointer_outside(void)
{
	image_mark(in(INODE_A)->pointer[0], false);
	in(INODE_A)->pointer[0] = 1;
}
static void hole(void)
{
	image_mark(in(INODE_BIG)->pointer[5], false);
	in(INODE_BIG)->pointer[5] = 0;
}
static void name_of_nothing(void)
{
	root_entry(0)->inode = 30;
	strcpy(root_entry(0)->name, "ghost");
}
static void name_of_wild_number(void)
{
	root_entry(0)->inode = 0xffff0000;
	strcpy(root_entry(0)->name, "wild");
}
static void two_names(void)
{
	root_entry(0)->inode = INODE_A;
	strcpy(root_entry(0)->name, "twice");
}
static void circle(void)
{
	struct entry *e = (struct entry *)disk_bytes[in(INODE_SUB)->pointer[0]];

	e[1].inode = ROOT;
	strcpy(e[1].name, "up");
	in(INODE_SUB)->size += sizeof(*e);
}
static void endless_name(void)
{
	memset(root_entry(2)->name, 'x', FS_NAME_MAX + 1);
}
static void no_name(void)
{
	root_entry(2)->name[0] = '\0';
}

static const struct {
	const char *what;
	void (*break_it)(void);
	u32 lost_blocks, lost_inodes, damage;
} cases[] = {
	{"nothing", nothing, 0, 0, 0},
	{"two lost blocks", lost_block, 2, 0, 0},
	{"a lost inode with a block", lost_inode, 1, 1, 0},
	{"a block in use that the bitmap says is free", free_in_use, 0, 0, 1},
	{"a block of two files", shared_block, 0, 0, 1},
	{"a pointer to the bitmap", pointer_outside, 0, 0, 1},
	{"a file with a hole", hole, 0, 0, 1},
	{"a name whose inode is free", name_of_nothing, 0, 0, 1},
	{"a name with a wild number", name_of_wild_number, 0, 0, 1},
	{"two names of one file", two_names, 0, 0, 1},
	{"a directory inside of itself", circle, 0, 0, 1},
	{"a name that does not end", endless_name, 0, 0, 1},
	{"a name that is empty", no_name, 0, 0, 1},
};

HOST_TEST(b6_check)
{
	static u8 kept[DISK_MAX][SECTOR];
	struct fs_report r;
	u32 n;

	for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		const char *what = cases[n].what;

		image_make();
		cases[n].break_it();
		memcpy(kept, disk_bytes, sizeof(kept));
		expect_answer(FS_OK, fs_mount(), "fs_mount() with %s", what);
		expect_answer(FS_OK, fs_check(&r, false), "fs_check() with %s", what);
		if (cases[n].damage) {
			expect_least(1, r.damage, "the damage with %s", what);
		} else {
			expect_equal(0, r.damage, "the damage with %s", what);
			expect_equal(cases[n].lost_blocks, r.lost_blocks, "lost blocks with %s",
				     what);
			expect_equal(cases[n].lost_inodes, r.lost_inodes, "lost inodes with %s",
				     what);
		}
		expect_true(!memcmp(kept, disk_bytes, sizeof(kept)),
			    "a disk that is only looked at to stay as it is with %s", what);
		if (n == 0) {
			expect_equal(2, r.files, "the files");
			expect_equal(2, r.directories, "the directories");
		}
		if (cases[n].damage) {
			fs_check(&r, true);
			expect_true(!memcmp(kept, disk_bytes, sizeof(kept)),
				    "a damaged disk to be left alone with %s", what);
		} else {
			expect_whole("after case", n);
		}
	}
}
