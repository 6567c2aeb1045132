/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables. They are ours to edit, in memory; the CPU uses shadows of them, which the hypervisor
 * keeps. So whenever an entry changed, it is told which one: SET_PTE for a page, SET_PGD for a
 * table.
 */
#include "labs/kernel/memory.h"
#include "labs/kernel/trap.h"

#define DIRECTORY_SHIFT 22
#define ENTRIES		1024u
/* A table is for pages of all kinds: the entries in it say what may be done. */
#define TABLE_FLAGS (PTE_PRESENT | PTE_WRITE | PTE_USER)

extern u32 boot_directory[ENTRIES]; /* entry.S */

struct space kernel_space, *current_space = &kernel_space;

u32 *page_entry(struct space *s, u32 va, bool make)
{
	u32 index = va >> DIRECTORY_SHIFT, *directory = virt(s->directory), *table;

	if (!(directory[index] & PTE_PRESENT)) {
		u32 frame = make ? frame_alloc() : 0;

		if (!frame)
			return NULL;
		directory[index] = frame | TABLE_FLAGS;
		hcall(HC_SET_PGD, s->directory, index, 0);
	}
	table = virt(directory[index] & ~PTE_FLAGS);
	return &table[va / PAGE_SIZE % ENTRIES];
}

bool map(struct space *s, u32 va, u32 frame, u32 flags)
{
	u32 *entry = page_entry(s, va, true);

	if (!entry)
		return false;
	*entry = frame | flags | PTE_PRESENT;
	hcall(HC_SET_PTE, s->directory, va, *entry);
	return true;
}

u32 unmap(struct space *s, u32 va)
{
	u32 *entry = page_entry(s, va, false), was;

	if (!entry || !(*entry & PTE_PRESENT))
		return 0;
	was = *entry & ~PTE_FLAGS;
	*entry = 0;
	hcall(HC_SET_PTE, s->directory, va, 0);
	return was;
}

/* Address 0 is not mapped any more: from now on null pointers are found. */
void paging_init(void)
{
	u32 devices = DEVICES >> DIRECTORY_SHIFT, *directory, pa;

	kernel_space.directory = frame_alloc();
	directory = virt(kernel_space.directory);
	directory[devices] = boot_directory[devices];
	for (pa = 0; pa < ram_size(); pa += PAGE_SIZE)
		*page_entry(&kernel_space, KERNEL_BASE + pa, true) = pa | PTE_WRITE | PTE_PRESENT;
	space_load(&kernel_space);
}

void space_load(struct space *s)
{
	current_space = s;
	hcall(HC_NEW_PGTABLE, s->directory, 0, 0);
}

void memory_init(void)
{
	frames_init();
	paging_init();
	trap_register(TRAP_PAGE_FAULT, page_fault);
}
