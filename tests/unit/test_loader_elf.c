/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/image/loader.c hv/image/elf.c hv/image/bzimage.c hv/image/plan.c
 * tests/unit/fake_gmem.c tests/unit/loader_fixture.c */
/* ELF files as kernels, good and hostile. */
#include "devices/devices.h"
#include "tests/unit/loader_fixture.h"

#include <string.h>

static void test_elf(void **state)
{
	struct elf_file f = good_elf();

	(void)state;
	set_kernel(&f, sizeof(f));
	strcpy(config_of_guest.cmdline, "console=hvc0 quiet");
	assert_int_equal(loaded(), TEXT_AT + 4);
	assert_memory_equal(ram() + TEXT_AT, (u8 *)&f + 0x200, TEXT_SIZE);
	assert_zero(TEXT_AT + TEXT_SIZE, DATA_AT);
	assert_memory_equal(ram() + DATA_AT, (u8 *)&f + 0x200 + TEXT_SIZE, DATA_SIZE);
	assert_zero(DATA_AT + DATA_SIZE, RAM);
	assert_zero(0x1800, TEXT_AT);
	assert_string_equal((char *)ram() + 0x1000, "console=hvc0 quiet");
}

/* Every field of boot_params that the guest ABI names, and nothing else. */
static void test_boot_params(void **state)
{
	static u8 want[4096];
	struct elf_file f = good_elf();

	(void)state;
	set_kernel(&f, sizeof(f));
	set_initrd(5000);
	config_of_guest.initrd = &initrd_module;
	loaded();
	memset(want, 0, sizeof(want));
	want[0x1e8] = 1;
	want[0x206] = 0x07;
	want[0x207] = 0x02;
	want[0x210] = 0xff;
	want[0x211] = 0x40;
	memcpy(want + 0x218, &(u32){RAM - 8192}, 4);
	memcpy(want + 0x21c, &(u32){5000}, 4);
	memcpy(want + 0x228, &(u32){0x1000}, 4);
	memcpy(want + 0x230, &(u32){0x01000000}, 4);
	memcpy(want + 0x23c, &(u32){1}, 4);
	memcpy(want + 0x2d8, &(u32){RAM}, 4);
	memcpy(want + 0x2e0, &(u32){1}, 4);
	memcpy(want + 0x250, &(u32){0xf00}, 4); /* a second entry, which Linux wants for mem= */
	memcpy(want + 0xf08, &(u32){1}, 4);
	memcpy(want + 0xf0c, &(u32){20}, 4);
	memcpy(want + 0xf10, &(u32){0xffc00000}, 4);
	memcpy(want + 0xf18, &(u32){0x400000}, 4);
	memcpy(want + 0xf20, &(u32){2}, 4);
	assert_memory_equal(ram(), want, 4096);
	assert_memory_equal(ram() + RAM - 8192, initrd, 5000);
	assert_zero(RAM - 8192 + 5000, RAM);
}

/* A display is announced as a framebuffer without text columns. */
static void test_screen_info(void **state)
{
	struct display_mode mode = {
		.address = 0x4400000, .width = 800, .height = 600, .stride = 3200, .bpp = 32};
	static u8 want[64];
	struct elf_file f = good_elf();

	(void)state;
	set_kernel(&f, sizeof(f));
	display = &mode;
	loaded();
	display = NULL;
	want[0x0f] = 0x23;
	memcpy(want + 0x12, &(u16){800}, 2);
	memcpy(want + 0x14, &(u16){600}, 2);
	want[0x16] = 32;
	memcpy(want + 0x18, &(u32){0x4400000}, 4);
	want[0x1c] = 30; /* 1 920 000 bytes in units of 64 KiB */
	memcpy(want + 0x24, &(u16){3200}, 2);
	memcpy(want + 0x26, "\x08\x10\x08\x08\x08\x00\x08\x18", 8);
	want[0x32] = 1;
	want[0x34] = 0xb9;
	assert_memory_equal(ram(), want, sizeof(want));
}

/* The plan of a changed copy of the good file, in a guest of `mem` bytes. */
static bool plan_elf(const struct elf_file *f, u32 len, u32 mem, struct load_plan *p)
{
	struct image i = {.len = len, .ram = mem};
	bool ok;

	set_kernel(f, len);
	i.bytes = kernel;
	memset(p, 0, sizeof(*p));
	ok = elf_is(&i) && elf_plan(&i, p);
	assert_true(ok || p->why[0] || len < 4);
	return ok;
}

#define ELF_BAD(change, says)                                          \
	do {                                                           \
		struct elf_file f = good_elf();                        \
		struct load_plan p;                                    \
		change;                                                \
		assert_false(plan_elf(&f, sizeof(f), RAM, &p));        \
		if (!strstr(p.why, says))                              \
			fail_msg("\"%s\" is not in: %s", says, p.why); \
		refused();                                             \
	} while (0)

static void test_elf_header(void **state)
{
	(void)state;
	ELF_BAD(f.ident[4] = 2, "32-bit");
	ELF_BAD(f.ident[5] = 2, "little-endian");
	ELF_BAD(f.type = 3, "without -pie");
	ELF_BAD(f.type = 1, "type 1, machine 3");
	ELF_BAD(f.machine = 62, "machine 62");
	ELF_BAD(f.phentsize = 31, "program headers of 31 bytes");
	ELF_BAD(f.phentsize = 0, "program headers of 0 bytes");
	ELF_BAD(f.phentsize = 0xffff, "truncated");
	ELF_BAD(f.phnum = 0, "0 program headers");
	ELF_BAD(f.phnum = 0xffff, "65535 program headers");
	ELF_BAD(f.phoff = sizeof(f) - 95, "truncated");
	ELF_BAD(f.phoff = 0xfffffff0, "truncated");
	ELF_BAD(f.phoff = 0xffffffff, "truncated");
}

