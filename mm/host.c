/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host address space: physical memory at its own address (mm/layout.h). Our text and
 * constants are read-only under CR0.WP, stacks have an absent page below them, page 0 is absent.
 * The tables use the same format as the shadow tables, since CR4.PAE holds for both.
 */
#include "mm/host.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/x86.h"
#include "mm/layout.h"
#include "mm/window.h"

extern char image_start[], text_start[], rodata_end[], image_end[];
extern char boot_stack_guard[], df_stack_guard[];
extern char switcher_load_start[];

static struct {
	const struct pt_format *fmt;
	struct frame_owner owner;
	void *top;
	pfn_t state, regs;
} host = {.owner = {.name = "host tables"}};

const struct pt_format *shadow_format(void)
{
	return host.fmt;
}

bool host_nx(void)
{
	return host.fmt == &pt_format_pae && cpu.nx;
}

u32 host_root(void)
{
	return (u32)(uintptr_t)host.top;
}

/* The table below entry `index`, made when absent. NULL: no memory. */
static void *table_below(void *table, unsigned level, u32 index)
{
	u64 e = pt_get(host.fmt, table, index);
	pfn_t f;

	if (e & PTE_P)
		return (void *)(uintptr_t)(e & host.fmt->frame_mask);
	if (frame_alloc(&host.owner, true, &f) != HV_OK)
		return NULL;
	/* The PAE top level has no W bit (SDM vol. 3, table 4-8). */
	pt_set(host.fmt, table, index,
	       ((u64)f.n << PAGE_SHIFT) | (level == 2 ? PTE_P : PTE_P | PTE_W));
	return frame_ptr(f);
}

/* Map one page of the given level: 0 = 4 KiB, 1 = large. Remapping replaces. */
static bool map(gva_t va, u64 phys, u64 flags, unsigned at_level)
{
	void *t = host.top;

	for (unsigned level = host.fmt->levels - 1u; level > at_level; level--) {
		if (level == 1 && pt_get(host.fmt, t, pt_index(host.fmt, 1, va)) & PTE_PS)
			return true; /* RAM, mapped 1:1 by a large page: firmware's tables */
		t = table_below(t, level, pt_index(host.fmt, level, va));
		if (!t)
			return false;
	}
	pt_set(host.fmt, t, pt_index(host.fmt, at_level, va),
	       flags ? phys | flags | (at_level ? PTE_PS : 0) : 0);
	return true;
}

/* Map [start, end) 1:1, with large pages where they fit whole and `large` allows. */
static bool map_ram(u64 start, u64 end, bool large)
{
	u32 big = 1u << host.fmt->shift[1];

	while (start < end) {
		bool use = large && !(start & (big - 1)) && end - start >= big;

		if (!map((gva_t)start, start, PTE_P | PTE_W | PTE_A | PTE_D, use))
			return false;
		start += use ? big : PAGE_SIZE;
	}
	return true;
}

static u32 addr(const void *p)
{
	return (u32)(uintptr_t)p;
}

/* The image lies in the first 4 MiB, which have 4 KiB pages: text and constants read-only,
 * guard pages and the null page absent. */
static bool protect_image(void)
{
	for (u32 a = addr(text_start); a < addr(rodata_end); a += PAGE_SIZE)
		if (!map(a, a, PTE_P | PTE_A, 0))
			return false;
	return map(0, 0, 0, 0) && map(addr(boot_stack_guard), 0, 0, 0) &&
	       map(addr(df_stack_guard), 0, 0, 0);
}

/* Our own frames at the three addresses of the switcher. */
static bool map_switcher(void)
{
	if (frame_alloc(&host.owner, true, &host.state) != HV_OK ||
	    frame_alloc(&host.owner, true, &host.regs) != HV_OK)
		return false;
	return map(SWITCHER_CODE, addr(switcher_load_start), PTE_P | PTE_A, 0) &&
	       map(SWITCHER_STATE, (u64)host.state.n << PAGE_SHIFT, PTE_P | PTE_W | PTE_A | PTE_D,
		   0) &&
	       map(SWITCHER_REGS, (u64)host.regs.n << PAGE_SHIFT, PTE_P | PTE_W | PTE_A | PTE_D, 0);
}

/* The last-level table of the window must exist before the first frame_map(). */
static bool make_window(void)
{
	void *t = host.top;

	for (unsigned level = host.fmt->levels - 1u; t && level; level--)
		t = table_below(t, level, pt_index(host.fmt, level, WINDOW_BASE));
	if (t)
		window_init(host.fmt, t);
	return t != NULL;
}

/* PAT entries by PCD and PWT as after reset, but PCD alone selects write-combining (SDM vol. 3,
 * 11.12); the guests' tables never reach the CPU, so they cannot tell. */
#define MSR_PAT	  0x277u
#define PAT_VALUE 0x0007010600010406ull

_Static_assert((PAT_VALUE >> 16 & 0xff) == 1 && (PAT_VALUE >> 24 & 0xff) == 0,
	       "PCD alone is write-combining, PCD with PWT uncached");

static void switch_on(void)
{
	u32 cr4 = 0;

	/* PAE has its large pages without PSE (SDM vol. 3, 4.4), but not in every emulator: v86. */
	if (cpu.pse)
		cr4 |= CR4_PSE;
	if (host.fmt == &pt_format_pae)
		cr4 |= CR4_PAE;
	if (cpu.fxsr)
		cr4 |= CR4_OSFXSR;
	if (cpu.sse)
		cr4 |= CR4_OSXMMEXCPT;
	/* Before the Pentium there may be no CR4; every feature that needs it implies it. */
	if (cr4)
		write_cr4(cr4);
	if (cpu.pat)
		wrmsr(MSR_PAT, PAT_VALUE);
	if (host_nx())
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	write_cr3(host_root());
	write_cr0((read_cr0() & ~(CR0_EM | CR0_TS | CR0_CD | CR0_NW)) | CR0_PG | CR0_WP | CR0_NE |
		  CR0_MP | CR0_AM);
}

void host_space_init(const struct ram_range *ram, u32 n)
{
	bool large = cpu.pse || cpu.pae;
	bool ok;
	pfn_t f;

	host.fmt = cpu.pae ? &pt_format_pae : &pt_format_2level;
	BUG_ON(addr(image_end) > MIB(4));
	ok = frame_alloc(&host.owner, true, &f) == HV_OK;
	if (ok) {
		host.top = frame_ptr(f);
		ok = map_ram(0, MIB(4), false) && protect_image() && map_switcher() &&
		     make_window();
	}
	for (u32 i = 0; ok && i < n; i++)
		ok = map_ram(MAX(ram[i].start, (u64)MIB(4)), MIN(ram[i].end, LOW_LIMIT), large);
	if (!ok)
		panic("not enough memory for the hypervisor's page tables: have %u KiB",
		      frame_total_count() * 4);
	switch_on();
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	u64 start = phys & ~(u64)(PAGE_SIZE - 1), end = phys + bytes;

	if (!bytes || end > WINDOW_BASE || start < PAGE_SIZE)
		return NULL;
	for (u64 a = start; a < end; a += PAGE_SIZE) {
		if (a < MIB(4) && a >= MIB(1))
			continue; /* the image's stretch is mapped as it must be */
		if (!map((gva_t)a, a, PTE_P | PTE_W | PTE_A | PTE_D | host_cache_bits(cache), 0))
			return NULL;
	}
	write_cr3(host_root());
	return (void *)(uintptr_t)phys;
}
