/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: boot/handover.c boot/multiboot.c boot/multiboot2.c boot/memmap.c boot/grub.c
 * tests/unit/handover_fixture.c */
/* What a boot loader hands over, by either protocol, good and damaged; modules that are moved. */
#include "tests/unit/handover_fixture.h"

#include <stdlib.h>
#include <string.h>

static const struct memmap_entry pc[] = {{0, 0x9fc00, 1},
					 {0x9fc00, 0x400, 2},
					 {0xf0000, 0x10000, 2},
					 {0x100000, 0x3f00000, 1},
					 {0xfffc0000, 0x40000, 2}};

static void a_good_loader(void **state)
{
	static const struct told_module modules[] = {{0x200000, 0x200100, "guest=a mem=16M"},
						     {0x201000, 0x202000, NULL},
						     {0x200000, 0x200100, "guest=b"}, /* overlaps */
						     {0x203000, 0x203001, "disk=c"}};
	static const struct told t = {"somebody", "opt=1", 4, modules, 5, pc, 0, NULL};

	(void)state;
	EACH_LOADER(&t)
	{
		support_log_lines[LOG_ERROR] = 0;
		assert_true(handover_memory(&b, &h, LIMIT_32));
		handover_copy(&b, &h, image);
		memset(low, 'X', ROOM);
		assert_int_equal(b.ram_ranges, 2);
		assert_true(b.ram[0].start == LOW_KEPT && b.ram[0].end == 0x9f000);
		assert_true(b.ram[1].start == MIB(1) && b.ram[1].end == MIB(64));
		assert_string_equal(b.cmdline, "opt=1");
		assert_string_equal(b.loader, "somebody");
		assert_int_equal(support_log_lines[LOG_ERROR], 1);
		assert_int_equal(b.modules, 4);
		assert_int_equal(b.module[0].start, 0x200000);
		assert_string_equal(b.module[0].cmdline, "guest=a mem=16M");
		assert_string_equal(b.module[1].cmdline, "");
		assert_int_equal(b.module[2].start, 0); /* refused: empty, but known by its name */
		assert_int_equal(b.module[2].end, 0);
		assert_string_equal(b.module[2].cmdline, "guest=b");
		assert_int_equal(b.module[3].end, 0x203001);
		assert_false(h.efi);
		assert_int_equal(h.rsdp, 0);
	}
}

static void nothing_told(void **state)
{
	static const struct told t = {.loader = NULL};
	static const struct told old = {.upper_kib = 3072};

	(void)state;
	EACH_LOADER(&t)
	{
		assert_false(handover_memory(&b, &h, LIMIT_32));
		handover_copy(&b, &h, image);
		assert_string_equal(b.cmdline, "");
		assert_string_equal(b.loader, "");
		assert_int_equal(b.modules, 0);
	}
	EACH_LOADER(&old)
	{ /* no map, and the BIOS's own data said to be there */
		handover_reserve(&h, 0x9f000, MIB(1));
		assert_true(handover_memory(&b, &h, LIMIT_32));
		assert_int_equal(b.ram_ranges, 2);
		assert_true(b.ram[0].start == LOW_KEPT && b.ram[0].end == 0x9f000);
		assert_true(b.ram[1].start == MIB(1) && b.ram[1].end == MIB(4));
	}
}

/* Flags off, fields full of rubbish; flags on, fields null. */
static void fields_that_do_not_count(void **state)
{
	struct mbi *mbi = take(sizeof(*mbi));

	(void)state;
	memset(mbi, 0xde, sizeof(*mbi));
	mbi->flags = 0;
	multiboot_read(&h, address(mbi));
	assert_false(handover_memory(&b, &h, LIMIT_32));
	handover_copy(&b, &h, image);
	assert_int_equal(b.modules, 0);
	assert_string_equal(b.cmdline, "");

	*mbi = (struct mbi){.flags = MBI_MODULES | MBI_CMDLINE | MBI_LOADER | MBI_MEMORY_MAP};
	multiboot_read(&h, address(mbi));
	handover_copy(&b, &h, image);
	assert_int_equal(b.modules, 0);
	assert_string_equal(b.cmdline, "");
}

