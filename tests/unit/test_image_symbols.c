/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/image/symbols.c hv/image/plan.c hv/image/elf.c tests/unit/fake_gmem.c */
/* Names from a guest kernel's symbol table: the right ones, and none from tables of nonsense. The
 * file ends at a page that cannot be read. */
#define _GNU_SOURCE
#include "hv/config/config.h"
#include "hv/guest/guest.h"
#include "hv/image/image.h"
#include "hv/image/plan.h"
#include "tests/unit/support.h"

#include <string.h>
#include <sys/mman.h>

#define BYTES  512u
#define PHDR   52u
#define SHDR   84u
#define SYMS   256u
#define NAMES  400u
#define KERNEL 0xc0100000u

static u8 *file;
static struct boot_module module;
static struct guest_config of;
static struct guest g = {.config = &of};
static char name[40];
static u32 offset;

static void put(u32 at, u32 bytes, u32 value)
{
	memcpy(file + at, &value, bytes);
}

static void symbol(u32 n, u32 text, u32 value, u32 size, u32 info, u32 section)
{
	put(SYMS + n * 16, 4, text);
	put(SYMS + n * 16 + 4, 4, value);
	put(SYMS + n * 16 + 8, 4, size);
	put(SYMS + n * 16 + 12, 1, info);
	put(SYMS + n * 16 + 14, 2, section);
}

const u8 *module_bytes(const struct boot_module *m)
{
	return (const u8 *)(uintptr_t)m->start;
}

static int fresh(void **state)
{
	static u8 *pages;

	(void)state;
	if (!pages) {
		pages = support_low_memory(2 * PAGE_SIZE);
		assert_int_equal(mprotect(pages + PAGE_SIZE, PAGE_SIZE, PROT_NONE), 0);
	}
	file = pages + PAGE_SIZE - BYTES;
	memset(file, 0, BYTES);
	memcpy(file, "\177ELF\1\1\1", 7);
	put(16, 2, 2);
	put(18, 2, 3);
	put(20, 4, 1);
	put(28, 4, PHDR);
	put(32, 4, SHDR);
	put(42, 2, 32);
	put(44, 2, 1);
	put(46, 2, 40);
	put(48, 2, 3);
	put(PHDR, 4, 1);
	put(PHDR + 8, 4, KERNEL);
	put(PHDR + 12, 4, 0x100000);
	put(PHDR + 20, 4, 0x4000);
	put(SHDR + 40 + 4, 4, 2); /* 1: the symbols, whose names are in 2 */
	put(SHDR + 40 + 16, 4, SYMS);
	put(SHDR + 40 + 20, 4, 6 * 16);
	put(SHDR + 40 + 24, 4, 2);
	put(SHDR + 80 + 4, 4, 3);
	put(SHDR + 80 + 16, 4, NAMES);
	put(SHDR + 80 + 20, 4, BYTES - NAMES);
	memcpy(file + NAMES + 1, "start\0work\0data\0label", 22);
	symbol(1, 1, KERNEL, 0x20, 2, 1);
	symbol(2, 7, KERNEL + 0x20, 0x20, 2, 1);
	symbol(3, 12, KERNEL + 0x20, 0x1000, 1, 1); /* an object */
	symbol(4, 17, KERNEL + 0x1000, 0, 0, 1);
	symbol(5, 7, KERNEL + 0x2000, 8, 2, 0xfff1); /* absolute */
	module = (struct boot_module){(u32)(uintptr_t)file, (u32)(uintptr_t)file + BYTES, ""};
	of.kernel = &module;
	return 0;
}

static bool named(u32 address, const char *want, u32 at)
{
	memset(name, 'x', sizeof(name));
	return image_symbol(&g, address, name, sizeof(name), &offset) && !strcmp(name, want) &&
	       offset == at;
}

static void names(void **state)
{
	(void)state;
	assert_true(named(KERNEL, "start", 0));
	assert_true(named(KERNEL + 0x1f, "start", 0x1f));
	assert_true(named(KERNEL + 0x20, "work", 0));
	assert_true(named(KERNEL + 0x1000, "label", 0));
	assert_true(named(KERNEL + 0x10fff, "label", 0xffff));
	assert_true(named(0x100021, "work", 1)); /* before its page tables */
	assert_false(image_symbol(&g, KERNEL + 0x40, name, sizeof(name), &offset));
	assert_false(image_symbol(&g, KERNEL + 0x11000, name, sizeof(name), &offset));
	assert_false(image_symbol(&g, KERNEL - 1, name, sizeof(name), &offset));
	assert_false(image_symbol(&g, 0, name, sizeof(name), &offset));
	assert_true(image_symbol(&g, KERNEL, name, 4, &offset));
	assert_string_equal(name, "sta");
}

/* Each 16-bit word of the headers and the table with each of these values: whatever is found, it
 * was read inside of the file. */
static void nonsense(void **state)
{
	static const u32 values[] = {0, 1, 0x7fff, 0x8000, 0xfff0, 0xffff};

	for (u32 at = 28; at < NAMES; at += 2)
		for (u32 i = 0; i < ARRAY_LEN(values) * 2; i++) {
			fresh(state);
			if (i < ARRAY_LEN(values))
				put(at, 2, values[i]);
			else
				put(at, 4, values[i - ARRAY_LEN(values)] * 0x10001u);
			for (u32 k = 0; k < 4; k++)
				if (image_symbol(&g, k == 3 ? 0x100001 : KERNEL + k * 0x20, name,
						 sizeof(name), &offset))
					assert_in_range(strlen(name), 1, sizeof(name) - 1);
		}
}

/* A file that was cut off, and one that is none. */
static void cut_off(void **state)
{
	(void)state;
	for (u32 gone = 1; gone < BYTES; gone++) {
		memmove(file + 1, file, BYTES - gone); /* it ends where nothing can be read */
		module.start = (u32)(uintptr_t)++file;
		if (image_symbol(&g, KERNEL, name, sizeof(name), &offset))
			assert_string_equal(name, "start");
	}
	fresh(state);
	file[1] = 'e';
	assert_false(image_symbol(&g, KERNEL, name, sizeof(name), &offset));
	fresh(state);
	module.end = module.start;
	assert_false(image_symbol(&g, KERNEL, name, sizeof(name), &offset));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(names, fresh),
		cmocka_unit_test_setup(nonsense, fresh),
		cmocka_unit_test_setup(cut_off, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
