/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often the hypervisor must come in: pages that are read, then written, then read and written
 * again. `--hv stats` counts; the sum that is printed proves that all was done.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"

#define PLACE 0x40000000u
#define PAGES 512u

static volatile u32 *word(u32 i)
{
	return (volatile u32 *)(PLACE + i * PAGE_SIZE);
}

void guest_main(void)
{
	u32 root, sum = 0;

	traps_init();
	paging_init();
	root = root_new();
	for (u32 i = 0; i < PAGES; i++) {
		u32 page = page_alloc();

		if (!page)
			panic("faults: too little memory");
		pte_write(pte_slot(root, PLACE + i * PAGE_SIZE, true), page | PTE_USER);
	}
	root_load(root);
	for (u32 i = 0; i < PAGES; i++)
		sum += *word(i); /* the first fault of a page: Accessed */
	for (u32 i = 0; i < PAGES; i++)
		*word(i) = i; /* the second: Dirty */
	for (u32 round = 0; round < 4; round++)
		for (u32 i = 0; i < PAGES; i++)
			sum += (*word(i))++;
	printf("faults: sum %u\n", sum);
}
