/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names come and go: thousands of creations and removals against a model, in two directories. */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

#define NAMES  40
#define ROUNDS 3000

static const char *const dirs[2] = {"", "/a-directory"};
static int there[2][NAMES]; /* the inode's number, 0: no such file */
static u32 listed;

static const char *path(u32 dir, u32 n)
{
	static char text[80];

	/* Of all lengths up to the longest, all beginning alike. */
	snprintf(text, sizeof(text), "%s/%.*s%02u", dirs[dir], (int)(n % (FS_NAME_MAX - 1)),
		 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", n);
	return text;
}

static void count(const char *name, const struct inode *i)
{
	expect_true(strlen(name) <= FS_NAME_MAX && name[0], "a good name in the list");
	listed += i->type == INODE_FILE;
}

static void compare(u32 dir)
{
	u32 n, files = 0;

	for (n = 0; n < NAMES; n++) {
		expect_answer(there[dir][n] ? there[dir][n] : FS_NOT_FOUND, fs_find(path(dir, n)),
			      "fs_find(\"%s\")", path(dir, n));
		files += there[dir][n] != 0;
	}
	listed = 0;
	expect_answer(FS_OK, fs_list(dir ? dirs[dir] : "/", count), "fs_list()");
	expect_equal(files, listed, "the files that fs_list() says");
}

static void change(u32 dir, u32 n)
{
	if (there[dir][n]) {
		expect_answer(FS_EXISTS, fs_create(path(dir, n), INODE_FILE),
			      "fs_create(\"%s\") again", path(dir, n));
		expect_answer(FS_OK, fs_unlink(path(dir, n)), "fs_unlink(\"%s\")", path(dir, n));
		there[dir][n] = 0;
	} else {
		expect_answer(FS_NOT_FOUND, fs_unlink(path(dir, n)), "fs_unlink(\"%s\")",
			      path(dir, n));
		there[dir][n] = fs_create(path(dir, n), INODE_FILE);
		expect_least(ROOT + 1, there[dir][n], "fs_create(\"%s\")", path(dir, n));
		expect_answer(5, fs_write((u32)there[dir][n], 0, "12345", 5), "fs_write()");
	}
}

HOST_TEST(b6_names)
{
	u32 n;

	disk_make(1024);
	expect_answer(FS_OK, fs_format(), "fs_format()");
	expect_true(fs_create(dirs[1], INODE_DIR) > (int)ROOT, "a directory to be made");
	for (n = 0; n < ROUNDS; n++) {
		change(host_random() % 2, host_random() % NAMES);
		if (n % 100 == 0)
			compare(n / 100 % 2);
	}
	compare(0);
	compare(1);
	expect_true(fs_create("/longer-name", INODE_FILE) > 0, "a file to be made");
	expect_answer(FS_NOT_FOUND, fs_find("/longer"), "fs_find() of the beginning of a name");
	expect_answer(FS_NOT_FOUND, fs_find("/longer-names"), "fs_find() of a name and more");
	expect_answer(FS_NAME, fs_create("/", INODE_FILE), "fs_create(\"/\")");
	expect_answer(FS_NAME, fs_unlink("/"), "fs_unlink(\"/\")");
	expect_answer(FS_NAME, fs_create("/1234567890123456789012345678", INODE_FILE),
		      "fs_create() of a name with 28 characters");
	expect_answer(FS_NOT_EMPTY, fs_unlink(dirs[1]), "fs_unlink() of a directory with files");
	for (n = 0; n < NAMES; n++)
		if (there[1][n])
			change(1, n);
	expect_answer(FS_OK, fs_unlink(dirs[1]), "fs_unlink() of an empty directory");
	expect_answer(FS_NOT_FOUND, fs_find(dirs[1]), "fs_find() of it");
	expect_whole("after round", ROUNDS);
}
