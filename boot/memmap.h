/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the loader's memory map, which is what the BIOS said, to ranges one can trust. Pure
 * arithmetic, tested on the host. Private to boot/. */
#ifndef BOOT_MEMMAP_H
#define BOOT_MEMMAP_H

#include "hv/config/boot.h"

#define MEMMAP_RAM 1u /* ACPI specification, 15: AddressRangeMemory; anything else is not ours */

/*
 * Write the usable RAM of in[0..n) to out[0..max): ascending, disjoint, page aligned, none below
 * 1 MiB and none at or above `limit` (page aligned). Entries may come in any order and overlap:
 * memory that any entry calls something else is left out, to whole pages. When there are more
 * pieces than fit, the smallest are given up. Returns the number of ranges.
 */
u32 memmap_normalise(struct ram_range *out, u32 max, const struct memmap_entry *in, u32 n,
		     u64 limit);

/*
 * Take the multiboot memory map at bytes[0..length) apart into out[0..max). The stride of each
 * entry is its own `size` word. Returns the number of entries; damaged tails are dropped.
 */
u32 memmap_parse(struct memmap_entry *out, u32 max, const void *bytes, u32 length);

#endif
