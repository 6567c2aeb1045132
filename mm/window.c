/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few pages of the hypervisor's address space through which it sees what has no address of its
 * own there: RAM above LOW_LIMIT, memory of devices. Taken and given back as a stack. */
#include "mm/window.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/x86.h"
#include "mm/host.h"
#include "mm/layout.h"

static struct {
	const struct pt_format *fmt;
	void *table; /* the last-level table of these pages */
	u32 used;
} window;

_Static_assert((WINDOW_BASE & (MIB(2) - 1)) + WINDOW_PAGES * PAGE_SIZE <= MIB(2),
	       "one last-level table of either format holds the window");

void window_init(const struct pt_format *fmt, void *table)
{
	window.fmt = fmt;
	window.table = table;
}

u64 host_cache_bits(enum cache_type c)
{
	const u64 bits[] = {
		[CACHE_WB] = 0,
		[CACHE_WT] = PTE_PWT,
		[CACHE_WC] = cpu.pat ? PTE_PCD : PTE_PCD | PTE_PWT,
		[CACHE_UC] = PTE_PCD | PTE_PWT,
	};
	return bits[c];
}

static void *window_map(pfn_t f, u64 cache)
{
	gva_t va = WINDOW_BASE + window.used * PAGE_SIZE;

	BUG_ON(window.used == WINDOW_PAGES);
	window.used++;
	pt_set(window.fmt, window.table, pt_index(window.fmt, 0, va),
	       (u64)f.n << PAGE_SHIFT | PTE_P | PTE_W | PTE_A | PTE_D | cache);
	invlpg((void *)(uintptr_t)va);
	return (void *)(uintptr_t)va;
}

void *frame_map_high(pfn_t f)
{
	return window_map(f, 0);
}

void *frame_map_device(pfn_t f, enum cache_type cache)
{
	return window_map(f, host_cache_bits(cache));
}

void frame_unmap_high(void *p)
{
	window.used--;
	BUG_ON(((uintptr_t)p & PAGE_MASK) != WINDOW_BASE + window.used * PAGE_SIZE);
}
