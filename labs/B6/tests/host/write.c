/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files are written in pieces of all sizes, beside each other, and hold what a model says; then a
 * new mount. */
#include "labs/B6/tests/host/fakedisk.h"

#include <string.h>

#define FILES  3
#define ROUNDS 400
#define PIECE  1700

static struct {
	int number;
	u32 size;
	u8 bytes[FILE_MAX];
} files[FILES];
static u8 buffer[FILE_MAX + BLOCK];

static void piece(u32 f)
{
	u32 at = host_random() % 3 ? files[f].size : host_random() % (files[f].size + 1);
	u32 len = host_random() % PIECE, n, room = FILE_MAX - at;

	for (n = 0; n < len; n++)
		buffer[n] = (u8)host_random();
	if (len > room && room) /* what fits is written */
		expect_answer(room, fs_write((u32)files[f].number, at, buffer, len),
			      "fs_write() over the largest size");
	else if (len > room)
		expect_answer(FS_FULL, fs_write((u32)files[f].number, at, buffer, len),
			      "fs_write() at the largest size");
	else
		expect_answer(len, fs_write((u32)files[f].number, at, buffer, len),
			      "fs_write() of %u bytes at %u of %u", len, at, files[f].size);
	len = len < room ? len : room;
	memcpy(files[f].bytes + at, buffer, len);
	files[f].size = at + len > files[f].size ? at + len : files[f].size;
}

static void compare(const char *when)
{
	u32 f, n;

	for (f = 0; f < FILES; f++) {
		expect_answer(files[f].size,
			      fs_read((u32)files[f].number, 0, buffer, sizeof(buffer)),
			      "the size of file %u %s", f, when);
		for (n = 0; n < files[f].size; n++)
			expect_equal(files[f].bytes[n], buffer[n], "byte %u of file %u %s", n, f,
				     when);
	}
}

HOST_TEST(b6_write)
{
	static const char *const names[FILES] = {"/one", "/two", "/three"};
	u32 n;

	disk_make(2048);
	expect_answer(FS_OK, fs_format(), "fs_format()");
	for (n = 0; n < FILES; n++) {
		files[n].number = fs_create(names[n], INODE_FILE);
		expect_least(ROOT + 1, files[n].number, "fs_create(\"%s\")", names[n]);
	}
	expect_answer(FS_RANGE, fs_write((u32)files[0].number, 1, "x", 1),
		      "fs_write() beyond the end of an empty file");
	for (n = 0; n < ROUNDS; n++) {
		piece(host_random() % FILES);
		if (n % 50 == 0)
			compare("while they are written");
	}
	compare("at the end");
	expect_whole("after round", n);
	compare("after a new mount");
	expect_true(files[0].size == FILE_MAX, "the largest size to be reached");
}