static void strings_too_long(void **state)
{
	static char text[BOOT_STRINGS + 1];
	static const struct told_module modules[] = {{0x200000, 0x200100, "1234"},
						     {0x201000, 0x202000, "12"}};
	static const struct told t = {NULL, text, 2, modules, 5, pc, 0, NULL};

	(void)state;
	memset(text, 'a', BOOT_STRINGS - 4); /* leaves room for three characters */
	EACH_LOADER(&t)
	{
		support_log_lines[LOG_ERROR] = 0;
		assert_true(handover_memory(&b, &h, LIMIT_32));
		handover_copy(&b, &h, image);
		assert_int_equal(strlen(b.cmdline), BOOT_STRINGS - 4);
		assert_int_equal(support_log_lines[LOG_ERROR], 1);
		assert_int_equal(b.modules, 2);
		assert_int_equal(b.module[0].start, 0);
		assert_string_equal(b.module[0].cmdline, "");
		assert_int_equal(b.module[1].start, 0x201000);
		assert_string_equal(b.module[1].cmdline, "12");
	}
	memset(text, 'a', BOOT_STRINGS);
	EACH_LOADER(&t)
	{
		handover_copy(&b, &h, image);
		assert_string_equal(b.cmdline, "");
		assert_int_equal(b.modules, 2);
	}
}

static void too_many_modules(void **state)
{
	static struct told_module modules[BOOT_MODULES + 6];
	static const struct told t = {NULL, NULL, ARRAY_LEN(modules), modules, 5, pc, 0, NULL};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(modules); i++)
		modules[i] = (struct told_module){0x200000 + i * 4096, 0x200800 + i * 4096, NULL};
	EACH_LOADER(&t)
	{
		support_log_lines[LOG_ERROR] = 0;
		assert_true(handover_memory(&b, &h, LIMIT_32));
		handover_copy(&b, &h, image);
		assert_int_equal(b.modules, BOOT_MODULES);
		assert_int_equal(support_log_lines[LOG_ERROR], 1);
	}
}

static const struct mbi good_screen = {.flags = MBI_FRAMEBUFFER,
				       .framebuffer_addr = {0xe0000000, 1},
				       .framebuffer_pitch = 3200,
				       .framebuffer_width = 800,
				       .framebuffer_height = 600,
				       .framebuffer_bpp = 32,
				       .framebuffer_type = FRAMEBUFFER_RGB,
				       .red_at = 16,
				       .red_bits = 8,
				       .green_at = 8,
				       .green_bits = 7,
				       .blue_at = 1,
				       .blue_bits = 6};
static const struct memmap_entry around_screen[] = {{MIB(1), MIB(63), 1}, {MIB(128), MIB(128), 1}};

/* The loader's graphics mode, when it is one with colours in its pixels. */
static void framebuffer_mode(void **state)
{
	static const struct told t = {NULL, NULL, 0, NULL, 2, around_screen, 0, &good_screen};
	static const struct told none = {.loader = NULL};
	static const struct framebuffer_info want = {
		0x1e0000000ull, 3200, 800, 600, 32, 16, 8, 8, 7, 1, 6};

	(void)state;
	EACH_LOADER(&t)
	{
		handover_memory(&b, &h, LIMIT_32);
		handover_framebuffer(&b, &h);
		assert_memory_equal(&b.framebuffer, &want, sizeof(want));
	}
	EACH_LOADER(&none)
	{
		handover_framebuffer(&b, &h);
		assert_int_equal(h.screen, SCREEN_UNTOLD);
		assert_int_equal(b.framebuffer.width, 0);
	}
}

