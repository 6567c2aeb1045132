/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The asynchronous ring of hypercalls: order, and what a flush makes true. */
#include "guest-stubs/selftest/selftest.h"

static u32 entry_limit(u32 index)
{
	u32 limit = ~0u, sel = index * 8 | 3;

	__asm__ volatile("lsll %1, %0" : "+r"(limit) : "r"(sel) : "cc");
	return limit;
}

/* Each queued call loads the same descriptor with another limit. */
static void queue_limit(u32 n)
{
	hcall_async(HC_LOAD_GDT_ENTRY, GDT_TLS_MIN, n, 0x0040f200, 0);
}

static const char *ring_keeps_order(void)
{
	u32 n, i;

	for (n = 1; n <= LHCALL_RING_SIZE; n++)
		queue_limit(n);
	CHECK(entry_limit(GDT_TLS_MIN) != LHCALL_RING_SIZE, "the ring ran before it was asked to");
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	CHECK_EQ(entry_limit(GDT_TLS_MIN), LHCALL_RING_SIZE, "limit after 64 calls");
	for (i = 0; i < LHCALL_RING_SIZE; i++)
		CHECK_EQ(lguest_data.hcall_status[i], LHCALL_FREE, "status of a slot");
	/* Past the end of the ring, and more than fit: order across the synchronous call. */
	for (n = 1; n <= 3 * LHCALL_RING_SIZE + 7; n++) {
		queue_limit(0x1000 + n);
		if (n % 50 == 0)
			hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	}
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	CHECK_EQ(entry_limit(GDT_TLS_MIN), 0x1000 + 3 * LHCALL_RING_SIZE + 7, "limit in the end");
	for (n = 1; n <= 5; n++)
		queue_limit(0x2000 + n);
	hcall(HC_LOAD_GDT_ENTRY, GDT_TLS_MIN + 1, 0x3000, 0x0040f200, 0);
	CHECK_EQ(entry_limit(GDT_TLS_MIN), 0x2005, "queued before a synchronous call");
	CHECK_EQ(entry_limit(GDT_TLS_MIN + 1), 0x3000, "the synchronous call");
	return NULL;
}

static const char *ring_switches_roots(void)
{
	u32 other = root_new(), page = page_alloc(), got;

	*(u32 *)virt(page) = 0x91;
	edit_pte(other, PLACE, page | PTE_P);
	hcall_async(HC_NEW_PGTABLE, other, 0, 0, 0);
	hcall_async(HC_SET_PTE, other, PLACE, page | PTE_P | PTE_A, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	got = peek(PLACE);
	root_load(user_root);
	CHECK_EQ(got, 0x91, "value in the root loaded by the ring");
	return NULL;
}

const struct test ring_tests[] = {
	{"ring_keeps_order", ring_keeps_order},
	{"ring_switches_roots", ring_switches_roots},
	{NULL, NULL},
};
