/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by lguest_data and the kernel's address, on the reserved range, by exhaustion, and in
 * linear mode. */
#include "guest-stubs/hostile/hostile.h"

USER_CODE_BLOB(u_read, "movl (%ebx), %eax; ud2");
USER_CODE_BLOB(u_write, "movl %eax, (%ebx); ud2");
USER_CODE_BLOB(u_jump, "jmp *%ebx");

/* ---- lguest_data and the kernel's address --------------------------------------------------- */

static const char *init_with_base(u32 base)
{
	lguest_data.kernel_address = base;
	hcall(HC_LGUEST_INIT, phys(&lguest_data), 0, 0, 0);
	return NULL;
}

const char *kernel_address_zero(void)
{
	return init_with_base(0);
}

const char *kernel_address_ones(void)
{
	return init_with_base(ALL_ONES);
}

const char *kernel_address_reserved(void)
{
	return init_with_base(HV_BASE);
}

const char *kernel_address_changed(void)
{
	u32 before = lguest_data.kernel_address;

	lguest_data.kernel_address = 0;
	lguest_data.syscall_vec = 14;
	map_page(kernel_root, HIGH, marked(0x91) | READ_WRITE);
	CHECK(*word_at(HIGH) == 0x91, "the kernel half");
	root_load(clone_root());
	flush_tlb(FLUSH_USER);
	lguest_data.kernel_address = ALL_ONES;
	map_page(kernel_root, HIGH, marked(0x92) | READ_WRITE);
	CHECK(*word_at(HIGH) == 0x92, "the kernel half after a switch");
	lguest_data.kernel_address = before;
	return NULL;
}

static const char *init_with_data(u32 at)
{
	hcall(HC_LGUEST_INIT, at, 0, 0, 0);
	return NULL;
}

const char *data_unaligned(void)
{
	return init_with_data(phys(&lguest_data) + 1);
}

const char *data_past_ram(void)
{
	return init_with_data(ram_bytes() - 64);
}

const char *data_in_window(void)
{
	return init_with_data(window());
}

const char *data_in_hypervisor(void)
{
	return init_with_data(HV_BASE + 3 * PAGE_SIZE);
}

static void breakpoint(u32 unused)
{
	(void)unused;
	__asm__ volatile("int3");
}

/* Its page is taken away under trampolines and interrupts that use it. */
const char *data_unmapped(void)
{
	u32 va = (u32)&lguest_data & ~(PAGE_SIZE - 1), i;
	u32 *slot = pte_slot(kernel_root, va, false), entry = *slot;

	trap_set_gate(VECTOR_BREAKPOINT, GATE_INTERRUPT, 3);
	for (i = 0; i < 10; i++) {
		hcall(HC_SET_CLOCKEVENT, 100000, 0, 0, 0);
		*slot = i & 1 ? 0 : entry & ~PTE_W;
		hcall(HC_FLUSH_TLB, FLUSH_ALL, 0, 0, 0);
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
		*slot = entry;
		hcall(HC_SET_PTE, kernel_root, va, entry, 0);
		CHECK(probe(breakpoint, 0), "no trap");
		CHECK(trapped(VECTOR_BREAKPOINT), "another trap");
	}
	return NULL;
}

/* ---- The reserved range --------------------------------------------------------------------- */

const char *read_hypervisor(void)
{
	u32 i, writable = 0;

	for (i = 0; i < HV_PAGES; i++) {
		u32 va = HV_BASE + i * PAGE_SIZE;

		probe(read_at, va); /* some pages may be read: text and tables, no secret */
		writable += !probe(write_at, va);
		if (i < 16 || i == HV_PAGES - 1) {
			struct frame f;

			RUN_USER(f, u_read, va);
			CHECK(f.vector == VECTOR_PF && probe_cr2 == va, "ring 3 read the reserve");
			RUN_USER(f, u_write, va);
			CHECK(f.vector == VECTOR_PF && probe_cr2 == va, "ring 3 wrote the reserve");
		}
	}
	/* The page that receives this guest's own registers is the only one. */
	CHECK(writable <= 1, "a page of the hypervisor can be written");
	return NULL;
}

/* What the kernel's CR0.WP protects from it is its own pages alone. */
const char *read_hypervisor_unprotected(void)
{
	set_write_protection(false);
	return read_hypervisor();
}

