/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by memory: a BAR of 16 MiB moved with each word of a string instruction; a middle table
 * that hangs in every quarter of every root, announced again and again; as many shadow tables as
 * there may be, all the time. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/pci.h"

#define SHM_ID	0x11101af4u
#define BAR2	0x18u
#define ROOTS	16u
#define QUARTER 0x40000000u
#define TABLE	0x200000u /* what a leaf table maps */

void attack_bars(void)
{
	static u32 places[256];
	u32 dev = 1, bar, size;

	while (dev < PCI_DEVICES && pci_read32(dev, PCI_ID) != SHM_ID)
		dev++;
	if (dev == PCI_DEVICES)
		panic("attacker: needs shared memory");
	bar = pci_read32(dev, BAR2);
	pci_write32(dev, BAR2, ~0u);
	size = ~(pci_read32(dev, BAR2) & ~15u) + 1;
	pci_write32(dev, BAR2, bar);
	for (u32 i = 0; i < ARRAY_LEN(places); i++)
		places[i] = bar + (i % 2 ? size : 0);
	while (going()) {
		pci_write32(dev, BAR2, bar);
		for (u32 at = 0; at < size; at += PAGE_SIZE)
			(void)*word_at((bar & ~15u) + at);
		outl(PCI_ADDRESS, 0x80000000u | dev << 11 | BAR2);
		out_dwords(places, ARRAY_LEN(places));
		pci_forget();
	}
}

/* Roots whose first three quarters are one middle table, in which each entry is one and the same
 * full leaf table; each root is used once. Returns the middle table. */
static u32 many_roots(void)
{
	u32 middle, leaf, root;

	paging_init();
	middle = page_alloc();
	leaf = page_alloc();
	for (u32 i = 0; i < 512; i++) {
		((u64 *)virt(leaf))[i] =
			(u64)(0x200000u + i * PAGE_SIZE) | PTE_USER | PTE_A | PTE_D;
		((u64 *)virt(middle))[i] = (u64)leaf | PTE_USER | PTE_A;
	}
	for (u32 i = 0; i < ROOTS; i++) {
		root = root_new();
		if (!root)
			panic("attacker: out of pages");
		for (u32 n = 0; n < 3; n++)
			((u64 *)virt(root))[n] = (u64)middle | PTE_P;
		root_load(root);
		for (u32 n = 0; n < 3; n++)
			for (u32 page = 0; page < 512; page++)
				(void)*word_at(n * QUARTER + page * PAGE_SIZE);
	}
	return middle;
}

static void pmd(bool ring)
{
	u32 middle = many_roots();

	while (going())
		for (u32 i = 0; i < LHCALL_RING_SIZE; i++)
			if (ring)
				hcall_async(HC_SET_PMD, middle, 0, 0, 0);
			else
				hcall(HC_SET_PMD, middle, 0, 0, 0);
}

void attack_pmd(void)
{
	pmd(false);
}

void attack_pmd_ring(void)
{
	pmd(true);
}

void attack_hoard(void)
{
	(void)many_roots();
	while (going())
		for (u32 at = 0; at < 3 * QUARTER; at += TABLE)
			(void)*word_at(at);
}
