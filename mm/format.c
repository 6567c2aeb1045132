/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two page-table formats of 32-bit x86 (SDM vol. 3, 4.3 "32-bit paging", 4.4 "PAE paging"). */
#include "mm/mm.h"

/* Large pages are not offered to guests, so PS in a directory is illegal. Bits 62:52 of a PAE
 * entry are reserved, and so are all but P, PWT, PCD and AVL in its top level (SDM vol. 3, table
 * 4-8). */
#define PAE_RESERVED   0x7ff0000000000000ull
#define PDPTE_RESERVED (0xfff00000000001e6ull)

const struct pt_format pt_format_2level = {
	.name = "2-level",
	.levels = 2,
	.entry_bytes = 4,
	.shift = {12, 22},
	.bits = {10, 10},
	.frame_mask = 0xfffff000u,
	.top_align = PAGE_SIZE,
	.illegal = {0, PTE_PS},
};

const struct pt_format pt_format_pae = {
	.name = "PAE",
	.levels = 3,
	.entry_bytes = 8,
	.shift = {12, 21, 30},
	.bits = {9, 9, 2},
	.frame_mask = 0x000ffffffffff000ull,
	.top_align = 32,
	.illegal = {PAE_RESERVED, PAE_RESERVED | PTE_PS, PDPTE_RESERVED},
};

/* A 64-bit entry is never seen half written as present: P lies in the low word, which is
 * cleared first and written last. */
void pt_set(const struct pt_format *f, void *table, u32 index, u64 entry)
{
	volatile u32 *w;

	if (f->entry_bytes == 4) {
		((volatile u32 *)table)[index] = (u32)entry;
		return;
	}
	w = (volatile u32 *)table + 2 * index;
	w[0] = 0;
	w[1] = (u32)(entry >> 32);
	w[0] = (u32)entry;
}
