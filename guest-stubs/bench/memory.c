/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Benchmarks of page tables. One physical page serves for all: what is counted is the work on
 * the tables. A fault comes without the zeroing or copying of a page, which costs the same
 * everywhere.
 */
#include "guest-stubs/bench/bench.h"

#define PLACE	 0x10000000u /* what one guest table maps */
#define PAGES	 1024u
#define ROOTS	 20u
#define FLUSHED	 256u /* pages that a flush has to look at */
#define TLS_WORD (GDT_TLS_COUNT * 2)

/* From ring 3: write the first word of EBX pages. */
USER_CODE_BLOB(u_touch, "movl %ebx, %ecx; movl $0x10000000, %edx;"
			"1: movl %eax, (%edx); addl $4096, %edx; loop 1b; ud2");

u32 bench_root;

static u32 page, roots[ROOTS];

static u32 va_of(u32 i)
{
	return PLACE + i * PAGE_SIZE;
}

static void tell(u32 root, u32 i, void *slot, u32 entry)
{
	pte_write(slot, entry);
	hcall(HC_SET_PTE, root, va_of(i), entry, 0);
}

/* The table of PLACE with n times the same entry; its address. */
static u8 *fill(u32 root, u32 n, u32 flags)
{
	u8 *table = pte_slot(root, PLACE, true);

	if (!page)
		page = page_alloc();
	if (!table || !page || n > PAGES)
		panic("bench: too little memory");
	for (u32 i = 0; i < n; i++)
		tell(root, i, table + i * tables->entry_bytes, flags ? page | flags : 0);
	return table;
}

static u32 in(u32 i)
{
	return *(volatile u32 *)va_of(i);
}

static void out(u32 i)
{
	*(volatile u32 *)va_of(i) = i;
}

/* ---- Faults ------------------------------------------------------------------------------- */

static void on_fault(struct frame *f)
{
	u32 va = fault_address() & ~(PAGE_SIZE - 1);
	void *slot = pte_slot(bench_root, va, false);

	if (!slot || va - PLACE >= PAGES * PAGE_SIZE) {
		trap_unhandled(f);
		return;
	}
	tell(bench_root, (va - PLACE) / PAGE_SIZE, slot, page | PTE_USER | PTE_A | PTE_D);
}

static u64 faults(u32 n, u32 flags)
{
	struct frame f;
	u64 start;

	fill(bench_root, n, flags);
	trap_handler[VECTOR_PF] = on_fault;
	start = count_start();
	RUN_USER(f, u_touch, n);
	start = count_stop() - start;
	trap_handler[VECTOR_PF] = NULL;
	if (f.vector != VECTOR_INVALID)
		panic("bench: trap %u at %x", f.vector, f.eip);
	return start;
}

static u64 fault_demand(u32 n)
{
	return faults(n, 0);
}

static u64 fault_cow(u32 n)
{
	return faults(n, PTE_P | PTE_U | PTE_A);
}

/* Faults that the guest never hears of: the first use of an entry, and the first write. */
static u64 first_read(u32 n)
{
	fill(bench_root, n, PTE_USER);
	return TIMED(n, i, in(i));
}

static u64 first_write(u32 n)
{
	fill(bench_root, n, PTE_USER | PTE_A);
	return TIMED(n, i, out(i));
}

/* ---- Table entries ------------------------------------------------------------------------ */

static u64 pte_update(u32 n)
{
	u8 *table = fill(bench_root, n, PTE_USER | PTE_A);
	u32 entry = page | PTE_USER | PTE_A | PTE_D;

	return TIMED(n, i, tell(bench_root, i, table + i * tables->entry_bytes, entry));
}

static void tell_later(u32 root, u32 i, void *slot, u32 entry)
{
	pte_write(slot, entry);
	hcall_async(HC_SET_PTE, root, va_of(i), entry, 0);
}