static void framebuffer_refused(void **state)
{
	struct mbi screen;
	const struct told t = {NULL, NULL, 0, NULL, 2, around_screen, 0, &screen};
	static const struct {
		u8 type;
		u32 at;
		bool usable, graphics;
	} cases[] = {
		{FRAMEBUFFER_RGB, 0xe0000000, true, true},
		{FRAMEBUFFER_TEXT, 0xe0000000, false, false},
		{0, 0xe0000000, false, true}, /* numbers of colours */
		/* Over RAM, by its last byte and by its first, and right between the two. */
		{FRAMEBUFFER_RGB, MIB(128) - 3200 * 600 + 1, false, true},
		{FRAMEBUFFER_RGB, MIB(64) - 1, false, true},
		{FRAMEBUFFER_RGB, MIB(128) - 3200 * 600, true, true},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		screen = good_screen;
		screen.framebuffer_addr[0] = cases[i].at;
		screen.framebuffer_addr[1] = 0;
		screen.framebuffer_type = cases[i].type;
		EACH_LOADER(&t)
		{
			handover_memory(&b, &h, LIMIT_32);
			handover_framebuffer(&b, &h);
			assert_int_equal(h.screen == SCREEN_GRAPHICS, cases[i].graphics);
			assert_int_equal(b.framebuffer.width, cases[i].usable ? 800 : 0);
		}
	}
}

static void what_only_tags_tell(void **state)
{
	static const u8 rsdp[20] = {'R', 'S', 'D', ' ', 'P', 'T', 'R', ' '};
	u32 *head = begin_tags();

	(void)state;
	tag(12, 8);
	memcpy(tag(14, 20), rsdp, 20);
	memcpy(tag(15, 36), rsdp, 20);
	end_tags(head);
	multiboot2_read(&h, address(head));
	assert_true(h.efi);
	assert_int_equal(h.rsdp, address(head) + 8 + 16 + 32 + 8); /* the newer one */
	assert_memory_equal(physical(h.rsdp), rsdp, 20);
}

/* Right before memory that is not there: one byte read too far ends the test. Each tag in each
 * length, with sizes that lie; what is whole is taken, and nothing else. */
static void damaged_tags(void **state)
{
	static const u32 types[] = {1, 2, 3, 4, 6, 8, 11, 12, 14, 15};
	static const u32 sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 0x7fffffff, 0xfffffff8, 0xffffffff};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(types); i++)
		for (u32 bytes = 8; bytes <= 56; bytes += 8)
			for (u32 k = 0; k <= ARRAY_LEN(sizes); k++) {
				u32 size = k < ARRAY_LEN(sizes) ? sizes[k] : bytes;
				char *at = low + ROOM - 8 - bytes;
				const u32 words[4] = {8 + bytes, 0, types[i], size};

				memset(at, 'x', 8 + bytes); /* strings without an end, too */
				memcpy(at, words, MIN(sizeof(words), 8 + bytes));
				multiboot2_read(&h, address(at));
				assert_int_equal(h.cmdline, 0);
				assert_int_equal(h.loader, 0);
				assert_true(size <= bytes ||
					    (!h.modules && !h.rsdp && !h.screen && !h.efi));
				handover_memory(&b, &h, LIMIT_32);
				handover_copy(&b, &h, image);
			}
}

static void total_size_lies(void **state)
{
	u32 *head = (u32 *)(void *)(low + ROOM - 24);

	(void)state;
	head[2] = 4;
	head[3] = 16; /* a whole tag, and then it ends */
	head[4] = 640;
	head[5] = 1024;
	for (u32 total = 0; total <= 24; total++) {
		head[0] = total;
		multiboot2_read(&h, address(head));
		assert_int_equal(h.upper_kib, total == 24 ? 1024 : 0);
	}
}

