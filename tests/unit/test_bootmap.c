/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: boot/memmap.c boot/multiboot.c boot/grub.c */
/* The memory map and the module list, with the maps of real BIOSes and of broken ones. */
#include "boot/memmap.h"
#include "boot/multiboot.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LIMIT_32 (1ull << 32)
#define RANGES	 8

static struct ram_range out[RANGES];

static u32 normalise(const struct memmap_entry *in, u32 n)
{
	memset(out, 0xee, sizeof(out));
	return memmap_normalise(out, RANGES, in, n, LIMIT_32);
}

static void expect(u32 i, u64 start, u64 end)
{
	assert_true(out[i].start == start);
	assert_true(out[i].end == end);
}

#define NORMALISE(...)                                        \
	normalise((const struct memmap_entry[]){__VA_ARGS__}, \
		  ARRAY_LEN(((const struct memmap_entry[]){__VA_ARGS__})))

static void a_pc(void **state)
{
	(void)state;
	assert_int_equal(NORMALISE({0, 0x9fc00, 1}, {0x9fc00, 0x400, 2}, {0xf0000, 0x10000, 2},
				   {0x100000, 0x7ee0000, 1}, {0x7fe0000, 0x20000, 2},
				   {0xfffc0000, 0x40000, 2}),
			 1);
	expect(0, 0x100000, 0x7fe0000);
}

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(normalise(NULL, 0), 0);
	assert_int_equal(NORMALISE({0x100000, 0, 1}), 0);
	assert_int_equal(NORMALISE({0, 0xa0000, 1}), 0);
	assert_int_equal(NORMALISE({0x100000, 0x100000, 2}), 0);
	assert_int_equal(NORMALISE({0x100000, 0x100000, 0}), 0);
	assert_int_equal(NORMALISE({0x200001, 0x1ffe, 1}), 0); /* no whole page in it */
}

static void first_megabyte_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(NORMALISE({0, 0x400000, 1}), 1);
	expect(0, 0x100000, 0x400000);
}

static void order_does_not_matter(void **state)
{
	(void)state;
	assert_int_equal(NORMALISE({0x800000, 0x100000, 2}, {0x1000000, 0x1000000, 1},
				   {0x100000, 0xf00000, 1}, {0xf00000, 0x100000, 4}),
			 3);
	expect(0, 0x100000, 0x800000);
	expect(1, 0x900000, 0xf00000);
	expect(2, 0x1000000, 0x2000000);
}

static void neighbours_become_one(void **state)
{
	(void)state;
	/* They meet inside a page: it is whole only when they are joined first. */
	assert_int_equal(NORMALISE({0x100000, 0x100800, 1}, {0x200800, 0x0ff800, 1}), 1);
	expect(0, 0x100000, 0x300000);
	assert_int_equal(
		NORMALISE({0x100000, 0x200000, 1}, {0x180000, 0x10000, 1}, {0x280000, 0x200000, 1}),
		1);
	expect(0, 0x100000, 0x480000);
}

static void rounding(void **state)
{
	(void)state;
	/* RAM inward, everything else outward. */
	assert_int_equal(NORMALISE({0x100001, 0x200000, 1}), 1);
	expect(0, 0x101000, 0x300000);
	assert_int_equal(NORMALISE({0x100000, 0x200000, 1}, {0x200fff, 2, 3}), 2);
	expect(0, 0x100000, 0x200000);
	expect(1, 0x202000, 0x300000);
}

static void the_limit_and_the_end_of_numbers(void **state)
{
	const struct memmap_entry big[] = {{0x100000, 0xbff00000, 1}, {LIMIT_32, 1ull << 31, 1}};

	(void)state;
	assert_int_equal(normalise(big, 2), 1);
	expect(0, 0x100000, 0xc0000000);
	assert_int_equal(memmap_normalise(out, RANGES, big, 2, 1ull << 36), 2);
	expect(1, LIMIT_32, LIMIT_32 + (1ull << 31));
	assert_int_equal(NORMALISE({0xfff00000, 0x200000, 1}), 1);
	expect(0, 0xfff00000, LIMIT_32);
	assert_int_equal(NORMALISE({0x100000, UINT64_MAX, 1}), 1);
	expect(0, 0x100000, LIMIT_32);
	assert_int_equal(NORMALISE({UINT64_MAX - 5, 100, 1}, {0x100000, 0x100000, 1},
				   {0x180000, UINT64_MAX, 2}),
			 1);
	expect(0, 0x100000, 0x180000);
}

