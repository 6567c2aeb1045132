/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restarter: restarts itself for ever. Each time it makes sure that its memory came zeroed, then
 * dirties it and makes page tables, so that a leak or a remnant would show.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"

#define DIRT   0xdeadbeefu
#define TABLES 16
#define STRIDE 0x00400000u /* what one page table maps */

void guest_main(void)
{
	u32 root, fresh, at, i;

	traps_init();
	paging_init();
	root = root_new();
	fresh = page_alloc();
	for (i = 0; i < TABLES; i++)
		map_page(root, i * STRIDE, fresh | PTE_USER);
	for (at = page_alloc(); at < ram_bytes(); at += PAGE_SIZE) {
		volatile u32 *word = virt(at);

		if (word[0] || word[1])
			panic("restarter: memory at %x was not zeroed", at);
		word[0] = word[1] = DIRT;
	}
	*(volatile u32 *)virt(fresh) = DIRT;
	root_load(root);
	for (i = 0; i < TABLES; i++)
		if (*(volatile u32 *)(i * STRIDE) != DIRT)
			panic("restarter: mapping %u is wrong", i);
	puts("restarter: again\n");
	restart();
}
