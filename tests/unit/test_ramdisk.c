/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/ramdisk.c */
/* The RAM disk as a back-end: bytes in the right place, and none outside. */
#include "devices/block.h"
#include "tests/unit/support.h"

#include <string.h>

static enum hv_status result;
static u32 calls;

static void done(struct blk_req *r, enum hv_status status)
{
	(void)r;
	result = status;
	calls++;
}

static enum hv_status run(struct blk_backend *d, bool write, u64 sector, u32 sectors, void *buf)
{
	struct blk_req r = {
		.write = write, .sector = sector, .sectors = sectors, .buf = buf, .done = done};

	calls = 0;
	d->ops->submit(d, &r);
	assert_int_equal(calls, 1);
	return result;
}

static void geometry(void **state)
{
	static u8 bytes[1];
	struct blk_backend d;

	(void)state;
	ramdisk_init(&d, "a-name-that-is-longer-than-the-place-for-it", bytes, 1535);
	assert_int_equal(d.sectors, 2);
	assert_string_equal(d.name, "a-name-that-is-longer-than-the-");
	assert_false(d.readonly);
	assert_int_equal(d.users + d.writers, 0);
	ramdisk_init(&d, "x", bytes, 511);
	assert_int_equal(d.sectors, 0);
	ramdisk_init(&d, "x", bytes, 1ull << 40);
	assert_true(d.sectors == 1ull << 31);
}

static void transfers(void **state)
{
	static u8 bytes[4 * 512 + 100], buf[4 * 512];
	struct blk_backend d;

	(void)state;
	memset(bytes, 0xee, sizeof(bytes));
	ramdisk_init(&d, "x", bytes, sizeof(bytes));
	memset(buf, 0x11, sizeof(buf));
	assert_int_equal(run(&d, true, 1, 2, buf), HV_OK);
	assert_int_equal(bytes[511], 0xee);
	assert_int_equal(bytes[512], 0x11);
	assert_int_equal(bytes[1535], 0x11);
	assert_int_equal(bytes[1536], 0xee);
	assert_int_equal(run(&d, false, 0, 4, buf), HV_OK);
	assert_memory_equal(buf, bytes, sizeof(buf));
	assert_int_equal(run(&d, false, 4, 0, buf), HV_OK);
}

static void out_of_range(void **state)
{
	static u8 bytes[4 * 512], buf[5 * 512];
	static const struct {
		u64 sector;
		u32 sectors;
	} bad[] = {{0, 5},
		   {4, 1},
		   {3, 2},
		   {5, 0},
		   {0xffffffffffffffff, 1},
		   {0xffffffffffffffff, 2},
		   {1, 0xffffffff},
		   {0x80000000000000ull, 1}};
	struct blk_backend d;

	(void)state;
	ramdisk_init(&d, "x", bytes, sizeof(bytes));
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(run(&d, true, bad[i].sector, bad[i].sectors, buf), HV_BADARG);
		assert_int_equal(run(&d, false, bad[i].sector, bad[i].sectors, buf), HV_BADARG);
	}
	d.readonly = true;
	assert_int_equal(run(&d, true, 0, 1, buf), HV_BADARG);
	assert_int_equal(run(&d, false, 0, 1, buf), HV_OK);
}

static void flush_and_cancel(void **state)
{
	static u8 bytes[512];
	struct blk_req r = {.done = done};
	struct blk_backend d;

	(void)state;
	ramdisk_init(&d, "x", bytes, sizeof(bytes));
	calls = 0;
	d.ops->flush(&d, &r);
	assert_int_equal(calls, 1);
	assert_int_equal(result, HV_OK);
	d.ops->cancel(&d, NULL);
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(geometry),
		cmocka_unit_test(transfers),
		cmocka_unit_test(out_of_range),
		cmocka_unit_test(flush_and_cancel),
	};

	return cmocka_run_group_tests_name("ramdisk", tests, NULL, NULL);
}