static void smallest_pieces_go_first(void **state)
{
	struct memmap_entry in[12];

	(void)state;
	for (u32 i = 0; i < 12; i++)
		in[i] = (struct memmap_entry){MIB(16 * (i + 1)), MIB(1 + (i * 5) % 12), 1};
	assert_int_equal(normalise(in, 12), RANGES);
	for (u32 i = 0; i < RANGES; i++) {
		assert_true(out[i].end - out[i].start >= MIB(5));
		if (i)
			assert_true(out[i - 1].end <= out[i].start);
	}
}

/* Far more pieces than are kept while working: some RAM is lost, none is invented. */
static void too_many_pieces(void **state)
{
	static struct memmap_entry in[600];
	u32 n;

	(void)state;
	for (u32 i = 0; i < 300; i++) {
		in[i] = (struct memmap_entry){MIB(1) + i * KIB(64), KIB(32), 1};
		in[300 + i] = (struct memmap_entry){MIB(1) + i * KIB(64) + KIB(8), KIB(4), 2};
	}
	n = normalise(in, 600);
	assert_int_equal(n, RANGES);
	for (u32 i = 0; i < n; i++)
		for (u64 a = out[i].start; a < out[i].end; a += PAGE_SIZE) {
			u64 in_piece = (a - MIB(1)) % KIB(64);

			assert_true(in_piece < KIB(32) && in_piece / KIB(4) != 2);
		}
}

/* Against a page-by-page reference, for random small maps. */
static void random_maps(void **state)
{
	enum { PAGES = 64, ENTRIES = 10 };
	struct memmap_entry in[ENTRIES];
	struct ram_range got[64];

	(void)state;
	srand(12345);
	for (int round = 0; round < 20000; round++) {
		bool ram[PAGES], seen[PAGES] = {false};
		u32 n = (u32)rand() % (ENTRIES + 1), count;

		for (u32 i = 0; i < n; i++)
			in[i] = (struct memmap_entry){MIB(1) + (u32)rand() % PAGES * PAGE_SIZE,
						      (u32)rand() % 20 * PAGE_SIZE,
						      1 + (u32)rand() % 3 / 2};
		for (u32 p = 0; p < PAGES; p++) {
			u64 a = MIB(1) + p * PAGE_SIZE;
			bool yes = false, no = false;

			for (u32 i = 0; i < n; i++)
				if (a >= in[i].base && a < in[i].base + in[i].length)
					*(in[i].type == 1 ? &yes : &no) = true;
			ram[p] = yes && !no;
		}
		count = memmap_normalise(got, 64, in, n, MIB(1) + PAGES * PAGE_SIZE);
		for (u32 i = 0; i < count; i++) {
			assert_true(got[i].start < got[i].end);
			if (i)
				assert_true(got[i - 1].end < got[i].start);
			for (u64 a = got[i].start; a < got[i].end; a += PAGE_SIZE)
				seen[(a - MIB(1)) / PAGE_SIZE] = true;
		}
		assert_memory_equal(ram, seen, sizeof(ram));
	}
}

static void put32(u8 **p, u32 v)
{
	memcpy(*p, &v, 4);
	*p += 4;
}

static void put_entry(u8 **p, u32 size, u64 base, u64 length, u32 type)
{
	put32(p, size);
	put32(p, (u32)base);
	put32(p, (u32)(base >> 32));
	put32(p, (u32)length);
	put32(p, (u32)(length >> 32));
	put32(p, type);
	for (u32 i = 20; i < size; i++)
		*(*p)++ = 0xcc;
}