static u64 pte_update_ring(u32 n)
{
	u8 *table = fill(bench_root, n, PTE_USER | PTE_A);
	u32 entry = page | PTE_USER | PTE_A | PTE_D;
	u64 start = count_start();

	for (u32 i = 0; i < n; i++)
		tell_later(bench_root, i, table + i * tables->entry_bytes, entry);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	return count_stop() - start;
}

/* Copy a table to a second root, taking the right to write from both. */
static u64 fork_entry(u32 n)
{
	u8 *from = fill(bench_root, n, PTE_USER | PTE_A | PTE_D), *to;
	u32 child = root_new(), entry;
	u64 start;

	to = child ? pte_slot(child, PLACE, true) : NULL;
	if (!to)
		panic("bench: too little memory");
	start = count_start();
	for (u32 i = 0; i < n; i++) {
		entry = pte_read(from + i * tables->entry_bytes) & ~PTE_W;
		tell_later(bench_root, i, from + i * tables->entry_bytes, entry);
		tell_later(child, i, to + i * tables->entry_bytes, entry);
	}
	flush_tlb(FLUSH_USER);
	start = count_stop() - start;
	root_free(child);
	return start;
}

/* ---- Address spaces ----------------------------------------------------------------------- */

static u64 switches(u32 n, u32 among)
{
	u64 ticks;

	for (u32 i = 0; i < among; i++) {
		roots[i] = root_new();
		if (!roots[i])
			panic("bench: too little memory");
		root_load(roots[i]);
		fill(roots[i], 64, PTE_USER | PTE_A | PTE_D);
	}
	ticks = count_start();
	for (u32 i = 0, r = 0; i < n; i++) {
		root_load(roots[r]);
		in(i % 64);
		r = r + 1 < among ? r + 1 : 0;
	}
	ticks = count_stop() - ticks;
	root_load(bench_root);
	for (u32 i = 0; i < among; i++)
		root_free(roots[i]);
	return ticks;
}

static u64 switch_2(u32 n)
{
	return switches(n, 2);
}

static u64 switch_20(u32 n)
{
	return switches(n, ROOTS);
}

/* All that one kernel does to go from a task to another. */
static u64 switch_task(u32 n)
{
	static u8 stack[2][2 * PAGE_SIZE] ALIGNED(4096);
	static u32 tls[2][TLS_WORD] = {{0}, {0x0000ffff, 0x00cff300}};
	u32 root[2] = {kernel_root, bench_root};
	u64 start = count_start();

	for (u32 i = 0; i < n; i++) {
		u32 k = i & 1;

		hcall_async(HC_SET_STACK, GUEST_KERNEL_DS, (u32)(stack[k] + sizeof(stack[k])), 2,
			    0);
		hcall_async(HC_LOAD_TLS, phys(tls[k]), 0, 0, 0);
		hcall(HC_NEW_PGTABLE, root[k], 0, 0, 0);
	}
	start = count_stop() - start;
	root_load(bench_root);
	return start;
}

static u64 flush(u32 n, u32 what)
{
	fill(bench_root, FLUSHED, PTE_USER | PTE_A | PTE_D);
	return TIMED(n, i, (flush_tlb(what), in(i % FLUSHED)));
}

static u64 flush_user(u32 n)
{
	return flush(n, FLUSH_USER);
}

static u64 flush_all(u32 n)
{
	return flush(n, FLUSH_ALL);
}

const struct bench memory_benches[] = {
	{"fault_demand", 256, fault_demand},
	{"fault_cow", 256, fault_cow},
	{"first_read", 256, first_read},
	{"first_write", 256, first_write},
	{"pte_update", 256, pte_update},
	{"pte_update_ring", 256, pte_update_ring},
	{"fork_entry", 256, fork_entry},
	{"switch_2", 200, switch_2},
	{"switch_20", 200, switch_20},
	{"switch_task", 200, switch_task},
	{"flush_user", 50, flush_user},
	{"flush_all", 50, flush_all},
	{NULL, 0, NULL},
};
