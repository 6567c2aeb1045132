/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The power goes after each single write of a list of operations, and of what the disk still had in
 * its cache nothing, all, or some reaches it. The check finds no damage, and files that nobody
 * touched are whole.
 */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

#define OLD_BYTES 9000u /* goes into the indirect block */
#define NEW_BYTES 8200u
#define APPENDED  3000u /* then, to a file that has its indirect block */

static u8 old_text[OLD_BYTES + APPENDED], new_text[NEW_BYTES], back[FILE_MAX];

static void before(void)
{
	int number;

	disk_make(512);
	fs_format();
	fs_create("/dir", INODE_DIR);
	number = fs_create("/dir/keep", INODE_FILE);
	fs_write((u32)number, 0, old_text, OLD_BYTES);
	number = fs_create("/grows", INODE_FILE);
	fs_write((u32)number, 0, old_text, OLD_BYTES);
	number = fs_create("/gone", INODE_FILE);
	fs_write((u32)number, 0, old_text, OLD_BYTES);
}

static void operations(void)
{
	int number = fs_create("/dir/new", INODE_FILE);
	char name[] = "/dir/a";

	if (number > 0)
		fs_write((u32)number, 0, new_text, NEW_BYTES);
	fs_unlink("/gone");
	number = fs_create("/again", INODE_FILE); /* into the blocks of /gone */
	if (number > 0)
		fs_write((u32)number, 0, new_text, NEW_BYTES);
	for (; name[5] < 'r'; name[5]++) /* the directory grows */
		fs_create(name, INODE_DIR);
	fs_unlink("/dir/new");
	fs_unlink("/dir/a");
	number = fs_find("/grows");
	if (number > 0)
		fs_write((u32)number, OLD_BYTES, old_text + OLD_BYTES, APPENDED);
}

/* The file holds the beginning of what was written, at least so many bytes; or is not there (0). */
static void expect_beginning(const char *path, const u8 *text, u32 size, u32 least, u32 cut)
{
	int number = fs_find(path), got, n;

	if (number == FS_NOT_FOUND && !least)
		return;
	expect_least(ROOT + 1, number, "fs_find(\"%s\") after a cut at write %u", path, cut);
	got = fs_read((u32)number, 0, back, sizeof(back));
	expect(got >= (int)least && got <= (int)size, size, got,
	       "the size of %s after a cut at write %u", path, cut);
	for (n = 0; n < got; n++)
		expect_equal(text[n], back[n], "byte %d of %s after a cut at write %u", n, path,
			     cut);
}

/* What fs_write() said that it has written is there, should the power go right then. */
static void expect_kept(void)
{
	int number;

	before();
	number = fs_create("/said", INODE_FILE);
	expect_answer(NEW_BYTES, fs_write((u32)number, 0, new_text, NEW_BYTES), "fs_write()");
	disk_power_on(CUT_NOTHING);
	expect_whole("after a power cut behind fs_write()", 0);
	expect_beginning("/said", new_text, NEW_BYTES, NEW_BYTES, 0);
}

HOST_TEST(b6_crash)
{
	u32 cut, kind, total, n;

	for (n = 0; n < OLD_BYTES + APPENDED; n++)
		old_text[n] = (u8)(n * 3 + n / 256 + 1);
	for (n = 0; n < NEW_BYTES; n++)
		new_text[n] = (u8)(n * 5 + n / 256 + 2);
	expect_kept();
	before();
	disk_cut_after(CUT_NEVER);
	operations();
	total = disk_writes();
	expect_least(80, total, "the number of writes");
	expect_true(fs_find("/again") > 0 && fs_find("/dir/q") > 0, "the operations to be done");
	for (cut = 0; cut < total; cut++)
		for (kind = 0; kind < CUT_KINDS; kind++) {
			before();
			disk_cut_after(cut);
			operations();
			disk_power_on(kind);
			expect_whole("after a power cut at write", cut);
			expect_beginning("/dir/keep", old_text, OLD_BYTES, OLD_BYTES, cut);
			expect_beginning("/grows", old_text, OLD_BYTES + APPENDED, OLD_BYTES, cut);
			expect_beginning("/dir/new", new_text, NEW_BYTES, 0, cut);
			expect_beginning("/again", new_text, NEW_BYTES, 0, cut);
			n = (u32)fs_create("/afterwards", INODE_FILE);
			expect_answer(OLD_BYTES, fs_write(n, 0, old_text, OLD_BYTES),
				      "fs_write() after the cut");
			expect_whole("and more work after a power cut at write", cut);
		}
}