static void parse_entries_of_any_size(void **state)
{
	struct memmap_entry e[4];
	u8 bytes[128], *p = bytes;

	(void)state;
	put_entry(&p, 20, 0, 0x9fc00, 1);
	put_entry(&p, 24, 0x100000, 0x700000, 1);
	put_entry(&p, 20, 5ull << 32, 6ull << 32, 2);
	assert_int_equal(memmap_parse(e, 4, bytes, (u32)(p - bytes)), 3);
	assert_true(e[1].base == 0x100000 && e[1].length == 0x700000 && e[1].type == 1);
	assert_true(e[2].base == 5ull << 32 && e[2].length == 6ull << 32 && e[2].type == 2);
	assert_int_equal(memmap_parse(e, 2, bytes, (u32)(p - bytes)), 2);
}

/* The buffers are on the heap and exact: one byte read too far ends the test. */
static void parse_damaged(void **state)
{
	static const u32 bad_sizes[] = {0, 4, 19, 21, 1000, 0xfffffff0, 0xffffffff};
	struct memmap_entry e[4];

	(void)state;
	for (u32 length = 0; length < 48; length++) {
		u8 whole[48], *p = whole, *cut = malloc(length ? length : 1);

		put_entry(&p, 20, 0x100000, 0x100000, 1);
		put_entry(&p, 20, 0x300000, 0x100000, 1);
		memcpy(cut, whole, length);
		assert_int_equal(memmap_parse(e, 4, cut, length), length / 24);
		free(cut);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_sizes); i++) {
		u8 *bytes = malloc(24), *p = bytes;

		put_entry(&p, 20, 0x100000, 0x100000, 1);
		memcpy(bytes, &bad_sizes[i], 4);
		assert_int_equal(memmap_parse(e, 4, bytes, 24), 0);
		free(bytes);
	}
}

static const struct image_range image = {0x100000, 0x140000};

static void modules_that_cannot_be_used(void **state)
{
	static struct boot_info b;

	(void)state;
	b.ram_ranges = 2;
	b.ram[0] = (struct ram_range){0x100000, 0x4000000};
	b.ram[1] = (struct ram_range){0x5000000, 0x6000000};
	b.modules = 1;
	b.module[0] = (struct boot_module){0x200000, 0x200801, ""};
	assert_null(module_refusal(&b, 0x201000, 0x300001, image));
	assert_null(module_refusal(&b, 0x140000, 0x200000, image));
	assert_null(module_refusal(&b, 0x5000000, 0x6000000, image));
	assert_non_null(module_refusal(&b, 0x300000, 0x300000, image));	  /* empty */
	assert_non_null(module_refusal(&b, 0x300000, 0x200000, image));	  /* backwards */
	assert_non_null(module_refusal(&b, 0x300010, 0x301000, image));	  /* unaligned */
	assert_non_null(module_refusal(&b, 0x3fff000, 0x4000001, image)); /* leaves RAM */
	assert_non_null(module_refusal(&b, 0x3fff000, 0x5001000, image)); /* spans a hole */
	assert_non_null(module_refusal(&b, 0x4800000, 0x4900000, image)); /* no RAM */
	assert_non_null(module_refusal(&b, 0xfffff000, 0xffffffff, image));
	assert_non_null(module_refusal(&b, 0x80000, 0x90000, image));	/* first megabyte */
	assert_non_null(module_refusal(&b, 0x13f000, 0x150000, image)); /* on the image */
	assert_non_null(module_refusal(&b, 0x200000, 0x201000, image)); /* on the other */
	assert_non_null(module_refusal(&b, 0x150000, 0x200001, image));
}

/* A page that 32-bit addresses reach, as the loader's memory does. */
static char *low_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		       -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	return p;
}

static u32 address(const void *p)
{
	assert_true((uintptr_t)p < LIMIT_32);
	return (u32)(uintptr_t)p;
}

static void missing_fields(void **state)
{
	static struct boot_info b;
	struct mbi none = {.flags = 0,
			   .cmdline = 0xdead0000,
			   .mods_count = 5,
			   .mods_addr = 0xdead0000,
			   .mmap_length = 100,
			   .mmap_addr = 0xdead0000,
			   .mem_upper = 4096};
	struct mbi old = {.flags = MBI_MEMORY, .mem_upper = 3072};
	struct mbi empty = {.flags = MBI_MODULES | MBI_CMDLINE | MBI_LOADER};

	(void)state;
	multiboot_copy(&b, &none, image);
	assert_string_equal(b.cmdline, "");
	assert_string_equal(b.loader, "");
	assert_int_equal(b.modules, 0);
	assert_false(multiboot_memory(&b, &none, LIMIT_32));

	multiboot_copy(&b, &empty, image); /* flags set, pointers null, count 0 */
	assert_string_equal(b.cmdline, "");
	assert_int_equal(b.modules, 0);

	assert_true(multiboot_memory(&b, &old, LIMIT_32));
	assert_int_equal(b.ram_ranges, 1);
	assert_true(b.ram[0].start == 0x100000 && b.ram[0].end == 0x400000);
}

