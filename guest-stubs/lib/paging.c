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
const struct table_format table_pae = {
	.levels = 3,
	.entry_bytes = 8,
	.shift = {12, 21, 30},
	.bits = {9, 9, 2},
	.dir_flags = {0, PTE_P | PTE_W | PTE_U | PTE_A | PTE_D, PTE_P},
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

static u32 index_at(unsigned level, u32 va)
{
	return va >> tables->shift[level] & ((1u << tables->bits[level]) - 1);
}

static void *entry_at(u32 table, unsigned level, u32 va)
{
	return (u8 *)virt(table) + index_at(level, va) * tables->entry_bytes;
}

/* Tell of a changed entry above the leaf: SET_PGD at the top, SET_PMD in the middle. */
static void announce(u32 table, unsigned level, u32 va)
{
	if (kernel_root)
		hcall(level == tables->levels - 1u ? HC_SET_PGD : HC_SET_PMD, table,
		      index_at(level, va), 0, 0);
}

/* The entry for va at a level, *table the page it lies in; NULL: a table is missing. */
static void *slot_at(u32 root, u32 va, unsigned level, bool make, u32 *table)
{
	unsigned l;

	*table = root;
	for (l = tables->levels - 1u; l > level; l--) {
		void *slot = entry_at(*table, l, va);
		u32 e = pte_read(slot);

		if (!(e & PTE_P)) {
			u32 page = make ? page_alloc() : 0;

			if (!page)
				return NULL;
			e = page | tables->dir_flags[l];
			pte_write(slot, e);
			announce(*table, l, va);
		}
		*table = e & ~(PAGE_SIZE - 1);
	}
	return entry_at(*table, level, va);
}

void *pte_slot(u32 root, u32 va, bool make)
{
	u32 table;

	return slot_at(root, va, 0, make, &table);
}

void *table_slot(u32 root, u32 va)
{
	u32 table;

	return slot_at(root, va, 1, true, &table);
}

void table_changed(u32 root, u32 va)
{
	u32 table;

	slot_at(root, va, 1, true, &table);
	announce(table, 1, va);
}

u32 table_span(void)
{
	return 1u << tables->shift[1];
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

/* Clear the entries [0, count) of a table and free the tables below them. Only what hangs in the
 * top table is announced: nothing below it can be reached then. */
static void free_tables(u32 table, unsigned level, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		void *slot = (u8 *)virt(table) + i * tables->entry_bytes;
		u32 e = pte_read(slot);

		if (!(e & PTE_P))
			continue;
		pte_write(slot, 0);
		if (level == tables->levels - 1u)
			hcall(HC_SET_PGD, table, i, 0, 0);
		if (level > 1)
			free_tables(e & ~(PAGE_SIZE - 1), level - 1, 1u << tables->bits[level - 1]);
		page_free(e & ~(PAGE_SIZE - 1));
	}
}

void root_free(u32 root)
{
	free_tables(root, tables->levels - 1u, kernel_top_index());
	page_free(root);
}

void root_load(u32 root)
{
	hcall(HC_NEW_PGTABLE, root, 0, 0, 0);
}

void paging_init(void)
{
	u32 root, gpa, end = MIN(ram_bytes(), MAP_MAX);

	if ((u32)guest_pae)
		tables = &table_pae;
	root = page_alloc();
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
