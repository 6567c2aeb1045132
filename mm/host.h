/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own address space. For every room above mm/ that maps devices, and for those who
 * load CR3. */
#ifndef MM_HOST_H
#define MM_HOST_H

#include "mm/frame.h"
#include "mm/paging.h"

/* ---- The host address space (mm/host.c): physical memory at its own address -------------- */

/* Build the 1:1 map of the RAM ranges (4 MiB pages where the CPU has PSE), text read-only, guard
 * pages, page 0 absent, and switch paging on. Chooses the shadow format: PAE where there is
 * PAE. The hypervisor's own switcher pages are mapped too. Panics when memory is too small. */
void host_space_init(const struct ram_range *ram, u32 n);
/* Where the memory of cards ends: I/O APIC, HPET, local APIC and firmware lie above (ICH data
 * sheet, 6.4). */
#define DEVICE_LIMIT ((u64)0xfec00000u)
_Static_assert(LOW_LIMIT <= DEVICE_LIMIT && DEVICE_LIMIT <= WINDOW_BASE,
	       "mapped at its own address");
/* Map a stretch of device memory and return its address; NULL when out of memory. */
void *host_map_device(u64 phys, u32 bytes, enum cache_type cache);
/* PWT and PCD for a page-table entry; write-combining becomes uncached on a CPU without PAT. */
u64 host_cache_bits(enum cache_type cache);
u32 host_root(void); /* CR3 of the hypervisor */
const struct pt_format *shadow_format(void);
/* Are pages without execution to be had (EFER.NXE is set then; SDM vol. 3, 4.1.4)? */
bool host_nx(void);

#endif
