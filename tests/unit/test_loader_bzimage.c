/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/image/loader.c hv/image/elf.c hv/image/bzimage.c hv/image/plan.c
 * tests/unit/fake_gmem.c tests/unit/loader_fixture.c */
/* Linux bzImages as kernels, good and hostile. */
#include "devices/devices.h"
#include "tests/unit/loader_fixture.h"

#include <string.h>

#define SETUP_SECTS 3u
#define BZ_OFFSET   ((SETUP_SECTS + 1) * 512)
#define BZ_CODE	    0x1234u
#define BZ_SIZE	    (BZ_OFFSET + BZ_CODE)

static void put_le(u8 *b, u32 at, u32 v, u32 size)
{
	memcpy(b + at, &v, size);
}

static u8 *good_bzimage(void)
{
	static u8 b[BZ_SIZE];

	memset(b, 0xcc, sizeof(b));
	memset(b + BZ_OFFSET, 0x90, BZ_CODE);
	b[0x1ef] = 0xff;
	b[0x1f1] = SETUP_SECTS;
	put_le(b, 0x1f4, BZ_CODE / 16 + 1, 4); /* the last paragraph begins in the file */
	memcpy(b + 0x202, "HdrS", 4);
	put_le(b, 0x206, 0x20d, 2);
	b[0x211] = 1;
	put_le(b, 0x214, 0x100000, 4);
	put_le(b, 0x230, 0x200000, 4);
	b[0x234] = 1;
	put_le(b, 0x258, 0x1000000, 4);
	put_le(b, 0x260, 0x44d000, 4);
	return b;
}

static void put_version(u8 *b, const char *text)
{
	put_le(b, 0x20e, 0x20, 2);
	strcpy((char *)b + 0x220, text);
}

static bool plan_bz(const u8 *b, u32 len, u32 mem, struct load_plan *p)
{
	struct image i = {.len = len, .ram = mem};

	set_kernel(b, len);
	i.bytes = kernel;
	memset(p, 0, sizeof(*p));
	return bzimage_is(&i) && bzimage_plan(&i, p);
}

static void test_bzimage(void **state)
{
	struct load_plan p;

	(void)state;
	assert_true(plan_bz(good_bzimage(), BZ_SIZE, MIB(64), &p));
	assert_int_equal(p.parts, 1);
	assert_int_equal(p.part[0].offset, BZ_OFFSET);
	assert_int_equal(p.part[0].len, BZ_CODE);
	assert_int_equal(p.part[0].to, 0x100000);
	assert_int_equal(p.entry, 0x100000);
	assert_int_equal(p.first_free, 0x1000000 + 0x44d000);
}

/* Linux with CONFIG_PHYSICAL_START=0x100000 unpacks itself low and fits into 16 MiB. */
static void test_bzimage_low(void **state)
{
	u8 *b = good_bzimage();
	struct load_plan p;

	(void)state;
	put_le(b, 0x230, 0x100000, 4);
	put_le(b, 0x258, 0x100000, 4);
	put_le(b, 0x260, 0x4d4000, 4);
	assert_true(plan_bz(b, BZ_SIZE, MIB(16), &p));
	assert_int_equal(p.first_free, 0x100000 + 0x4d4000);
	put_le(b, 0x230, 0x400000, 4); /* the alignment is above the address it prefers */
	assert_true(plan_bz(b, BZ_SIZE, MIB(16), &p));
	assert_int_equal(p.first_free, 0x400000 + 0x4d4000);
	put_le(b, 0x260, 0x10000, 4);
	put_le(b, 0x230, 0x100000, 4);
	set_kernel(b, BZ_SIZE);
	assert_int_equal(loaded(), 0x100000);
	assert_int_equal(ram32(0x230), 0x100000);
	assert_int_equal(ram32(0x260), 0x10000);
}

/* A kernel that is not relocatable unpacks where it was built to; small enough to load here. */
static void test_bzimage_load(void **state)
{
	u8 *b = good_bzimage();

	(void)state;
	b[0x234] = 0;
	put_le(b, 0x258, 0x110000, 4);
	put_le(b, 0x260, 0x10000, 4);
	set_kernel(b, BZ_SIZE);
	set_initrd(3 * 4096);
	config_of_guest.initrd = &initrd_module;
	assert_int_equal(loaded(), 0x100000);
	assert_memory_equal(ram() + 0x100000, b + BZ_OFFSET, BZ_CODE);
	assert_zero(0x100000 + BZ_CODE, RAM - 3 * 4096);
	assert_memory_equal(ram() + RAM - 3 * 4096, initrd, 3 * 4096);
	assert_int_equal(ram()[0x1ef], 0); /* nothing of the file's header is copied */
	assert_int_equal(ram32(0x202), 0);
	assert_int_equal(ram32(0x206) & 0xffff, 0x207);
}

