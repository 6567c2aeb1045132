/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that devices of the machine read and write by themselves. For the drivers of disks and
 * network cards, and what both stand on. */
#ifndef DEVICES_HOST_DMA_H
#define DEVICES_HOST_DMA_H

#include "lib/base.h"

/* `bytes` of zeroed, page-aligned memory that lies at its own address for hardware too, for
 * good. NULL: none. */
void *dma_alloc(u32 bytes);

/* Its address as the hardware has it. */
static inline u32 dma_address(const void *p)
{
	return (u32)(uintptr_t)p;
}

/* The hardware is told by the store that comes next, or has told us by the load before. A PC keeps
 * the order of stores, and of loads, so the compiler is all that must be held back. */
#define dma_barrier() __asm__ volatile("" ::: "memory")

#endif
