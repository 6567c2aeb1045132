/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 1's information taken apart. Every field may be missing, every pointer null. */
#include "boot/multiboot.h"

#include "boot/handover.h"

#define MODULES_LOOKED 1024u /* the loader's count is not believed beyond this */

static void read_framebuffer(struct handover *h, const struct mbi *mbi)
{
	h->screen = mbi->framebuffer_type == FRAMEBUFFER_TEXT ? SCREEN_TEXT : SCREEN_GRAPHICS;
	h->direct_colour = mbi->framebuffer_type == FRAMEBUFFER_RGB;
	h->framebuffer = (struct framebuffer_info){
		.address = (u64)mbi->framebuffer_addr[1] << 32 | mbi->framebuffer_addr[0],
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

void multiboot_read(struct handover *h, u32 info)
{
	const struct mbi *mbi = physical(info);
	const struct mbi_module *m = physical(mbi->mods_addr);

	*h = (struct handover){
		.loader = mbi->flags & MBI_LOADER ? mbi->loader_name : 0,
		.cmdline = mbi->flags & MBI_CMDLINE ? mbi->cmdline : 0,
		.lower_kib = mbi->flags & MBI_MEMORY ? mbi->mem_lower : 0,
		.upper_kib = mbi->flags & MBI_MEMORY ? mbi->mem_upper : 0,
	};
	if (mbi->flags & MBI_MEMORY_MAP)
		h->entries = memmap_parse(h->map, HANDOVER_MAP, physical(mbi->mmap_addr),
					  mbi->mmap_length);
	if (mbi->flags & MBI_FRAMEBUFFER)
		read_framebuffer(h, mbi);
	for (u32 i = 0; mbi->flags & MBI_MODULES && i < MIN(mbi->mods_count, MODULES_LOOKED); i++)
		handover_module(h, m[i].start, m[i].end, m[i].string);
}
