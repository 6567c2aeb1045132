/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/image/loader.c hv/image/elf.c hv/image/bzimage.c hv/image/plan.c
 * tests/unit/fake_gmem.c */
/* Kernel images and initrds, good and hostile: what lands where, and what is refused. */
#include "devices/devices.h"
#include "hv/guest/guest.h"
#include "hv/image/image.h"
#include "hv/image/plan.h"
#include "tests/unit/fake_gmem.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>

#define RAM_PAGES 512u /* 2 MiB */
#define RAM	  (RAM_PAGES * PAGE_SIZE)

/* ---- Modules that exist only here ---------------------------------------------------------- */

/* Each is a block of exactly its size, so that the sanitizer sees a read behind its end. */
static u8 *kernel, *initrd;
static struct boot_module kernel_module, initrd_module;

const u8 *module_bytes(const struct boot_module *m)
{
	return m == &kernel_module ? kernel : initrd;
}

static void set_kernel(const void *bytes, u32 len)
{
	free(kernel);
	kernel = malloc(len);
	if (len)
		memcpy(kernel, bytes, len);
	kernel_module = (struct boot_module){0x400000, 0x400000 + len, ""};
}

static void set_initrd(u32 len)
{
	free(initrd);
	initrd = malloc(len);
	for (u32 i = 0; i < len; i++)
		initrd[i] = (u8)(i * 7 + 1);
	initrd_module = (struct boot_module){0x800000, 0x800000 + len, ""};
}

static struct display_mode *display; /* NULL: the guest has none */

bool bus_display(const struct bus *b, struct display_mode *mode)
{
	(void)b;
	if (display)
		*mode = *display;
	return display;
}

static struct fake_guest fake;
static struct guest guest;
static struct guest_config config_of_guest;

static int setup(void **state)
{
	(void)state;
	fake_guest_init(&fake, RAM_PAGES);
	memset(&guest, 0, sizeof(guest));
	memset(&config_of_guest, 0, sizeof(config_of_guest));
	strcpy(guest.name, "g");
	guest.config = &config_of_guest;
	guest.mem = fake.mem;
	kernel_module = initrd_module = (struct boot_module){0};
	config_of_guest.kernel = &kernel_module;
	config_of_guest.mem_bytes = RAM;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_guest_free(&fake);
	free(kernel);
	free(initrd);
	kernel = initrd = NULL;
	return 0;
}

static u8 *ram(void)
{
	return fake_ram(&fake.mem);
}

static u32 ram32(u32 at)
{
	u32 v;

	memcpy(&v, ram() + at, 4);
	return v;
}

static void assert_zero(u32 from, u32 to)
{
	for (u32 i = from; i < to; i++)
		if (ram()[i])
			fail_msg("byte %#x is %#x", i, ram()[i]);
}

/* Loads, must be refused, and leave every byte of RAM as it was. */
static void refused(void)
{
	struct load_result out = {.entry = 77};

	assert_int_equal(load_guest(&guest, &out), HV_BADARG);
	assert_int_equal(out.entry, 77);
	assert_zero(0, RAM);
}

static u32 loaded(void)
{
	struct load_result out = {.entry = 77};

	assert_int_equal(load_guest(&guest, &out), HV_OK);
	return out.entry;
}

/* ---- ELF ---------------------------------------------------------------------------------- */

#define TEXT_AT	  0x100000u
#define TEXT_SIZE 0x234u
#define DATA_AT	  0x102000u
#define DATA_SIZE 0x10u
#define DATA_MEM  0x3000u
#define FILE_SIZE (0x200u + TEXT_SIZE + DATA_SIZE)

struct phdr {
	u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf_file {
	u8 ident[16];
	u16 type, machine;
	u32 version, entry, phoff, shoff, flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
	struct phdr ph[3];
	u8 rest[FILE_SIZE - 52 - 3 * 32];
};
_Static_assert(sizeof(struct elf_file) == FILE_SIZE, "no padding");

static struct elf_file good_elf(void)
{
	struct elf_file f = {
		.ident = "\177ELF\1\1\1",
		.type = 2,
		.machine = 3,
		.version = 1,
		.entry = TEXT_AT + 4,
		.phoff = 52,
		.ehsize = 52,
		.phentsize = 32,
		.phnum = 3,
		.ph = {{1, 0x200, 0xc0000000 + TEXT_AT, TEXT_AT, TEXT_SIZE, TEXT_SIZE, 5, 4096},
		       {4, 0xffffffff, 0, 0xffffffff, 0xffffffff, 1, 0,
			0}, /* a note: not looked at */
		       {1, 0x200 + TEXT_SIZE, 0, DATA_AT, DATA_SIZE, DATA_MEM, 6, 4096}},
	};

	memset((u8 *)&f + 0x200, 0xaa, TEXT_SIZE);
	memset((u8 *)&f + 0x200 + TEXT_SIZE, 0xbb, DATA_SIZE);
	return f;
}

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

/* ---- bzImage ------------------------------------------------------------------------------ */

#define SETUP_SECTS 3u
#define BZ_OFFSET   ((SETUP_SECTS + 1) * 512)
#define BZ_CODE	    0x1234u
#define BZ_SIZE	    (BZ_OFFSET + BZ_CODE)

static void put(u8 *b, u32 at, u32 v, u32 size)
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
	memcpy(b + 0x202, "HdrS", 4);
	put(b, 0x206, 0x20d, 2);
	b[0x211] = 1;
	put(b, 0x214, 0x100000, 4);
	put(b, 0x230, 0x200000, 4);
	b[0x234] = 1;
	put(b, 0x258, 0x1000000, 4);
	put(b, 0x260, 0x44d000, 4);
	return b;
}

