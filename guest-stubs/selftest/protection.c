/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CR0.WP: without it a kernel writes to its read-only pages (SDM vol. 3, 4.6.1). */
#include "guest-stubs/selftest/selftest.h"

#define CR0_WP 0x00010000u

static void move_string(u32 to)
{
	u32 n = 4, from = PLACE;

	__asm__ volatile("rep movsl" : "+c"(n), "+S"(from), "+D"(to) : : "memory");
}

static void add_to(u32 va)
{
	__asm__ volatile("lock; addl $3, (%0)" : : "r"(va) : "memory", "cc");
}

/* Not privileged, and no memory instruction that we know. */
static void store_table(u32 va)
{
	__asm__ volatile("sgdt (%0)" : : "r"(va) : "memory");
}

static u32 get_cr0(void)
{
	u32 v;

	__asm__ volatile("movl %%cr0, %0" : "=r"(v));
	return v;
}

static void set_cr0(u32 v)
{
	__asm__ volatile("movl %0, %%cr0" : : "r"(v) : "memory");
}

/* As an old kernel changes its own text: WP off, a write to a read-only page, WP on again. */
static const char *write_protection(void)
{
	const u32 page = page_alloc(), user = PLACE + PAGE_SIZE, kernel = PLACE + 2 * PAGE_SIZE;
	u32 cr0 = get_cr0(), i;

	CHECK_EQ(cr0 & CR0_WP, CR0_WP, "WP at first");
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	map_page(user_root, user, page | PTE_P | PTE_U);
	map_page(user_root, kernel, page | PTE_P);
	for (i = 0; i < 4; i++)
		poke(PLACE + 4 * i, i + 1);
	CHECK(probe(write_at, kernel), "a write with WP");
	set_cr0(cr0 & ~CR0_WP);
	CHECK_EQ(get_cr0() & CR0_WP, 0, "WP cleared");
	CHECK(!probe(move_string, kernel + 8), "a string's write faults");
	CHECK(!probe(add_to, user + 8), "a locked write to a page of the user's faults");
	CHECK_EQ(peek(kernel + 8), 4, "first word");
	CHECK_EQ(peek(kernel + 20), 4, "last word");
	CHECK(!probe(move_string, user + PAGE_SIZE - 8), "a write over both pages faults");
	CHECK_EQ(peek(kernel + 4), 4, "word on the second page");
	CHECK(probe(store_table, kernel), "an instruction that is not carried out went through");
	CHECK_EQ(probe_frame.vector, VECTOR_PF, "its vector");
	CHECK_EQ(probe_frame.error, 3, "its error code");
	map_page(user_root, kernel, 0);
	CHECK(probe(write_at, kernel), "a write to nowhere");
	CHECK_EQ(probe_frame.error, 2, "its error code");
	map_page(user_root, kernel, page | PTE_P);
	set_cr0(cr0);
	CHECK(probe(write_at, kernel), "a write with WP again");
	CHECK_EQ(probe_frame.error, 3, "error code");
	return NULL;
}

const struct test protection_tests[] = {
	{"write_protection", write_protection},
	{NULL, NULL},
};
