/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables as the CPU defines them, in both formats. For every room above mm/. */
#ifndef MM_PAGING_H
#define MM_PAGING_H

#include "lib/base.h"

/* ---- Page-table formats (mm/format.c) ---------------------------------------------------- */

/* Entry bits common to both formats (SDM vol. 3, 4.3 and 4.4). */
#define PTE_P	0x001u
#define PTE_W	0x002u
#define PTE_U	0x004u
#define PTE_PWT 0x008u
#define PTE_PCD 0x010u
#define PTE_A	0x020u
#define PTE_D	0x040u
#define PTE_PS	0x080u /* in a directory entry; PAT in a leaf */
#define PTE_G	0x100u
#define PTE_NX	0x8000000000000000ull

/* A table format is a value, not an #ifdef: levels are numbered from the leaf (0) upwards. */
struct pt_format {
	const char *name;
	u8 levels;	      /* 2 or 3 */
	u8 entry_bytes;	      /* 4 or 8 */
	u8 shift[3], bits[3]; /* where each level's index lies in an address */
	u64 frame_mask;	      /* address bits of an entry */
	u32 top_align;	      /* alignment of the top-level table, bytes */
	u64 illegal[3];	      /* per level: bits that must be 0 in a present guest entry */
};

extern const struct pt_format pt_format_2level, pt_format_pae;

static inline u32 pt_index(const struct pt_format *f, unsigned level, gva_t va)
{
	return va >> f->shift[level] & ((1u << f->bits[level]) - 1u);
}

static inline u64 pt_get(const struct pt_format *f, const void *table, u32 index)
{
	return f->entry_bytes == 8 ? ((const volatile u64 *)table)[index]
				   : ((const volatile u32 *)table)[index];
}

/* A 64-bit entry is never seen half written as present: P lies in the low word, which is cleared
 * first and written last. */
static inline void pt_set(const struct pt_format *f, void *table, u32 index, u64 entry)
{
	volatile u32 *w = (volatile u32 *)table + index;

	if (f->entry_bytes == 8) {
		w += index;
		w[0] = 0;
		w[1] = (u32)(entry >> 32);
	}
	w[0] = (u32)entry;
}

#endif