const char *jump_into_hypervisor(void)
{
	static const u32 pages[] = {0, 2, 4, 6, 100, HV_PAGES - 1};
	struct frame f;
	u32 i;

	for (i = 0; i < ARRAY_LEN(pages); i++) {
		u32 va = HV_BASE + pages[i] * PAGE_SIZE;

		CHECK(probe(call_at, va), "ran in the reserve");
		CHECK(trapped(VECTOR_PF) && probe_cr2 == va, "not a fault of the fetch");
	}
	for (i = 0; i < 8; i++) {
		RUN_USER(f, u_jump, HV_BASE + i * PAGE_SIZE);
		CHECK(f.vector == VECTOR_PF, "ring 3 ran in the reserve");
	}
	return NULL;
}

/* ---- Exhaustion ----------------------------------------------------------------------------- */

/* One word in every 4 MiB, in many roots; a single table serves them all. */
const char *touch_everything(void)
{
	u32 table = page_alloc(), r, i;

	((u32 *)virt(table))[0] = marked(0xa1) | READ_WRITE;
	for (r = 0; r < ROOTS; r++) {
		u32 root = clone_root();

		for (i = 0; i < HV_BASE >> 22; i++)
			if (!(directory(root)[i] & PTE_P))
				directory(root)[i] = table | PTE_P | PTE_W;
		root_load(root);
		for (i = ram_bytes() >> 22; i < HV_BASE >> 22; i++)
			if ((directory(root)[i] & ~0xfffu) == table)
				CHECK(*word_at(i << 22) == 0xa1, "another frame");
	}
	root_load(kernel_root);
	return NULL;
}

const char *one_frame_everywhere(void)
{
	u32 table = page_alloc(), page = marked(0xb1), i, va;

	for (i = 0; i < 1024; i++)
		((u32 *)virt(table))[i] = page | READ_WRITE;
	for (i = 0; i < SHARED_SLOTS; i++)
		directory(kernel_root)[(PLACE >> 22) + i] = table | PTE_P | PTE_W;
	for (va = PLACE; va < PLACE + (SHARED_SLOTS << 22); va += PAGE_SIZE)
		CHECK(*word_at(va) == 0xb1, "another frame");
	for (i = 0; i < 1024; i++)
		((u32 *)virt(table))[i] = 0;
	flush_tlb(FLUSH_ALL);
	for (va = PLACE; va < PLACE + (SHARED_SLOTS << 22); va += 64 * PAGE_SIZE)
		CHECK(probe(read_at, va), "a mapping outlived the flush");
	return NULL;
}

/* ---- Linear mode ---------------------------------------------------------------------------- */

/* As on a PC's bus where nothing answers. */
const char *linear_past_ram(void)
{
	volatile u32 *const beyond[] = {(u32 *)ram_bytes(), (u32 *)0x7ffffffeu,
					(u32 *)(HV_BASE - 4)};

	for (u32 i = 0; i < ARRAY_LEN(beyond); i++) {
		CHECK(*beyond[i] == 0xffffffff, "a read outside of RAM");
		*beyond[i] = 0x12345678;
		CHECK(*beyond[i] == 0xffffffff, "a write outside of RAM stayed");
	}
	CHECK(*(u16 *)(HV_BASE - 2) == 0xffff, "the last word below the reserve");
	CHECK(probe(read_at, HV_BASE - 2) && trapped(VECTOR_PF), "a word into the reserve");
	return NULL;
}

const char *linear_hypervisor(void)
{
	CHECK(probe(read_at, HV_BASE) && trapped(VECTOR_PF), "read of the reserve");
	CHECK(probe(write_at, HV_BASE + 2 * PAGE_SIZE) && trapped(VECTOR_PF),
	      "write to the reserve");
	return NULL;
}

const char *linear_flushes(void)
{
	u32 i;

	hcall(HC_FLUSH_TLB, FLUSH_USER, 0, 0, 0);
	hcall(HC_FLUSH_TLB, FLUSH_ALL, 0, 0, 0);
	hcall(HC_SET_PTE, 0, PLACE, 0x1067, 0);
	hcall(HC_SET_PGD, 0, 5, 0, 0);
	paging_init();
	for (i = 0; i < 3; i++)
		root_load(kernel_root);
	flush_tlb(FLUSH_ALL);
	return NULL;
}

const char *set_pmd_without_pae(void)
{
	hcall(HC_SET_PMD, kernel_root, 0, 0, 0);
	return NULL;
}
