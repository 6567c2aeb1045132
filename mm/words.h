/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of leaf tables in words of the two formats, for the hot paths: what nearly all are, RAM.
 * The guest's entry is (low, high), ours at `have`, which maps no device. Private to this room. */
#ifndef MM_WORDS_H
#define MM_WORDS_H

#include "mm/shadow.h"

/* Of an entry whose next use must trap. */
SPECIALISED bool entry_traps(u32 low)
{
	return (low & (PTE_P | PTE_A)) != (PTE_P | PTE_A);
}

SPECIALISED void leaf_clear(const struct pt_format *sf, volatile u32 *have)
{
	have[0] = 0;
	if (sf->levels == 3)
		have[1] = 0;
}

/* In place of a present entry, too: see pt_set(). */
SPECIALISED void leaf_put(const struct pt_format *sf, volatile u32 *have, u32 low, u32 high)
{
	if (sf->levels == 3) {
		have[0] = 0;
		have[1] = high;
	}
	have[0] = low;
}

SPECIALISED u32 spte_rights(u32 low, u32 rights)
{
	return low & rights & (PTE_U | (low / (PTE_D / PTE_W) & PTE_W)); /* W where D is */
}

/* The flags of ours for a RAM entry of the guest; 0: its next use must trap. */
SPECIALISED u32 spte_flags(u32 low, u32 rights)
{
	return entry_traps(low) ? 0 : PTE_P | PTE_D | spte_rights(low, rights);
}

/* Ours is put in its place as one that is used. False: nothing was done, leaf_set_used() knows
 * what. */
SPECIALISED bool leaf_fill(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			   volatile u32 *have, struct leaf *l, u32 index, u32 low, u32 high,
			   u32 rights)
{
	u32 group = index / GROUP, nx = (u32)(s->nx >> 32), frame, flags = PTE_P | PTE_A | PTE_D;

	if (low >> PAGE_SHIFT >= s->mem->ram_pages || (gf->levels == 3 && high & ~nx))
		return false;
	frame = s->mem->frames[low >> PAGE_SHIFT].n;
	flags |= spte_rights(low, rights);
	if (!(l->shown[group / 32] & BIT(group % 32)))
		leaf_show(l, group);
	leaf_put(sf, have, frame << PAGE_SHIFT | flags,
		 frame >> (32 - PAGE_SHIFT) | (gf->levels == 3 ? (high | rights) & nx : 0));
	return true;
}

/* Any of them; `l` is leaf_of(table). */
SPECIALISED bool leaf_set_ram(const struct pt_format *gf, const struct pt_format *sf,
			      struct shadow *s, u32 *table, struct leaf *l, u32 index, u32 low,
			      u32 high, u32 rights)
{
	volatile u32 *have = table + index * (sf->entry_bytes / 4u);

	if (have[0] & SPTE_DEVICE)
		return false;
	if (!entry_traps(low))
		return leaf_fill(gf, sf, s, have, l, index, low, high, rights);
	leaf_clear(sf, have);
	return true;
}

/* A guest's format is never larger than ours, so there are three pairs of them. */
#define PAIR_CALL(s, fn, ...)                                                        \
	((s)->sf->levels == 2	? fn(&format_2level, &format_2level, s, __VA_ARGS__) \
	 : (s)->gf->levels == 2 ? fn(&format_2level, &format_pae, s, __VA_ARGS__)    \
				: fn(&format_pae, &format_pae, s, __VA_ARGS__))

#endif