static void put_version(u8 *b, const char *text)
{
	put(b, 0x20e, 0x20, 2);
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
	put(b, 0x230, 0x100000, 4);
	put(b, 0x258, 0x100000, 4);
	put(b, 0x260, 0x4d4000, 4);
	assert_true(plan_bz(b, BZ_SIZE, MIB(16), &p));
	assert_int_equal(p.first_free, 0x100000 + 0x4d4000);
	put(b, 0x230, 0x400000, 4); /* the alignment is above the address it prefers */
	assert_true(plan_bz(b, BZ_SIZE, MIB(16), &p));
	assert_int_equal(p.first_free, 0x400000 + 0x4d4000);
	put(b, 0x260, 0x10000, 4);
	put(b, 0x230, 0x100000, 4);
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
	put(b, 0x258, 0x110000, 4);
	put(b, 0x260, 0x10000, 4);
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
	put(b, 0x258, 0x110000, 4);
	put(b, 0x260, 0x10000, 4);
	put(b, 0x22c, 0x17ffff, 4);
	put(b, 0x238, 40, 4);
	set_kernel(b, BZ_SIZE);
	set_initrd(5000);
	config_of_guest.initrd = &initrd_module;
	loaded();
	assert_int_equal(ram32(0x218), 0x180000 - 8192);
	put(b, 0x22c, 0x17fffe, 4);
	set_kernel(b, BZ_SIZE);
	loaded();
	assert_int_equal(ram32(0x218), 0x17f000 - 8192);
	memset(ram(), 0, RAM);
	put(b, 0x22c, 0x11ffff, 4); /* below the kernel's end */
	set_kernel(b, BZ_SIZE);
	refused();
	put(b, 0x22c, 0xffffffff, 4);
	memset(config_of_guest.cmdline, 'x', 40);
	set_kernel(b, BZ_SIZE);
	loaded();
	memset(ram(), 0, RAM);
	memset(config_of_guest.cmdline, 'x', 41);
	refused();
	/* Older protocols: 896 MiB and 255 bytes. */
	put(b, 0x206, 0x205, 2);
	assert_true(plan_bz(b, BZ_SIZE, MIB(64), &p));
	assert_int_equal(p.cmdline_max, 255);
	put(b, 0x206, 0x202, 2);
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
	BZ_BAD(put(b, 0x206, 0x1ff, 2), "zImage");
	BZ_BAD(b[0x211] = 0, "zImage");
	BZ_BAD(b[0x1f1] = 64, "truncated");
	BZ_BAD(b[0x1f1] = 255, "truncated");
	BZ_BAD(put(b, 0x214, 0xfffff, 4), "entry");
	BZ_BAD(put(b, 0x214, 0x100000 + BZ_CODE, 4), "entry");
	BZ_BAD(put(b, 0x214, 0, 4), "entry");
	BZ_BAD(put(b, 0x214, 0xffffffff, 4), "entry");
	BZ_BAD(put(b, 0x230, 0, 4), "power of two");
	BZ_BAD(put(b, 0x230, 0x300000, 4), "power of two");
	BZ_BAD(put(b, 0x230, 0x80000000, 4), "give at least mem=2053M");
	BZ_BAD(put(b, 0x236, 1, 2), "a 64-bit one");
	BZ_BAD(put_version(b, "6.1.0-13-686-pae (builder)"),
	       "Linux 6.1.0-13-686-pae cannot be a guest: 4.13");
	BZ_BAD(put_version(b, "4.14.0"), "Linux 4.14.0 cannot be a guest");
	BZ_BAD(put(b, 0x260, MIB(48) + 1, 4), "give at least mem=65M");
	BZ_BAD(put(b, 0x260, 0xffffffff, 4), "no guest can have more than 3072M");
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
	put(b, 0x206, 0x209, 2); /* no init_size in these */
	b[0x1f1] = 0;		 /* means 4 */
	assert_true(plan_bz(b, BZ_SIZE, MIB(2), &p));
	assert_int_equal(p.part[0].offset, 5 * 512);
	assert_int_equal(p.first_free, 0x100000 + BZ_SIZE - 5 * 512);
}

static void test_bzimage_truncated(void **state)
{
	struct load_plan p;

	(void)state;
	for (u32 len = 0; len <= BZ_OFFSET; len++) {
		assert_false(plan_bz(good_bzimage(), len, MIB(64), &p));
		if (len % 97 == 0)
			refused();
	}
	assert_true(plan_bz(good_bzimage(), BZ_OFFSET + 1, MIB(64), &p));
}

/* ---- Other files, initrd, command line ------------------------------------------------------ */

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
	struct load_result out;

	(void)state;
	srand(3);
	for (u32 round = 0; round < 4000; round++) {
		f = good_elf();
		for (u32 n = 1 + (u32)rand() % 4; n; n--) {
			u32 at = (u32)rand() % (52 + 3 * 32);

			((u8 *)&f)[at] = rand() % 3 ? (u8)rand() : 0xff;
		}
		set_kernel(&f, sizeof(f));
		if (load_guest(&guest, &out) == HV_OK)
			assert_in_range(out.entry, 0x1800, RAM - 1);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_elf),
		TEST(test_boot_params),
		TEST(test_screen_info),
		TEST(test_elf_header),
		TEST(test_elf_segments),
		TEST(test_elf_edges),
		TEST(test_elf_too_many_segments),
		TEST(test_elf_truncated),
		TEST(test_bzimage),
		TEST(test_bzimage_low),
		TEST(test_bzimage_load),
		TEST(test_bzimage_limits),
		TEST(test_bzimage_bad),
		TEST(test_bzimage_old_protocol),
		TEST(test_bzimage_truncated),
		TEST(test_other_files),
		TEST(test_initrd),
		TEST(test_module_backwards),
		TEST(test_cmdline),
		TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