static void modules_that_cannot_be_used(void **state)
{
	(void)state;
	h.readable_ranges = 3;
	h.readable[0] = (struct ram_range){0x1000, 0x9f000};
	h.readable[1] = (struct ram_range){0x100000, 0x4000000};
	h.readable[2] = (struct ram_range){0x5000000, 0x6000000};
	b.modules = 1;
	b.module[0] = (struct boot_module){0x200000, 0x200801, ""};
#define REFUSED(start, end) assert_non_null(module_refusal(&b, &h, start, end, image))
#define TAKEN(start, end)   assert_null(module_refusal(&b, &h, start, end, image))
	TAKEN(0x201000, 0x300001);
	TAKEN(0x140000, 0x200000);
	TAKEN(0x5000000, 0x6000000);
	TAKEN(0xa000, 0xb000);	       /* kexec's: to be moved */
	TAKEN(0x300010, 0x301000);     /* unaligned: to be moved, too */
	REFUSED(0x300000, 0x300000);   /* empty */
	REFUSED(0x300000, 0x200000);   /* backwards */
	REFUSED(0x3fff000, 0x4000001); /* leaves RAM */
	REFUSED(0x3fff000, 0x5001000); /* spans a hole */
	REFUSED(0x4800000, 0x4900000); /* no RAM */
	REFUSED(0xfffff000, 0xffffffff);
	REFUSED(0, 0x2000);	     /* BIOS data */
	REFUSED(0x9e000, 0xa0000);   /* the EBDA */
	REFUSED(0x13f000, 0x150000); /* on the image */
	REFUSED(0x200000, 0x201000); /* on the other */
	REFUSED(0x150000, 0x200001);
}

#define PAGE(n) (address(low) + (n)*PAGE_SIZE)

/* RAM from page 4 to 12 of the test's own memory, the image on page 10; a module that cannot stay
 * goes to the highest place that is free. */
static void modules_are_moved(void **state)
{
	const struct image_range ours = {PAGE(10), PAGE(11)};

	(void)state;
	b.ram_ranges = 1;
	b.ram[0] = (struct ram_range){PAGE(4), PAGE(12)};
	b.modules = 4;
	b.module[0] = (struct boot_module){PAGE(1), PAGE(1) + 5000, "low"};
	b.module[1] = (struct boot_module){PAGE(4), PAGE(6), "stays"};
	b.module[2] = (struct boot_module){PAGE(11) + 16, PAGE(11) + 26, "odd"};
	b.module[3] = (struct boot_module){0, 0, "refused"};
	memset(low, 0x11, 4 * PAGE_SIZE);
	memset(low + 4 * PAGE_SIZE, 0, 8 * PAGE_SIZE);
	memset(low + 11 * PAGE_SIZE + 16, 0x22, 10);
	handover_settle(&b, ours);
	assert_int_equal(support_log_lines[LOG_ERROR], 0);
	assert_int_equal(b.module[0].start, PAGE(8)); /* two pages below the image */
	assert_int_equal(b.module[0].end, PAGE(8) + 5000);
	assert_memory_equal(low + 8 * PAGE_SIZE, low, 5000);
	assert_int_equal(b.module[1].start, PAGE(4));
	assert_int_equal(b.module[2].start, PAGE(11)); /* alone on its page */
	assert_int_equal(b.module[2].end, PAGE(11) + 10);
	assert_int_equal((u8)low[11 * PAGE_SIZE + 9], 0x22);
	assert_int_equal(b.module[3].start, 0);

	/* Nowhere to go: it is said, and the others stay. */
	b.module[0] = (struct boot_module){PAGE(1), PAGE(4) - 1, "too large"};
	b.module[1].end = PAGE(8);
	handover_settle(&b, ours);
	assert_int_equal(support_log_lines[LOG_ERROR], 1);
	assert_int_equal(b.module[0].start, 0);
	assert_int_equal(b.module[0].end, 0);
	assert_int_equal(b.module[2].start, PAGE(11));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_memory, close_memory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_loader),
		TEST(nothing_told),
		TEST(fields_that_do_not_count),
		TEST(strings_too_long),
		TEST(too_many_modules),
		TEST(framebuffer_mode),
		TEST(framebuffer_refused),
		TEST(what_only_tags_tell),
		TEST(damaged_tags),
		TEST(total_size_lies),
		TEST(modules_that_cannot_be_used),
		TEST(modules_are_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
