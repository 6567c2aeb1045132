/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of processes, counted, and page tables of either format with the hypercalls that tell of
 * their changes. */
#include "guest-stubs/penguin/penguin.h"

#define FRAMES	     65536u /* 256 MiB */
#define PDPT_BYTES   32u
#define PDPT_TOP     3u	 /* entries of the user half */
#define FREE_RESERVE 64u /* pages left for tables and the like */
#define MANY	     0xffffu

static u16 refs[FRAMES];
bool (*make_room)(void);
static u32 free_pdpts; /* linked through their first word */
static u32 lazy;

/* ---- Pages -------------------------------------------------------------------------------- */

static bool permanent(u32 gpa)
{
	return gpa < phys(guest_end);
}

u32 page_refs(u32 gpa)
{
	return permanent(gpa) ? MANY : refs[gpa / PAGE_SIZE];
}

void page_get(u32 gpa)
{
	if (!permanent(gpa))
		refs[gpa / PAGE_SIZE]++;
}

void page_put(u32 gpa)
{
	if (permanent(gpa))
		return;
	if (!refs[gpa / PAGE_SIZE])
		panic("penguin: page %x freed twice", gpa);
	if (!--refs[gpa / PAGE_SIZE])
		page_free(gpa);
}

u32 user_page(void)
{
	u32 page;

	while (pages_free() <= FREE_RESERVE)
		if (!make_room())
			return 0;
	page = page_alloc();
	refs[page / PAGE_SIZE] = 1;
	return page;
}

/* ---- Entries ------------------------------------------------------------------------------ */

void lazy_begin(void)
{
	lazy++;
}

void lazy_end(void)
{
	if (!--lazy)
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
}

void set_pte(u32 root, u32 va, void *slot, u32 entry)
{
	pte_write(slot, entry);
	if (lazy)
		hcall_async(HC_SET_PTE, root, va, entry, 0);
	else
		hcall(HC_SET_PTE, root, va, entry, 0);
}

/* ---- Roots -------------------------------------------------------------------------------- */

static bool pae(void)
{
	return tables->levels == 3;
}

/* A process's PDPT is 32 bytes anywhere in a page, as Linux has them. */
u32 root_make(void)
{
	u32 root;

	if (!pae())
		return root_new();
	root = free_pdpts;
	if (!root)
		return 0;
	free_pdpts = *(u32 *)virt(root);
	memcpy(virt(root), virt(kernel_root), PDPT_BYTES);
	memset(virt(root), 0, PDPT_TOP * 8);
	return root;
}

void root_drop(u32 root)
{
	if (!pae()) {
		root_free(root);
		return;
	}
	*(u32 *)virt(root) = free_pdpts;
	free_pdpts = root;
}

/* Take the table that maps `va` out of its directory and free it. As in Linux, its leaf entries
 * were cleared in memory only: that they are gone is told by the directory's entry. */
void drop_table(u32 root, u32 va)
{
	void *slot = table_slot(root, va);
	u32 table = pte_read(slot);

	pte_write(slot, 0);
	table_changed(root, va);
	page_free(table & PTE_FRAME);
}

/* PAE: the middle tables, empty by now. */
void drop_middles(u32 root)
{
	u32 i;

	for (i = 0; pae() && i < PDPT_TOP; i++) {
		void *slot = (u8 *)virt(root) + i * 8;
		u32 e = pte_read(slot);

		if (!(e & PTE_P))
			continue;
		pte_write(slot, 0);
		hcall(HC_SET_PGD, root, i, 0, 0);
		page_free(e & PTE_FRAME);
	}
}

void tables_init(void)
{
	u32 page, at;

	if (phys(guest_end) > 0x100000 + PENGUIN_INIT_SIZE)
		panic("penguin: larger than its header says");
	if (!pae())
		return;
	page = page_alloc();
	for (at = page; at < page + PAGE_SIZE; at += PDPT_BYTES) {
		*(u32 *)virt(at) = free_pdpts;
		free_pdpts = at;
	}
}
