/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest announces is seen: SET_PTE, SET_PGD, FLUSH_TLB. Each check is a line "NAME: ok" or
 * what was expected and what was seen; what=pte, pgd or flush chooses.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"

#define PLACE  0x40000000u
#define HIGH   0xd0000000u /* in the kernel half */
#define FAULT  0xfa017000u /* stands for a page fault; its error code is added */
#define FIRST  0x11111111u
#define SECOND 0x22222222u
#define READY  (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)

static u32 root, other;

static void expect(const char *what, u32 seen, u32 wanted)
{
	if (seen == wanted)
		printf("%s: ok\n", what);
	else
		printf("%s: expected %x, seen %x\n", what, wanted, seen);
}

static u32 loaded;

static void load(u32 va)
{
	loaded = *(volatile u32 *)va;
}

static void store(u32 va)
{
	*(volatile u32 *)va = SECOND;
}

/* The word there, or FAULT with the error code. */
static u32 see(u32 va)
{
	return probe(load, va) ? FAULT | probe_frame.error : loaded;
}

static u32 change(u32 va)
{
	return probe(store, va) ? FAULT | probe_frame.error : SECOND;
}

static u32 marked(u32 word)
{
	u32 page = page_alloc();

	if (!page)
		panic("announce: too little memory");
	*(volatile u32 *)virt(page) = word;
	return page;
}

/* In memory only. */
static void edit(u32 where, u32 va, u32 entry)
{
	pte_write(pte_slot(where, va, true), entry);
}

static void pte(void)
{
	u32 a = marked(FIRST), b = marked(SECOND), c;

	map_page(root, PLACE, a | READY);
	expect("pte mapped", see(PLACE), FIRST);
	map_page(root, PLACE, b | READY);
	expect("pte moved", see(PLACE), SECOND);
	map_page(root, PLACE, 0);
	expect("pte removed", see(PLACE), FAULT);
	map_page(root, PLACE, a | (READY & ~PTE_W));
	expect("pte read-only", change(PLACE), FAULT | PF_PRESENT | PF_WRITE);
	map_page(root, PLACE, a | (READY & ~(PTE_A | PTE_D)));
	(void)see(PLACE); /* reading makes nothing dirty, and hides no write */
	(void)change(PLACE);
	expect("pte read, then dirty", pte_read(pte_slot(root, PLACE, false)) & (PTE_A | PTE_D),
	       PTE_A | PTE_D);
	*(volatile u32 *)virt(a) = FIRST;
	/* The entry in memory counts, not the value of the call. */
	edit(root, PLACE, a | READY);
	hcall(HC_SET_PTE, root, PLACE, b | READY, 0);
	expect("pte of memory", see(PLACE), FIRST);
	/* Another address space, which is not the current one. */
	map_page(other, PLACE, b | READY);
	root_load(other);
	expect("pte elsewhere", see(PLACE), SECOND);
	map_page(root, PLACE, 0);
	root_load(root);
	expect("pte elsewhere removed", see(PLACE), FAULT);
	/* The kernel's half is the same in all of them. */
	c = marked(FIRST);
	map_page(kernel_root, HIGH, c | READY);
	root_load(other);
	expect("pte of the kernel", see(HIGH), FIRST);
	map_page(kernel_root, HIGH, b | READY);
	expect("pte of the kernel moved", see(HIGH), SECOND);
	root_load(root);
	expect("pte of the kernel, all", see(HIGH), SECOND);
}

static void pgd(void)
{
	u32 a = marked(FIRST), b = marked(SECOND), table, va = PLACE + 4 * table_span();
	void *slot;

	map_page(root, PLACE, a | READY);
	map_page(root, va, b | READY);
	expect("pgd before", see(PLACE) ^ see(va), FIRST ^ SECOND);
	slot = table_slot(root, PLACE);
	table = pte_read(slot);
	pte_write(slot, pte_read(table_slot(root, va)));
	table_changed(root, PLACE);
	expect("pgd changed", see(PLACE), SECOND);
	pte_write(slot, 0);
	table_changed(root, PLACE);
	expect("pgd removed", see(PLACE), FAULT);
	pte_write(slot, table & ~PTE_W);
	table_changed(root, PLACE);
	expect("pgd read-only", change(PLACE), FAULT | PF_PRESENT | PF_WRITE);
	expect("pgd read-only, read", see(PLACE), FIRST);
	pte_write(slot, table);
	table_changed(root, PLACE);
	expect("pgd writable", change(PLACE), SECOND);
	/* A table of the kernel's half, told of by one root, seen in the other. */
	map_page(root, HIGH, a | READY);
	expect("pgd of the kernel", see(HIGH), SECOND);
	pte_write(table_slot(other, HIGH), 0);
	pte_write(table_slot(root, HIGH), 0);
	table_changed(root, HIGH);
	root_load(other);
	expect("pgd of the kernel removed", see(HIGH), FAULT);
}

static void flush(void)
{
	u32 a = marked(FIRST), b = marked(SECOND);

	map_page(root, PLACE, a | READY);
	expect("flush before", see(PLACE), FIRST);
	edit(root, PLACE, b | READY);
	flush_tlb(FLUSH_USER);
	expect("flush moved", see(PLACE), SECOND);
	edit(root, PLACE, 0);
	flush_tlb(FLUSH_USER);
	expect("flush removed", see(PLACE), FAULT);
	edit(root, PLACE, a | (READY & ~(PTE_A | PTE_D)));
	flush_tlb(FLUSH_USER);
	expect("flush dirty", change(PLACE), SECOND);
	expect("flush dirty, entry", pte_read(pte_slot(root, PLACE, false)) & (PTE_A | PTE_D),
	       PTE_A | PTE_D);
	edit(root, PLACE, a | (READY & ~(PTE_A | PTE_D)));
	flush_tlb(FLUSH_USER);
	(void)see(PLACE);
	expect("flush accessed", pte_read(pte_slot(root, PLACE, false)) & (PTE_A | PTE_D), PTE_A);
	/* Another root is as stale as this one after a flush of all. */
	map_page(other, PLACE, a | READY);
	root_load(other);
	expect("flush other", see(PLACE), SECOND);
	root_load(root);
	edit(other, PLACE, b | READY);
	*(volatile u32 *)virt(b) = FIRST;
	flush_tlb(FLUSH_ALL);
	root_load(other);
	expect("flush other moved", see(PLACE), FIRST);
	map_page(root, HIGH, a | READY);
	expect("flush of the kernel", see(HIGH), SECOND);
	edit(root, HIGH, 0);
	flush_tlb(FLUSH_ALL);
	expect("flush of the kernel removed", see(HIGH), FAULT);
}

void guest_main(void)
{
	char what[8];

	option("what", what, sizeof(what));
	traps_init();
	paging_init();
	pte_slot(kernel_root, HIGH, true); /* before the roots, so that they share it */
	root = root_new();
	other = root_new();
	if (!root || !other)
		panic("announce: too little memory");
	root_load(root);
	if (!strcmp(what, "pte"))
		pte();
	else if (!strcmp(what, "pgd"))
		pgd();
	else
		flush();
	puts("announce: end\n");
}
