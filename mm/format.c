/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page-table formats as other rooms see them, and how an entry is written. */
#include "mm/format.h"

const struct pt_format pt_format_2level = FORMAT_2LEVEL;
const struct pt_format pt_format_pae = FORMAT_PAE;

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
