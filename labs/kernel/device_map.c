/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device registers lie beyond the RAM, and get addresses in a part of the kernel that entry.S made
 * a table for. */
#include "labs/kernel/memory.h"

#define DEVICE_PAGES  1024
#define DEVICE_ACCESS (PTE_PRESENT | PTE_WRITE)

extern u32 device_table[DEVICE_PAGES], boot_directory[1024];

volatile void *map_device(u32 pa, u32 bytes)
{
	static u32 used;
	u32 page = pa & ~PTE_FLAGS, va = DEVICES + used * PAGE_SIZE, at;

	for (at = va; page < pa + bytes; at += PAGE_SIZE, page += PAGE_SIZE) {
		if (used == DEVICE_PAGES)
			panic("no addresses are left for devices");
		device_table[used++] = page | DEVICE_ACCESS;
		hcall(HC_SET_PTE, phys(boot_directory), at, page | DEVICE_ACCESS);
	}
	return (volatile u8 *)(va + (pa & PTE_FLAGS));
}
