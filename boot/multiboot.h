/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiboot 1 as the loader hands it over (multiboot specification 0.6.96, 3.3). Private to
 * multiboot.c and its test. */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include "lib/base.h"

#define MBI_MEMORY	(1u << 0) /* which of the fields below are valid */
#define MBI_CMDLINE	(1u << 2)
#define MBI_MODULES	(1u << 3)
#define MBI_MEMORY_MAP	(1u << 6)
#define MBI_LOADER	(1u << 9)
#define MBI_FRAMEBUFFER (1u << 12)

#define FRAMEBUFFER_RGB	 1 /* framebuffer_type: pixels of direct colour; the same in multiboot 2 */
#define FRAMEBUFFER_TEXT 2 /* EGA text */

struct mbi {
	u32 flags;
	u32 mem_lower, mem_upper; /* KiB from 0, and from 1 MiB up to the first hole */
	u32 boot_device;
	u32 cmdline;
	u32 mods_count, mods_addr;
	u32 symbols[4];
	u32 mmap_length, mmap_addr;
	u32 drives_length, drives_addr;
	u32 config_table;
	u32 loader_name;
	u32 apm_table;
	u32 vbe[4];
	u32 framebuffer_addr[2];
	u32 framebuffer_pitch, framebuffer_width, framebuffer_height;
	u8 framebuffer_bpp, framebuffer_type;
	u8 unused[2]; /* the specification's text has none, its header and GRUB do */
	u8 red_at, red_bits, green_at, green_bits, blue_at, blue_bits; /* of type RGB */
};
_Static_assert(offsetof(struct mbi, mmap_length) == 44, "multiboot information");
_Static_assert(offsetof(struct mbi, framebuffer_addr) == 88, "multiboot information");
_Static_assert(offsetof(struct mbi, framebuffer_type) == 109, "multiboot information");
_Static_assert(offsetof(struct mbi, blue_bits) == 117, "multiboot information");

struct mbi_module {
	u32 start, end, string, reserved;
};
_Static_assert(sizeof(struct mbi_module) == 16, "multiboot module");

#endif
