/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a boot loader says, whichever protocol it speaks: taken apart by multiboot.c or
 * multiboot2.c, not believed yet. handover.c makes the boot_info of it, every number of which is
 * checked. Private to boot/.
 */
#ifndef BOOT_HANDOVER_H
#define BOOT_HANDOVER_H

#include "boot/memmap.h"
#include "hv/config/boot.h"

#define HANDOVER_MAP 128 /* entries of the memory map; a BIOS reports 5 to 40 */

enum told_screen { SCREEN_UNTOLD, SCREEN_TEXT, SCREEN_GRAPHICS };

/* Addresses are physical and lie in the loader's memory; 0: not told. */
struct handover {
	u32 loader, cmdline; /* strings */
	u32 rsdp;	     /* ACPI's root pointer, or a copy of it */
	bool efi;	     /* the firmware is no BIOS */
	enum told_screen screen;
	bool direct_colour;		     /* its pixels hold colours, no numbers of colours */
	struct framebuffer_info framebuffer; /* as told, not checked */
	u32 lower_kib, upper_kib;	     /* from 0, and from 1 MiB up to the first hole */
	u32 entries;
	struct memmap_entry map[HANDOVER_MAP];
	u32 modules; /* as many as there are, of which the first are listed */
	struct {
		u32 start, end, string;
	} module[BOOT_MODULES];
	/* RAM that can be read, also where none is allocated: filled in by handover_memory(). */
	u32 readable_ranges;
	struct ram_range readable[BOOT_RAM_RANGES];
};

/* The image's own place, not to be overlapped by modules. */
struct image_range {
	u32 start, end;
};

/* Either protocol (multiboot specification 0.6.96, 3.3; 2.0, 3.6). `info` is what EBX held. */
void multiboot_read(struct handover *h, u32 info);
void multiboot2_read(struct handover *h, u32 info);

/* One more module. */
void handover_module(struct handover *h, u32 start, u32 end, u32 string);
/* Whatever the memory map says, [start, end) is not ours. */
void handover_reserve(struct handover *h, u64 start, u64 end);

/* Fill b->ram from the memory map; RAM at or above `limit` is left out. False: the loader told
 * nothing usable. First of all: the others look there. */
bool handover_memory(struct boot_info *b, struct handover *h, u64 limit);
/* The graphics mode, if the loader set one with colours in its pixels, outside of RAM. */
void handover_framebuffer(struct boot_info *b, const struct handover *h);
/* Copy the command lines and the module list from the loader's memory. Modules that cannot be used
 * are reported and have start = end = 0. */
void handover_copy(struct boot_info *b, const struct handover *h, struct image_range image);
/* Move modules out of memory that will not stay theirs: the first 64 KiB, parts of pages. Nothing
 * of the loader's memory but the modules may be looked at afterwards. */
void handover_settle(struct boot_info *b, struct image_range image);

/* Why a module cannot be used, or NULL. b->module[0..b->modules) are those accepted so far. */
const char *module_refusal(const struct boot_info *b, const struct handover *h, u32 start, u32 end,
			   struct image_range image);

/* The loader's addresses are physical, and so are ours while paging is off. */
static inline const void *physical(u32 address)
{
	return (const void *)(uintptr_t)address;
}

#endif
