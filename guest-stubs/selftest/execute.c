/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Execution from pages: NX (bit 63 of an entry with PAE tables) where the CPU has it, and the
 * error codes of a fetch where it has not. */
#include "guest-stubs/selftest/selftest.h"

#define MSR_EFER 0xc0000080u
#define EFER_NXE 0x800u
#define NX	 0x80000000u /* in an entry's high word */
#define FLAGS	 (PTE_P | PTE_W | PTE_U)
#define EDGE	 (PLACE + PAGE_SIZE)

USER_CODE_BLOB(u_call, "call *%ebx; ud2");

bool nx(void)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(MSR_EFER));
	return lo & EFER_NXE;
}

static void set_nx(void *slot, bool on)
{
	((volatile u32 *)slot)[1] = on ? NX : 0;
}

/* With a word to the hypervisor, or without. */
static void forbid(u32 va, bool on, bool tell)
{
	set_nx(pte_slot(user_root, va, true), on);
	if (tell)
		hcall(HC_SET_PTE, user_root, va, 0, 0);
}

/* A page at PLACE that holds a return, for ring 3, too; and one after it. */
static void code_page(void)
{
	u32 page = page_alloc();

	memset(virt(page), 0xc3, PAGE_SIZE);
	map_page(user_root, PLACE, page | FLAGS);
	page = page_alloc();
	memset(virt(page), 0xc3, PAGE_SIZE);
	map_page(user_root, EDGE, page | FLAGS);
}

/* NULL: a call there faults at the address `fault`, with this error code. */
static const char *call_faults(u32 va, u32 fault, u32 error)
{
	CHECK(probe(call_at, va), "a page that is not executable was executed");
	CHECK_EQ(probe_frame.vector, VECTOR_PF, "vector");
	CHECK_EQ(probe_frame.error, error, "error code");
	CHECK_EQ(probe_frame.eip, va, "eip");
	CHECK_EQ(probe_cr2, fault, "cr2");
	return NULL;
}

static const char *nx_is_there_with_pae_only(void)
{
	char use[8];

	CHECK(!nx() || (u32)guest_pae, "NX without PAE tables");
	option("nx", use, sizeof(use));
	if (strcmp(use, "use") || nx())
		return NULL;
	code_page();
	forbid(PLACE, true, true);
	probe(read_at, PLACE);
	return "an entry with a reserved bit was used";
}

static const char *fetch_of_a_missing_page(void)
{
	const char *wrong;
	struct frame f;

	map_page(user_root, PLACE, 0);
	wrong = call_faults(PLACE, PLACE, nx() ? PF_FETCH : 0);
	if (wrong)
		return wrong;
	RUN_USER(f, u_call, PLACE);
	CHECK_EQ(f.error, PF_USER | (nx() ? PF_FETCH : 0), "error code from ring 3");
	map_page(user_root, PLACE, page_alloc() | PTE_P);
	RUN_USER(f, u_call, PLACE);
	CHECK_EQ(f.error, PF_PRESENT | PF_USER | (nx() ? PF_FETCH : 0), "of a page of ring 1");
	return NULL;
}

static const char *nx_of_a_page(void)
{
	const char *wrong;

	if (!nx())
		return NULL;
	code_page();
	CHECK(!probe(call_at, PLACE), "the page cannot be executed");
	forbid(PLACE, true, true);
	wrong = call_faults(PLACE, PLACE, PF_PRESENT | PF_FETCH);
	if (wrong)
		return wrong;
	CHECK_EQ(peek(PLACE), 0xc3c3c3c3, "value");
	CHECK(!probe(write_at, PLACE + 4), "a write was refused");
	wrong = call_faults(PLACE, PLACE, PF_PRESENT | PF_FETCH);
	if (wrong)
		return wrong;
	CHECK(!probe(call_at, EDGE), "the next page cannot be executed");
	forbid(PLACE, false, false);
	CHECK(!probe(call_at, PLACE), "NX was remembered");
	forbid(PLACE, true, false);
	flush_tlb(FLUSH_USER);
	return call_faults(PLACE, PLACE, PF_PRESENT | PF_FETCH);
}

static const char *nx_of_a_directory(void)
{
	void *dir = table_slot(user_root, PLACE);
	const char *wrong;

	if (!nx())
		return NULL;
	code_page();
	CHECK(!probe(call_at, PLACE), "the page cannot be executed");
	set_nx(dir, true);
	table_changed(user_root, PLACE);
	wrong = call_faults(PLACE, PLACE, PF_PRESENT | PF_FETCH);
	if (!wrong)
		wrong = call_faults(EDGE, EDGE, PF_PRESENT | PF_FETCH);
	if (!wrong && (probe(read_at, PLACE) || probe(write_at, PLACE + 4)))
		wrong = "an access was refused";
	set_nx(dir, false);
	table_changed(user_root, PLACE);
	CHECK(wrong || !probe(call_at, EDGE), "NX was remembered");
	return wrong;
}

static const char *nx_in_ring3(void)
{
	struct frame f;

	if (!nx())
		return NULL;
	code_page();
	forbid(PLACE, true, true);
	RUN_USER(f, u_call, PLACE);
	CHECK_EQ(f.vector, VECTOR_PF, "vector");
	CHECK_EQ(f.error, PF_PRESENT | PF_USER | PF_FETCH, "error code");
	CHECK_EQ(f.eip, PLACE, "eip");
	forbid(PLACE, false, true);
	RUN_USER(f, u_call, PLACE);
	CHECK_EQ(f.vector, VECTOR_INVALID, "vector after the call returned");
	return NULL;
}

/* in %dx,%eax with a prefix: its second byte lies in a page that is not executable. */
static const char *nx_within_an_instruction(void)
{
	static const u8 code[] = {0x66, 0xed, 0xc3};
	const char *wrong;

	if (!nx())
		return NULL;
	code_page();
	memcpy((void *)(EDGE - 1), code, sizeof(code));
	CHECK(!probe(call_at, EDGE - 1), "the instruction faults");
	forbid(EDGE, true, true);
	wrong = call_faults(EDGE - 1, EDGE, PF_PRESENT | PF_FETCH);
	forbid(EDGE, false, true);
	CHECK(wrong || !probe(call_at, EDGE - 1), "NX was remembered");
	return wrong;
}

const struct test execute_tests[] = {
	{"nx_is_there_with_pae_only", nx_is_there_with_pae_only},
	{"fetch_of_a_missing_page", fetch_of_a_missing_page},
	{"nx_of_a_page", nx_of_a_page},
	{"nx_of_a_directory", nx_of_a_directory},
	{"nx_in_ring3", nx_in_ring3},
	{"nx_within_an_instruction", nx_within_an_instruction},
	{NULL, NULL},
};