static void strings_are_copied(void **state)
{
	static struct boot_info b;
	char *low = low_memory(65536);
	struct mbi_module *m = (struct mbi_module *)(void *)low;
	char *text = low + 4096;
	struct mbi mbi = {.flags = MBI_MODULES | MBI_CMDLINE,
			  .cmdline = address(text),
			  .mods_count = 4,
			  .mods_addr = address(m)};

	(void)state;
	b.ram_ranges = 1;
	b.ram[0] = (struct ram_range){0x100000, 0x4000000};
	strcpy(text, "hv.elf opt=1");
	strcpy(text + 100, "guest=a mem=16M");
	m[0] = (struct mbi_module){0x200000, 0x200100, address(text + 100), 0};
	m[1] = (struct mbi_module){0x201000, 0x202000, 0, 0};
	m[2] = (struct mbi_module){0x200000, 0x200100, address(text + 100), 0}; /* overlaps */
	m[3] = (struct mbi_module){0x203000, 0x203001, address(text + 100), 0};
	support_log_lines[LOG_ERROR] = 0;
	multiboot_copy(&b, &mbi, image);
	memset(low, 'X', 65536);
	assert_string_equal(b.cmdline, "hv.elf opt=1");
	assert_int_equal(support_log_lines[LOG_ERROR], 1);
	assert_int_equal(b.modules, 4);
	assert_string_equal(b.module[0].cmdline, "guest=a mem=16M");
	assert_string_equal(b.module[1].cmdline, "");
	assert_int_equal(b.module[2].start, 0); /* refused: empty, but known by its name */
	assert_int_equal(b.module[2].end, 0);
	assert_string_equal(b.module[2].cmdline, "guest=a mem=16M");
	assert_int_equal(b.module[3].start, 0x203000);
	assert_string_equal(b.module[3].cmdline, "guest=a mem=16M");
	munmap(low, 65536);
}

static void strings_too_long(void **state)
{
	static struct boot_info b;
	char *low = low_memory(65536);
	struct mbi_module *m = (struct mbi_module *)(void *)low;
	char *text = low + 4096;
	struct mbi mbi = {.flags = MBI_MODULES | MBI_CMDLINE,
			  .cmdline = address(text),
			  .mods_count = 2,
			  .mods_addr = address(m)};

	(void)state;
	b.ram_ranges = 1;
	b.ram[0] = (struct ram_range){0x100000, 0x4000000};
	memset(text, 'a', BOOT_STRINGS - 4); /* leaves room for three characters */
	strcpy(text + 20000, "1234");
	strcpy(text + 20100, "12");
	m[0] = (struct mbi_module){0x200000, 0x200100, address(text + 20000), 0};
	m[1] = (struct mbi_module){0x201000, 0x202000, address(text + 20100), 0};
	support_log_lines[LOG_ERROR] = 0;
	multiboot_copy(&b, &mbi, image);
	assert_int_equal(strlen(b.cmdline), BOOT_STRINGS - 4);
	assert_int_equal(support_log_lines[LOG_ERROR], 1);
	assert_int_equal(b.modules, 2);
	assert_int_equal(b.module[0].start, 0);
	assert_string_equal(b.module[0].cmdline, "");
	assert_int_equal(b.module[1].start, 0x201000);
	assert_string_equal(b.module[1].cmdline, "12");

	memset(text, 'a', BOOT_STRINGS);
	text[BOOT_STRINGS] = '\0';
	b.modules = 0;
	multiboot_copy(&b, &mbi, image);
	assert_string_equal(b.cmdline, "");
	assert_int_equal(b.modules, 2);
	munmap(low, 65536);
}