static void test_elf_segments(void **state)
{
	(void)state;
	ELF_BAD(f.ph[0].filesz++, "more bytes in the file");
	ELF_BAD(f.ph[0].memsz--, "more bytes in the file");
	ELF_BAD(f.ph[2].offset++, "behind the end of the file");
	ELF_BAD(f.ph[2].offset = 0xfffffff8, "behind the end of the file");
	ELF_BAD((f.ph[0].filesz = f.ph[0].memsz = 0xffffffff), "behind the end of the file");
	ELF_BAD(f.ph[2].memsz = RAM - DATA_AT + 1, "raise mem=");
	ELF_BAD(f.ph[2].memsz = 0xffffffff, "raise mem=");
	ELF_BAD(f.ph[2].memsz = 0u - DATA_AT, "raise mem="); /* ends at 4 GiB, wraps to 0 */
	ELF_BAD(f.ph[2].paddr = 0xfffffff0, "raise mem=");
	ELF_BAD(f.ph[2].paddr = RAM - DATA_MEM + 1, "raise mem=");
	ELF_BAD(f.ph[2].paddr = 0, "command line");
	ELF_BAD(f.ph[2].paddr = 0x17ff, "link it at 0x1800 or above");
	ELF_BAD(f.ph[2].paddr = TEXT_AT + TEXT_SIZE - 1, "overlaps");
	ELF_BAD(f.ph[2].paddr = TEXT_AT - DATA_MEM + 1, "overlaps");
	ELF_BAD(f.ph[2].paddr = TEXT_AT, "overlaps");
	ELF_BAD(f.entry = TEXT_AT - 1, "entry");
	ELF_BAD(f.entry = TEXT_AT + TEXT_SIZE, "entry");
	ELF_BAD(f.entry = 0, "entry");
	ELF_BAD(f.entry = 0xc0100004, "entry");
	ELF_BAD(f.entry = DATA_AT + DATA_SIZE, "entry"); /* in .bss: nothing is there */
	ELF_BAD((f.ph[0].type = f.ph[2].type = 0), "entry");
}

/* The edges that are just right. */
static void test_elf_edges(void **state)
{
	struct elf_file f = good_elf();
	struct load_plan p;

	(void)state;
	f.ph[2].memsz = RAM - DATA_AT;
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
	assert_int_equal(p.first_free, RAM);
	f = good_elf();
	f.ph[2].paddr = TEXT_AT + TEXT_SIZE;
	f.entry = TEXT_AT + TEXT_SIZE - 1;
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
	f = good_elf();
	f.ph[2].paddr = 0x1800;
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
	assert_int_equal(p.first_free, TEXT_AT + TEXT_SIZE);
	f = good_elf();
	f.ph[2].filesz = f.ph[2].memsz = 0; /* an empty segment anywhere */
	f.ph[2].paddr = 0xffffffff;
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
	assert_int_equal(p.parts, 1);
	f = good_elf();
	f.ph[2].filesz = 0; /* all of it is .bss: where it would be in the file means nothing */
	f.ph[2].offset = 0xffffffff;
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
	assert_int_equal(p.parts, 2);
	f = good_elf();
	f.phentsize = 64; /* longer entries: the first and the third header of 32 bytes */
	f.phnum = 2;
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
	assert_int_equal(p.parts, 2);
	assert_int_equal(p.part[1].to, DATA_AT);
}

static void test_elf_too_many_segments(void **state)
{
	enum { COUNT = IMAGE_PARTS + 1 };
	static u8 bytes[52 + COUNT * 32 + 16];
	struct elf_file f = good_elf();
	struct image i = {.bytes = bytes, .len = sizeof(bytes), .ram = RAM};
	struct load_plan p = {0};

	(void)state;
	memcpy(bytes, &f, 52);
	for (u32 k = 0; k < COUNT; k++) {
		struct phdr ph = {1, 52 + COUNT * 32, 0, TEXT_AT + k * 16, 16, 16, 5, 1};

		memcpy(bytes + 52 + k * 32, &ph, 32);
	}
	*(u16 *)(void *)(bytes + 44) = COUNT;
	assert_false(elf_plan(&i, &p));
	assert_non_null(strstr(p.why, "more than 16 segments"));
	*(u16 *)(void *)(bytes + 44) = COUNT - 1;
	memset(&p, 0, sizeof(p));
	assert_true(elf_plan(&i, &p));
	assert_int_equal(p.parts, IMAGE_PARTS);
}

/* The good file cut after every byte: refused until all that is loaded is there. */
static void test_elf_truncated(void **state)
{
	struct elf_file f = good_elf();
	struct load_plan p;

	(void)state;
	for (u32 len = 0; len < sizeof(f); len++) {
		assert_false(plan_elf(&f, len, RAM, &p));
		if (len % 97 == 0) /* looks at all of RAM */
			refused();
	}
	assert_true(plan_elf(&f, sizeof(f), RAM, &p));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loader_setup, loader_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_elf),
		TEST(test_boot_params),
		TEST(test_screen_info),
		TEST(test_elf_header),
		TEST(test_elf_segments),
		TEST(test_elf_edges),
		TEST(test_elf_too_many_segments),
		TEST(test_elf_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
