/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: boot/handover.c boot/multiboot.c boot/multiboot2.c boot/memmap.c boot/grub.c */
/* What a boot loader hands over, by either protocol, good and damaged; modules that are moved. */
#include "boot/handover.h"
#include "boot/multiboot.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LIMIT_32 (1ull << 32)
#define ROOM	 65536u

static const struct image_range image = {0x100000, 0x140000};
static struct boot_info b;
static struct handover h;

/* Memory that 32-bit addresses reach, as the loader's does; behind it there is none. */
static char *low;
static u32 used; /* of it, by what is handed over */

static int open_memory(void **state)
{
	(void)state;
	low = mmap(NULL, ROOM + PAGE_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_ptr_not_equal(low, MAP_FAILED);
	mprotect(low + ROOM, PAGE_SIZE, PROT_NONE);
	used = 0;
	memset(&b, 0, sizeof(b));
	support_log_lines[LOG_ERROR] = 0;
	return 0;
}

static int close_memory(void **state)
{
	(void)state;
	munmap(low, ROOM + PAGE_SIZE);
	return 0;
}

static u32 address(const void *p)
{
	assert_true((uintptr_t)p < LIMIT_32);
	return (u32)(uintptr_t)p;
}

/* ---- Two loaders that say the same --------------------------------------------------------- */

struct told_module {
	u32 start, end;
	const char *text; /* NULL: none */
};

struct told {
	const char *loader, *cmdline; /* NULL: not told */
	u32 modules;
	const struct told_module *module;
	u32 entries;
	const struct memmap_entry *map;
	u32 upper_kib;
	const struct mbi *screen; /* its framebuffer */
};

static void *take(u32 bytes)
{
	void *p = low + used;

	assert_true(used + bytes <= ROOM);
	used += (bytes + 7u) & ~7u;
	return p;
}

static u32 put_string(const char *s)
{
	return s ? address(strcpy(take((u32)strlen(s) + 1), s)) : 0;
}

static void first_loader(const struct told *t)
{
	struct mbi *mbi = take(sizeof(*mbi));
	struct mbi_module *m = take(t->modules * sizeof(*m));
	u32 *entry = take(t->entries * 24);

	*mbi = t->screen ? *t->screen : (struct mbi){.flags = 0};
	mbi->flags |= (t->loader ? MBI_LOADER : 0) | (t->cmdline ? MBI_CMDLINE : 0) |
		      (t->modules ? MBI_MODULES : 0) | (t->map ? MBI_MEMORY_MAP : 0) |
		      (t->upper_kib ? MBI_MEMORY : 0);
	mbi->loader_name = put_string(t->loader);
	mbi->cmdline = put_string(t->cmdline);
	mbi->mods_count = t->modules;
	mbi->mods_addr = address(m);
	for (u32 i = 0; i < t->modules; i++)
		m[i] = (struct mbi_module){t->module[i].start, t->module[i].end,
					   put_string(t->module[i].text), 0};
	mbi->mmap_addr = address(entry);
	mbi->mmap_length = t->entries * 24;
	for (u32 i = 0; i < t->entries; i++, entry += 6) {
		entry[0] = 20;
		memcpy(entry + 1, &t->map[i].base, 8);
		memcpy(entry + 3, &t->map[i].length, 8);
		entry[5] = t->map[i].type;
	}
	mbi->mem_lower = 640;
	mbi->mem_upper = t->upper_kib;
	multiboot_read(&h, address(mbi));
}

/* A tag with room for `bytes` behind its head, all zero. */
static u8 *tag(u32 type, u32 bytes)
{
	u32 *head = take(8 + bytes);

	head[0] = type;
	head[1] = 8 + bytes;
	return memset(head + 2, 0, bytes);
}

static void string_tag(u32 type, const char *s)
{
	if (s)
		strcpy((char *)tag(type, (u32)strlen(s) + 1), s);
}

static u32 *begin_tags(void)
{
	return take(8);
}

/* The end, and what comes before it is all there is. */
static void end_tags(u32 *head)
{
	tag(0, 0);
	head[0] = address(low) + used - address(head);
	head[1] = 0;
}

static void second_loader(const struct told *t)
{
	u32 *head = begin_tags();
	u32 *words;

	/* Modules before the map, as GRUB does. */
	string_tag(1, t->cmdline);
	string_tag(2, t->loader);
	for (u32 i = 0; i < t->modules; i++) {
		const char *text = t->module[i].text ? t->module[i].text : "";

		words = (u32 *)(void *)tag(3, 8 + (u32)strlen(text) + 1);
		words[0] = t->module[i].start;
		words[1] = t->module[i].end;
		strcpy((char *)(words + 2), text);
	}
	tag(9, 20); /* ELF sections: nobody asks */
	if (t->upper_kib) {
		words = (u32 *)(void *)tag(4, 8);
		words[0] = 640;
		words[1] = t->upper_kib;
	}
	if (t->map) {
		words = (u32 *)(void *)tag(6, 8 + t->entries * 24);
		words[0] = 24;
		for (u32 i = 0; i < t->entries; i++) {
			memcpy(words + 2 + 6 * i, &t->map[i].base, 8);
			memcpy(words + 4 + 6 * i, &t->map[i].length, 8);
			words[6 + 6 * i] = t->map[i].type;
		}
	}
	if (t->screen && t->screen->flags & MBI_FRAMEBUFFER) /* the same bytes, but for two */
		memcpy(tag(8, 32), t->screen->framebuffer_addr, 30);
	end_tags(head);
	multiboot2_read(&h, address(head));
}

static void (*const loaders[])(const struct told *t) = {first_loader, second_loader};

#define EACH_LOADER(t)                                                                           \
	for (u32 loader = 0; loader < ARRAY_LEN(loaders); loader++)                              \
		for (bool once = (used = 0, memset(&b, 0, sizeof(b)), loaders[loader](t), true); \
		     once; once = false)

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

/* ---- The screen ------------------------------------------------------------------------------ */

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

/* ---- Tags ------------------------------------------------------------------------------------ */

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

/* ---- Modules ------------------------------------------------------------------------------- */

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