static void too_many_modules(void **state)
{
	static struct boot_info b;
	char *low = low_memory(65536);
	struct mbi_module *m = (struct mbi_module *)(void *)low;
	struct mbi mbi = {.flags = MBI_MODULES, .mods_count = 70, .mods_addr = address(m)};

	(void)state;
	b.ram_ranges = 1;
	b.ram[0] = (struct ram_range){0x100000, 0x4000000};
	for (u32 i = 0; i < 70; i++)
		m[i] = (struct mbi_module){0x200000 + i * 4096, 0x200800 + i * 4096, 0, 0};
	support_log_lines[LOG_ERROR] = 0;
	multiboot_copy(&b, &mbi, image);
	assert_int_equal(b.modules, BOOT_MODULES);
	assert_int_equal(support_log_lines[LOG_ERROR], 70 - BOOT_MODULES);
	munmap(low, 65536);
}

/* The loader's graphics mode, when it is one of 8 bits a colour. */
static void framebuffer_mode(void **state)
{
	struct boot_info *b = calloc(1, sizeof(*b));
	const struct mbi good = {.flags = MBI_FRAMEBUFFER,
				 .framebuffer_addr = {0xe0000000, 1},
				 .framebuffer_pitch = 3200,
				 .framebuffer_width = 800,
				 .framebuffer_height = 600,
				 .framebuffer_bpp = 32,
				 .framebuffer_type = FRAMEBUFFER_RGB,
				 .red_at = 16,
				 .red_bits = 8,
				 .green_at = 8,
				 .green_bits = 8,
				 .blue_bits = 8};
	struct mbi bad[4] = {good, good, good, good};

	(void)state;
	bad[0].flags = ~MBI_FRAMEBUFFER;
	bad[1].framebuffer_type = FRAMEBUFFER_TEXT;
	/* Over RAM, by its last byte and by its first: it would be drawn into memory of ours. */
	b->ram[0] = (struct ram_range){MIB(1), MIB(64)};
	b->ram[1] = (struct ram_range){MIB(128), MIB(256)};
	b->ram_ranges = 2;
	bad[2].framebuffer_addr[1] = bad[3].framebuffer_addr[1] = 0;
	bad[2].framebuffer_addr[0] = MIB(128) - 3200 * 600 + 1;
	bad[3].framebuffer_addr[0] = MIB(64) - 1;
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		multiboot_framebuffer(b, &bad[i]);
		assert_int_equal(b->framebuffer.width, 0);
	}
	multiboot_framebuffer(b, &good);
	assert_int_equal(b->framebuffer.address, 0x1e0000000ull);
	assert_int_equal(b->framebuffer.pitch, 3200);
	assert_int_equal(b->framebuffer.width, 800);
	assert_int_equal(b->framebuffer.height, 600);
	assert_int_equal(b->framebuffer.bpp, 32);
	assert_int_equal(b->framebuffer.red_at, 16);
	assert_int_equal(b->framebuffer.red_bits, 8);
	assert_int_equal(b->framebuffer.green_at, 8);
	assert_int_equal(b->framebuffer.green_bits, 8);
	assert_int_equal(b->framebuffer.blue_at, 0);
	assert_int_equal(b->framebuffer.blue_bits, 8);
	bad[2].framebuffer_addr[0]--; /* right between the two */
	multiboot_framebuffer(b, &bad[2]);
	assert_int_equal(b->framebuffer.address, MIB(128) - 3200 * 600);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pc),
		cmocka_unit_test(nothing),
		cmocka_unit_test(first_megabyte_is_left_alone),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(neighbours_become_one),
		cmocka_unit_test(rounding),
		cmocka_unit_test(the_limit_and_the_end_of_numbers),
		cmocka_unit_test(smallest_pieces_go_first),
		cmocka_unit_test(too_many_pieces),
		cmocka_unit_test(random_maps),
		cmocka_unit_test(parse_entries_of_any_size),
		cmocka_unit_test(parse_damaged),
		cmocka_unit_test(modules_that_cannot_be_used),
		cmocka_unit_test(missing_fields),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(strings_too_long),
		cmocka_unit_test(too_many_modules),
		cmocka_unit_test(framebuffer_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
