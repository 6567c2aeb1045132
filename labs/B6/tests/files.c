/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B6 in the machine: the driver, and files that outlive it. Which test is run when, and what is
 * on the disk, is written in the .test and .sh files beside.
 */
#include "labs/harness/harness.h"
#include "labs/kernel/disk.h"
#include "labs/kernel/fs.h"
#include "labs/kernel/sync.h"

#define WORKERS	 4
#define TURNS	 60
#define BIG	 30000u
#define PER_TURN 20

static u8 data[BIG + SECTOR], back[BIG + SECTOR];

/* The disk holds bytes that the test does not know, but the grader: their digest comes out. */
TEST(b6_read)
{
	u32 n, i;

	check_equal("the number of sectors", option_number("sectors", 0), disk_sectors());
	for (n = 0; n < disk_sectors(); n++) {
		if (!check(disk_read(n, data), "sector %u to be read", n))
			return;
		for (i = 0; i < SECTOR; i += 4)
			note(*(u32 *)(data + i));
	}
	check(!disk_read(disk_sectors(), data) && !disk_read(~0u, data),
	      "no sector behind the last one");
	if (option_number("readonly", 0))
		check(!disk_write(0, data), "a write to a read-only disk to fail");
}

static void fill(u32 sector, u32 turn)
{
	u32 i;

	for (i = 0; i < SECTOR; i++)
		data[i] = (u8)(sector * 31 + turn * 7 + i * i + 1);
}

TEST(b6_write)
{
	u32 n, turn;

	for (turn = 0; turn < 3; turn++) {
		for (n = 0; n < disk_sectors(); n++) {
			fill(n, turn);
			check(disk_write(n, data), "sector %u to be written", n);
		}
		check(disk_flush(), "a flush to succeed");
		for (n = disk_sectors(); n--;) {
			fill(n, turn);
			memset(back, 0, SECTOR);
			check(disk_read(n, back), "sector %u to be read", n);
			if (!check(!memcmp(data, back, SECTOR),
				   "sector %u to hold what was written", n))
				return;
		}
	}
}

static void work(void *arg)
{
	static u8 buffer[WORKERS][SECTOR];
	u32 me = (u32)arg, turn, i;
	u8 *mine = buffer[me];

	for (turn = 0; turn < TURNS; turn++) {
		u32 sector = me * TURNS + turn;

		memset(mine, (int)(sector + 1), SECTOR);
		check(disk_write(sector, mine), "sector %u to be written", sector);
		memset(mine, 0, SECTOR);
		check(disk_read(sector, mine), "sector %u to be read", sector);
		for (i = 0; i < SECTOR; i++)
			if (!check(mine[i] == (u8)(sector + 1), "sector %u of thread %u to be its",
				   sector, me))
				return;
	}
}

/* Several threads at once. */
TEST(b6_threads)
{
	struct thread *worker[WORKERS];
	u32 n;

	for (n = 0; n < WORKERS; n++)
		worker[n] = thread_start("worker", work, (void *)n);
	for (n = 0; n < WORKERS; n++)
		thread_join(worker[n]);
}

static u8 big_byte(u32 n)
{
	return (u8)(n * 13 + n / 256 * 5 + 1);
}

static bool save(const char *path, const void *bytes, u32 len)
{
	int number = fs_create(path, INODE_FILE), written;

	if (!check(number > 0, "fs_create(\"%s\") to succeed, seen: %s", path,
		   fs_text(number < 0 ? number : 0)))
		return false;
	written = fs_write((u32)number, 0, bytes, len);
	return check(written == (int)len, "%u bytes of %s to be written, seen %d", len, path,
		     written);
}

static bool compare(const char *path, const void *bytes, u32 len)
{
	int number = fs_find(path), got;

	if (!check(number > 0, "%s to be there, seen: %s", path, fs_text(number < 0 ? number : 0)))
		return false;
	memset(back, 0, sizeof(back));
	got = fs_read((u32)number, 0, back, sizeof(back));
	check(got == (int)len, "%s to have %u bytes, seen %d", path, len, got);
	return check(!memcmp(bytes, back, len), "%s to hold what was written", path);
}

/* The disk comes with the file /from-host; the grader compares the others with what it expects. */
TEST(b6_first)
{
	u32 n;
	int got;

	if (!check(files_ready, "the disk to be mounted"))
		return;
	got = fs_read((u32)fs_find("/from-host"), 0, data, SECTOR);
	for (n = 0; (int)n < got; n++)
		note(data[n]);
	part("host");
	for (n = 0; n < BIG; n++)
		data[n] = big_byte(n);
	check(fs_create("/dir", INODE_DIR) > 0, "a directory to be made");
	save("/dir/big", data, BIG);
	save("/greeting", "written by the first boot\n", 26);
	save("/short-lived", data, 5000);
	check(fs_unlink("/short-lived") == FS_OK, "/short-lived to be removed");
	part("write");
}

TEST(b6_second)
{
	u32 n;

	if (!check(files_ready, "the disk to be mounted"))
		return;
	for (n = 0; n < BIG; n++)
		data[n] = big_byte(n);
	compare("/dir/big", data, BIG);
	compare("/greeting", "written by the first boot\n", 26);
	check(fs_find("/short-lived") == FS_NOT_FOUND, "/short-lived to be gone");
	part("second");
}

/* Works until somebody pulls the plug; /kept is from before. */
TEST(b6_busy)
{
	char name[] = "/dir/a";
	u32 turn, n;

	if (!check(files_ready, "the disk to be mounted"))
		return;
	for (n = 0; n < BIG; n++)
		data[n] = big_byte(n);
	save("/kept", data, BIG);
	check(fs_create("/dir", INODE_DIR) > 0, "a directory to be made");
	for (turn = 1;; turn++) {
		for (n = 0; n < PER_TURN; n++) {
			name[5] = (char)('a' + n);
			save(name, data, 9000);
		}
		printf("b6_busy: turn %u\n", turn);
		for (n = 0; n < PER_TURN; n++) {
			name[5] = (char)('a' + n);
			check(fs_unlink(name) == FS_OK, "%s to be removed", name);
		}
	}
}

/* After that: the kernel has checked the disk already. */
TEST(b6_after)
{
	struct fs_report r;
	u32 n;

	if (!check(files_ready, "the disk to be mounted, without damage"))
		return;
	check(fs_check(&r, false) == FS_OK && !r.damage && !r.lost_blocks && !r.lost_inodes,
	      "nothing to be lost after the repair");
	for (n = 0; n < BIG; n++)
		data[n] = big_byte(n);
	compare("/kept", data, BIG);
	save("/later", data, BIG);
	compare("/later", data, BIG);
}