/* An initrd's last byte lies at or below initrd_addr_max; a command line has cmdline_size bytes. */
static void test_bzimage_limits(void **state)
{
	u8 *b = good_bzimage();
	struct load_plan p;

	(void)state;
	b[0x234] = 0;
	put_le(b, 0x258, 0x110000, 4);
	put_le(b, 0x260, 0x10000, 4);
	put_le(b, 0x22c, 0x17ffff, 4);
	put_le(b, 0x238, 40, 4);
	set_kernel(b, BZ_SIZE);
	set_initrd(5000);
	config_of_guest.initrd = &initrd_module;
	loaded();
	assert_int_equal(ram32(0x218), 0x180000 - 8192);
	put_le(b, 0x22c, 0x17fffe, 4);
	set_kernel(b, BZ_SIZE);
	loaded();
	assert_int_equal(ram32(0x218), 0x17f000 - 8192);
	memset(ram(), 0, RAM);
	put_le(b, 0x22c, 0x11ffff, 4); /* below the kernel's end */
	set_kernel(b, BZ_SIZE);
	refused();
	put_le(b, 0x22c, 0xffffffff, 4);
	memset(config_of_guest.cmdline, 'x', 40);
	set_kernel(b, BZ_SIZE);
	loaded();
	memset(ram(), 0, RAM);
	memset(config_of_guest.cmdline, 'x', 41);
	refused();
	/* Older protocols: 896 MiB and 255 bytes. */
	put_le(b, 0x206, 0x205, 2);
	assert_true(plan_bz(b, BZ_SIZE, MIB(64), &p));
	assert_int_equal(p.cmdline_max, 255);
	put_le(b, 0x206, 0x202, 2);
	assert_true(plan_bz(b, BZ_SIZE, MIB(64), &p));
	assert_int_equal(p.initrd_end, 0x38000000);
}

#define BZ_BAD(change, says)                                           \
	do {                                                           \
		u8 *b = good_bzimage();                                \
		struct load_plan p;                                    \
		change;                                                \
		assert_false(plan_bz(b, BZ_SIZE, MIB(64), &p));        \
		if (!strstr(p.why, says))                              \
			fail_msg("\"%s\" is not in: %s", says, p.why); \
		refused();                                             \
	} while (0)

static void test_bzimage_bad(void **state)
{
	struct load_plan p;

	(void)state;
	BZ_BAD(put_le(b, 0x206, 0x1ff, 2), "zImage");
	BZ_BAD(b[0x211] = 0, "zImage");
	BZ_BAD(b[0x1f1] = 64, "truncated");
	BZ_BAD(b[0x1f1] = 255, "truncated");
	BZ_BAD(put_le(b, 0x1f4, BZ_CODE / 16 + 2, 4), "truncated");
	BZ_BAD(put_le(b, 0x1f4, 0xffffffffu, 4), "truncated");
	BZ_BAD(put_le(b, 0x214, 0xfffff, 4), "entry");
	BZ_BAD(put_le(b, 0x214, 0x100000 + BZ_CODE, 4), "entry");
	BZ_BAD(put_le(b, 0x214, 0, 4), "entry");
	BZ_BAD(put_le(b, 0x214, 0xffffffff, 4), "entry");
	BZ_BAD(put_le(b, 0x230, 0, 4), "power of two");
	BZ_BAD(put_le(b, 0x230, 0x300000, 4), "power of two");
	BZ_BAD(put_le(b, 0x230, 0x80000000, 4), "give at least mem=2053M");
	BZ_BAD(put_le(b, 0x236, 1, 2), "a 64-bit one");
	BZ_BAD(put_version(b, "6.1.0-13-686-pae (builder)"),
	       "Linux 6.1.0-13-686-pae cannot be a guest: 4.13");
	BZ_BAD(put_version(b, "4.14.0"), "Linux 4.14.0 cannot be a guest");
	BZ_BAD(put_le(b, 0x260, MIB(48) + 1, 4), "give at least mem=65M");
	BZ_BAD(put_le(b, 0x260, 0xffffffff, 4), "no guest can have more than 3072M");
	assert_false(plan_bz(good_bzimage(), BZ_SIZE, MIB(20), &p));
	assert_non_null(strstr(p.why, "give at least mem=21M"));
	assert_true(plan_bz(good_bzimage(), BZ_SIZE, MIB(21), &p));
	assert_false(plan_bz(good_bzimage(), BZ_SIZE, MIB(1), &p));
	assert_non_null(strstr(p.why, "raise mem="));
}

static void test_bzimage_old_protocol(void **state)
{
	u8 *b = good_bzimage();
	struct load_plan p;

	(void)state;
	put_le(b, 0x206, 0x209, 2); /* no init_size in these */
	b[0x1f1] = 0;		    /* means 4 */
	put_le(b, 0x1f4, 0, 4);
	assert_true(plan_bz(b, BZ_SIZE, MIB(2), &p));
	assert_int_equal(p.part[0].offset, 5 * 512);
	assert_int_equal(p.first_free, 0x100000 + BZ_SIZE - 5 * 512);
}

static void test_bzimage_truncated(void **state)
{
	u8 *b = good_bzimage();
	struct load_plan p;

	(void)state;
	for (u32 len = 0; len <= BZ_OFFSET; len++) {
		assert_false(plan_bz(good_bzimage(), len, MIB(64), &p));
		if (len % 97 == 0)
			refused();
	}
	assert_false(plan_bz(good_bzimage(), BZ_SIZE - BZ_CODE % 16, MIB(64), &p));
	put_le(b, 0x1f4, 1, 4);
	assert_true(plan_bz(b, BZ_OFFSET + 1, MIB(64), &p));
	put_le(b, 0x1f4, 2, 4);
	assert_false(plan_bz(b, BZ_OFFSET + 1, MIB(64), &p));
	put_le(b, 0x206, 0x203, 2); /* where it means nothing */
	assert_true(plan_bz(b, BZ_OFFSET + 1, MIB(64), &p));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loader_setup, loader_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_bzimage),	      TEST(test_bzimage_low),
		TEST(test_bzimage_load),      TEST(test_bzimage_limits),
		TEST(test_bzimage_bad),	      TEST(test_bzimage_old_protocol),
		TEST(test_bzimage_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
