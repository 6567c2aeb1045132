/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loader's information, copied while it still exists: after this only the modules themselves
 * lie in memory that is not ours. Every field may be missing, every pointer null; loaders do
 * load modules where there is no RAM.
 */
#include "boot/multiboot.h"

#include "boot/grub.h"
#include "boot/memmap.h"
#include "lib/log.h"
#include "lib/string.h"

#define MODULES_LOOKED 1024 /* the loader's count is not believed beyond this */

/* The loader's addresses are physical, and so are ours while paging is off. */
static const void *physical(u32 address)
{
	return (const void *)(uintptr_t)address;
}

/* Take a copy of a string into b->strings, without what the loader did to it. Returns "" for a null
 * pointer, NULL when the rest of the buffer is too small. */
static const char *copy_string(struct boot_info *b, u32 *used, u32 address)
{
	const char *s = physical(address);
	char *to = &b->strings[*used];
	u32 room = BOOT_STRINGS - *used, n = 0;

	if (!address)
		return "";
	while (n < room && s[n])
		n++;
	if (n == room)
		return NULL;
	memcpy(to, s, n);
	to[n] = '\0';
	*used += n + 1;
	if (b->loader && grub2_quotes(b->loader))
		grub2_unquote(to);
	return to;
}

static bool overlap(u32 a_start, u32 a_end, u32 b_start, u32 b_end)
{
	return a_start < b_end && b_start < a_end;
}

const char *module_refusal(const struct boot_info *b, u32 start, u32 end, struct image_range image)
{
	bool in_ram = false;

	if (start >= end)
		return "it is empty";
	if (start & ~PAGE_MASK)
		return "it does not begin on a page boundary";
	for (u32 i = 0; i < b->ram_ranges; i++)
		in_ram |= start >= b->ram[i].start && end <= b->ram[i].end;
	if (!in_ram)
		return "it lies outside the RAM of this machine";
	if (overlap(start, end, image.start, image.end))
		return "it overlaps the hypervisor";
	for (u32 i = 0; i < b->modules; i++)
		if (overlap(start, end, b->module[i].start, b->module[i].end))
			return "it overlaps another module";
	return NULL;
}

/* A module that cannot be used stays in the list, empty: what names it is then refused too,
 * instead of starting without its initrd. */
static void copy_module(struct boot_info *b, u32 *used, const struct mbi_module *m,
			struct image_range image)
{
	const char *why = module_refusal(b, m->start, m->end, image);
	const char *text = copy_string(b, used, m->string);
	struct boot_module copy = {m->start, m->end, text ? text : ""};

	if (!why && !text)
		why = "the command lines are too long together";
	if (!why && b->modules == BOOT_MODULES)
		why = "there are too many modules";
	if (why) {
		log_line(LOG_ERROR, NULL, "boot: module \"%.60s\" at %#x..%#x not used: %s",
			 text ? text : "?", m->start, m->end, why);
		copy.start = copy.end = 0;
	}
	if (b->modules < BOOT_MODULES)
		b->module[b->modules++] = copy;
}

void multiboot_copy(struct boot_info *b, const struct mbi *mbi, struct image_range image)
{
	const struct mbi_module *m = physical(mbi->mods_addr);
	u32 used = 0;

	b->loader = NULL; /* its name says how to read the rest */
	b->loader = mbi->flags & MBI_LOADER ? copy_string(b, &used, mbi->loader_name) : "";
	b->cmdline = mbi->flags & MBI_CMDLINE ? copy_string(b, &used, mbi->cmdline) : "";
	if (!b->cmdline || !b->loader) {
		log_line(LOG_ERROR, NULL, "boot: command line too long, not used");
		b->cmdline = b->cmdline ? b->cmdline : "";
		b->loader = b->loader ? b->loader : "";
	}
	if (!(mbi->flags & MBI_MODULES))
		return;
	for (u32 i = 0; i < mbi->mods_count && i < MODULES_LOOKED; i++)
		copy_module(b, &used, &m[i], image);
}

void multiboot_framebuffer(struct boot_info *b, const struct mbi *mbi)
{
	u64 start = (u64)mbi->framebuffer_addr[1] << 32 | mbi->framebuffer_addr[0];
	u64 end = start + (u64)mbi->framebuffer_pitch * mbi->framebuffer_height;

	if (!(mbi->flags & MBI_FRAMEBUFFER) || mbi->framebuffer_type != FRAMEBUFFER_RGB)
		return;
	for (u32 i = 0; i < b->ram_ranges; i++)
		if (start < b->ram[i].end && b->ram[i].start < end)
			return; /* pictures in memory that is ours */
	b->framebuffer = (struct framebuffer_info){
		.address = start,
		.pitch = mbi->framebuffer_pitch,
		.width = mbi->framebuffer_width,
		.height = mbi->framebuffer_height,
		.bpp = mbi->framebuffer_bpp,
		.red_at = mbi->red_at,
		.red_bits = mbi->red_bits,
		.green_at = mbi->green_at,
		.green_bits = mbi->green_bits,
		.blue_at = mbi->blue_at,
		.blue_bits = mbi->blue_bits,
	};
}

bool multiboot_memory(struct boot_info *b, const struct mbi *mbi, u64 limit)
{
	u32 n = 0;

	if (mbi->flags & MBI_MEMORY_MAP)
		n = memmap_parse(b->map, BOOT_MAP, physical(mbi->mmap_addr), mbi->mmap_length);
	b->ram_ranges = memmap_normalise(b->ram, BOOT_RAM_RANGES, b->map, n, limit);
	if (!b->ram_ranges && mbi->flags & MBI_MEMORY) {
		/* No map: mem_upper reaches to the first hole, which is all one may take. */
		b->map[0] = (struct memmap_entry){MIB(1), (u64)mbi->mem_upper << 10, MEMMAP_RAM};
		n = 1;
		b->ram_ranges = memmap_normalise(b->ram, BOOT_RAM_RANGES, b->map, n, limit);
	}
	b->map_entries = n;
	return b->ram_ranges != 0;
}
