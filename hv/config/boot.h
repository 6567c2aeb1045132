/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as the boot loader left it, copied out of the loader's memory and checked. For
 * boot/, which fills it in, and for the rooms of hv/ that read it. */
#ifndef HV_CONFIG_BOOT_H
#define HV_CONFIG_BOOT_H

#include "devices/host/framebuffer.h"
#include "lib/base.h"
#include "mm/frame.h"

#define BOOT_MODULES	64
#define BOOT_RAM_RANGES 32
#define BOOT_STRINGS	16384

/* Of the firmware's memory map, as the loader handed it over. */
struct memmap_entry {
	u64 base, length;
	u32 type;
};

struct boot_module {
	/* Physical, page aligned start; reserved from the frame allocator. start == end: it could
	 * not be used, which was reported. */
	u32 start, end;
	const char *cmdline; /* "" when the loader gave none; may begin with the file's name */
};

struct boot_info {
	const char *cmdline; /* the hypervisor's own options */
	const char *loader;
	u32 modules;
	struct boot_module module[BOOT_MODULES];
	u32 map_entries;
	const struct memmap_entry *map; /* as the loader told it, with what was reserved since */
	u32 ram_ranges;			/* what can be used of it */
	struct ram_range ram[BOOT_RAM_RANGES];
	struct framebuffer_info framebuffer;
	char strings[BOOT_STRINGS];
};

#endif
