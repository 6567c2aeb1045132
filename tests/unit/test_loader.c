/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/image/loader.c hv/image/elf.c hv/image/bzimage.c hv/image/plan.c
 * tests/unit/fake_gmem.c tests/unit/loader_fixture.c */
/* What is loaded beside a kernel, or is none: initrds, command lines, other and damaged files. */
#include "tests/unit/loader_fixture.h"

#include <stdlib.h>
#include <string.h>

static void test_other_files(void **state)
{
	static u8 noise[0x300];

	(void)state;
	refused(); /* no bytes at all */
	set_kernel("\x1f\x8b\x08", 3);
	refused();
	set_kernel("\xfd"
		   "7zXZ",
		   6);
	refused();
	srand(2);
	for (u32 round = 0; round < 1000; round++) {
		for (u32 k = 0; k < sizeof(noise); k++)
			noise[k] = (u8)rand();
		set_kernel(noise, (u32)rand() % sizeof(noise));
		refused();
	}
}

static void test_initrd(void **state)
{
	struct elf_file f = good_elf();
	const u32 room = RAM - (DATA_AT + DATA_MEM);

	(void)state;
	set_kernel(&f, sizeof(f));
	config_of_guest.initrd = &initrd_module;
	set_initrd(0);
	refused();
	set_initrd(room + 1);
	refused();
	set_initrd(RAM);
	refused();
	set_initrd(RAM * 2);
	refused();
	initrd_module.end = 0xfffff000; /* never read: refused by its length */
	initrd_module.start = 0;
	refused();
	set_initrd(room);
	loaded();
	assert_int_equal(ram32(0x218), DATA_AT + DATA_MEM);
	assert_memory_equal(ram() + DATA_AT + DATA_MEM, initrd, room);
}

/* A module whose end lies before its start has no bytes. */
static void test_module_backwards(void **state)
{
	struct elf_file f = good_elf();

	(void)state;
	set_kernel(&f, sizeof(f));
	kernel_module.end = kernel_module.start - 1;
	refused();
}

static void test_cmdline(void **state)
{
	struct elf_file f = good_elf();

	(void)state;
	set_kernel(&f, sizeof(f));
	memset(config_of_guest.cmdline, 'x', 2047);
	f.ph[2].paddr = 0x1800; /* directly behind it */
	set_kernel(&f, sizeof(f));
	loaded();
	assert_int_equal(strlen((char *)ram() + 0x1000), 2047);
	assert_memory_equal(ram() + 0x1800, (u8 *)&f + 0x200 + TEXT_SIZE, DATA_SIZE);
}

/* Random damage to good files: a refusal or a load, never a step outside (the sanitizers see it,
 * and guest_write checks its range). */
static void test_damaged(void **state)
{
	struct elf_file f;
	gpa_t entry;

	(void)state;
	srand(3);
	for (u32 round = 0; round < 4000; round++) {
		f = good_elf();
		for (u32 n = 1 + (u32)rand() % 4; n; n--) {
			u32 at = (u32)rand() % (52 + 3 * 32);

			((u8 *)&f)[at] = rand() % 3 ? (u8)rand() : 0xff;
		}
		set_kernel(&f, sizeof(f));
		if (load(&entry) == HV_OK)
			assert_in_range(entry, 0x1800, RAM - 1);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loader_setup, loader_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_other_files), TEST(test_initrd),  TEST(test_module_backwards),
		TEST(test_cmdline),	TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
