/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See handover_fixture.h. */
#include "tests/unit/handover_fixture.h"

#include <string.h>
#include <sys/mman.h>

const struct image_range image = {0x100000, 0x140000};
struct boot_info b;
struct handover h;

char *low;
u32 used;

int open_memory(void **state)
{
	(void)state;
	low = support_low_memory(ROOM + PAGE_SIZE);
	mprotect(low + ROOM, PAGE_SIZE, PROT_NONE);
	used = 0;
	memset(&b, 0, sizeof(b));
	support_log_lines[LOG_ERROR] = 0;
	return 0;
}

int close_memory(void **state)
{
	(void)state;
	munmap(low, ROOM + PAGE_SIZE);
	return 0;
}

u32 address(const void *p)
{
	assert_true((uintptr_t)p < LIMIT_32);
	return (u32)(uintptr_t)p;
}

void *take(u32 bytes)
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

u8 *tag(u32 type, u32 bytes)
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

u32 *begin_tags(void)
{
	return take(8);
}

void end_tags(u32 *head)
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

void (*const loaders[LOADERS])(const struct told *t) = {first_loader, second_loader};
