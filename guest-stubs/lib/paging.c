/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables, through a description of their format. */
#include "guest-stubs/lib/paging.h"

#define MAP_MAX (256u << 20)

const struct table_format table_2level = {
	.levels = 2,
	.entry_bytes = 4,
	.shift = {12, 22},
	.bits = {10, 10},
	.dir_flags = {0, PTE_P | PTE_W | PTE_U | PTE_A | PTE_D},
};
const struct table_format *tables = &table_2level;
u32 kernel_root;

static u32 io_used; /* bytes of the I/O area given away */

u32 pte_read(const void *slot)
{
	return *(const volatile u32 *)slot;
}

void pte_write(void *slot, u32 value)
{
	if (tables->entry_bytes == 8)
		((volatile u32 *)slot)[1] = 0;
	*(volatile u32 *)slot = value;
}

static void *entry_at(u32 table, unsigned level, u32 va)
{
	u32 index = va >> tables->shift[level] & ((1u << tables->bits[level]) - 1);

	return (u8 *)virt(table) + index * tables->entry_bytes;
}

void *pte_slot(u32 root, u32 va, bool make)
{
	unsigned top = tables->levels - 1u, level;
	u32 table = root;

	for (level = top; level > 0; level--) {
		void *slot = entry_at(table, level, va);
		u32 e = pte_read(slot);

		if (!(e & PTE_P)) {
			u32 page = make ? page_alloc() : 0;

			if (!page)
				return NULL;
			e = page | tables->dir_flags[level];
			pte_write(slot, e);
			if (kernel_root)
				hcall(level == top ? HC_SET_PGD : HC_SET_PMD, table,
				      ((u32)slot & (PAGE_SIZE - 1)) / tables->entry_bytes, 0, 0);
		}
		table = e & ~(PAGE_SIZE - 1);
	}
	return entry_at(table, 0, va);
}

bool map_page(u32 root, u32 va, u32 entry)
{
	void *slot = pte_slot(root, va, true);

	if (!slot)
		return false;
	pte_write(slot, entry);
	hcall(HC_SET_PTE, root, va, entry, 0);
	return true;
}

void flush_tlb(u32 what)
{
	hcall(HC_FLUSH_TLB, what, 0, 0, 0);
}

static u32 top_entries(void)
{
	return 1u << tables->bits[tables->levels - 1];
}

static u32 kernel_top_index(void)
{
	return (u32)guest_kernel_base >> tables->shift[tables->levels - 1];
}

u32 root_new(void)
{
	u32 root = page_alloc(), from = kernel_top_index() * tables->entry_bytes;

	if (!root)
		return 0;
	memcpy((u8 *)virt(root) + from, (u8 *)virt(kernel_root) + from,
	       top_entries() * tables->entry_bytes - from);
	return root;
}

void root_free(u32 root)
{
	u32 i;

	for (i = 0; i < kernel_top_index(); i++) {
		void *slot = (u8 *)virt(root) + i * tables->entry_bytes;
		u32 e = pte_read(slot);

		if (!(e & PTE_P))
			continue;
		pte_write(slot, 0);
		hcall(HC_SET_PGD, root, i, 0, 0);
		page_free(e & ~(PAGE_SIZE - 1));
	}
	page_free(root);
}

void root_load(u32 root)
{
	hcall(HC_NEW_PGTABLE, root, 0, 0, 0);
}

void paging_init(void)
{
	u32 root = page_alloc(), gpa, end = MIN(ram_bytes(), MAP_MAX);

	for (gpa = 0; gpa < end; gpa += PAGE_SIZE)
		pte_write(pte_slot(root, gpa + (u32)guest_offset, true), gpa | PTE_KERNEL);
	pte_slot(root, IO_BASE, true);
	root_load(root);
	kernel_root = root;
}

volatile void *map_device(u32 gpa, u32 bytes)
{
	u32 page = gpa & ~(PAGE_SIZE - 1), at;

	if (!kernel_root)
		return (volatile void *)gpa;
	at = IO_BASE + io_used;
	for (; page < gpa + bytes; page += PAGE_SIZE, io_used += PAGE_SIZE)
		map_page(kernel_root, IO_BASE + io_used, page | PTE_KERNEL);
	return (volatile u8 *)at + (gpa & (PAGE_SIZE - 1));
}
