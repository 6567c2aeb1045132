/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fake_host.h. */
#include "mm/frame.c" /* its pool is static, and every test wants a fresh one */

#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <sys/mman.h>

struct cpu_features cpu;
u32 host_windows;
bool host_has_nx;

static u8 *high_ram;
static const struct pt_format *format = &pt_format_pae;

const struct pt_format *shadow_format(void)
{
	return format;
}

bool host_nx(void)
{
	return format == &pt_format_pae && host_has_nx;
}

/* The PWT and PCD bits are enough to tell the types apart. */
u64 host_cache_bits(enum cache_type cache)
{
	return (u64)cache << 3;
}

/* Frames whose physical address is a pointer must lie where mmap() puts nothing by itself. */
static void map_once(void)
{
	void *low = (void *)(uintptr_t)HOST_LOW_BASE;

	if (high_ram)
		return;
	assert_ptr_equal(mmap(low, HOST_LOW_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
			 low);
	high_ram = mmap(NULL, HOST_HIGH_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(high_ram, MAP_FAILED);
	assert_true((uintptr_t)high_ram >= WINDOW_BASE); /* frame_unmap() tells them by that */
}

void host_reset_ranges(const struct ram_range *ram, u32 n, const struct ram_range *reserved,
		       u32 nres)
{
	map_once();
	memset((void *)(uintptr_t)HOST_LOW_BASE, 0xa5, HOST_LOW_PAGES * PAGE_SIZE);
	memset(high_ram, 0xa5, HOST_HIGH_PAGES * PAGE_SIZE);
	memset(&pool, 0, sizeof(pool));
	memset(&cpu, 0, sizeof(cpu));
	cpu.pae = format == &pt_format_pae;
	cpu.phys_bits = cpu.pae ? 36 : 32;
	host_windows = 0;
	frame_init(ram, n, reserved, nres);
}

void host_reset(u32 low_pages, u32 high_pages, const struct pt_format *shadow)
{
	const u64 low = HOST_LOW_BASE, high = (u64)HOST_HIGH_FRAME << PAGE_SHIFT;
	const struct ram_range ram[] = {{low, low + low_pages * PAGE_SIZE},
					{high, high + high_pages * PAGE_SIZE}};

	format = shadow;
	host_reset_ranges(ram, high_pages ? 2 : 1, NULL, 0);
}

void *frame_map_high(pfn_t f)
{
	assert_in_range(f.n, HOST_HIGH_FRAME, HOST_HIGH_FRAME + HOST_HIGH_PAGES - 1);
	assert_true(++host_windows <= WINDOW_PAGES);
	return high_ram + (size_t)(f.n - HOST_HIGH_FRAME) * PAGE_SIZE;
}

void frame_unmap_high(void *p)
{
	assert_true((u8 *)p >= high_ram && (u8 *)p < high_ram + HOST_HIGH_PAGES * PAGE_SIZE);
	assert_true(host_windows-- > 0);
}
