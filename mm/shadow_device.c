/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shadow entries for memory of devices: what the guest's entry says, what the slot demands. */
#include "mm/host.h"
#include "mm/shadow.h"

/* The cache bits of our entry for device memory, or false when the guest's mapping does not fit.
 * With PWT and PCD alone a guest cannot say "write combining": PCD without PWT on such memory
 * means it, as with an MTRR, and both mean uncached, which is always allowed. */
bool device_cache_bits(enum cache_type slot, u64 pte, u64 *bits)
{
	bool wt = pte & PTE_PWT, uc = pte & PTE_PCD;

	*bits = host_cache_bits(slot);
	if (slot == CACHE_WB)
		return true;
	if (slot == CACHE_WC && uc && !wt)
		return true;
	if (uc)
		*bits = host_cache_bits(CACHE_UC);
	return uc || (slot == CACHE_WT && wt);
}

u64 spte_for_device(const struct shadow *s, u64 gfn, u64 pte, u32 rights)
{
	const struct slot *slot = gfn >> 20 ? NULL : gmem_find(s->mem, (gfn_t)gfn);
	u64 cache;
	pfn_t at;

	if (!slot || slot->kind != SLOT_DEVICE || !device_cache_bits(slot->cache, pte, &cache))
		return 0;
	at = slot->place[gfn - slot->base];
	if (!at.n)
		return 0;
	if (slot->ram)
		cache = host_cache_bits(CACHE_WB);
	return spte_of(at, entry_nx(s->gf, s, pte, rights),
		       PTE_P | PTE_D | SPTE_DEVICE | (u32)cache | granted((u32)pte, rights));
}
