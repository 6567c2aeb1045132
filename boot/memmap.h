/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the loader's memory map, which is what the BIOS said, to ranges one can trust. Pure
 * arithmetic, tested on the host. Private to boot/. */
#ifndef BOOT_MEMMAP_H
#define BOOT_MEMMAP_H

#include "hv/config/boot.h"

/* The first 64 KiB belong to the BIOS, also where it forgot to say so (Linux: reserve_low), and
 * what is between 640 KiB and 1 MiB never is RAM to be had. */
#define LOW_KEPT KIB(64)
#define LOW_HOLE KIB(640)

#define MEMMAP_RAM 1u /* ACPI specification, 15: AddressRangeMemory; anything else is not ours */

/*
 * Write the usable RAM of in[0..n) to out[0..max): ascending, disjoint, page aligned, all of it
 * within `bounds` (page aligned) and none from LOW_HOLE to 1 MiB. Entries may come in any order and
 * overlap: memory that any entry calls something else is left out, to whole pages. When there are
 * more pieces than fit, the smallest are given up. Returns the number of ranges.
 */
u32 memmap_normalise(struct ram_range *out, u32 max, const struct memmap_entry *in, u32 n,
		     struct ram_range bounds);

/*
 * Take the multiboot memory map at bytes[0..length) apart into out[0..max). The stride of each
 * entry is its own `size` word. Returns the number of entries; damaged tails are dropped.
 */
u32 memmap_parse(struct memmap_entry *out, u32 max, const void *bytes, u32 length);

#endif
