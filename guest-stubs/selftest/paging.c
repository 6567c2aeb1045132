/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shadow page tables as one address space sees them: rights, accessed and dirty, staleness. */
#include "guest-stubs/selftest/selftest.h"

#define CLEAN	  (PTE_P | PTE_W)
#define READ_ONLY PTE_P

/* A page whose first word says which one it is. */
static u32 marked_page(u32 mark)
{
	u32 page = page_alloc();

	*(volatile u32 *)virt(page) = mark;
	return page;
}

static const char *accessed_by_read(void)
{
	u32 page = marked_page(0x11);

	map_page(user_root, PLACE, page | CLEAN);
	CHECK_EQ(see_pte(user_root, PLACE) & (PTE_A | PTE_D), 0, "a/d before");
	CHECK_EQ(peek(PLACE), 0x11, "value");
	CHECK_EQ(see_pte(user_root, PLACE), page | CLEAN | PTE_A, "entry");
	return NULL;
}

static const char *dirty_by_first_write(void)
{
	u32 page = marked_page(0x12);

	map_page(user_root, PLACE, page | CLEAN);
	read_at(PLACE); /* maps it read-only, so that the write is seen */
	poke(PLACE, 0x13);
	CHECK_EQ(see_pte(user_root, PLACE), page | CLEAN | PTE_A | PTE_D, "entry");
	CHECK_EQ(peek((u32)virt(page)), 0x13, "value");
	return NULL;
}

static const char *dirty_after_prefill(void)
{
	u32 page = marked_page(0x14);

	/* Accessed is set, so the mapping may be installed at once; Dirty is not. */
	map_page(user_root, PLACE, page | CLEAN | PTE_A);
	poke(PLACE, 0x15);
	CHECK_EQ(see_pte(user_root, PLACE) & PTE_D, PTE_D, "dirty");
	return NULL;
}

static const char *dirty_again_after_clearing(void)
{
	u32 page = marked_page(0x16);

	map_page(user_root, PLACE, page | CLEAN);
	poke(PLACE, 0x17);
	edit_pte(user_root, PLACE, page | CLEAN);
	flush_tlb(FLUSH_USER);
	CHECK_EQ(see_pte(user_root, PLACE) & PTE_D, 0, "dirty after clearing");
	poke(PLACE, 0x18);
	CHECK_EQ(see_pte(user_root, PLACE) & PTE_D, PTE_D, "dirty");
	edit_pte(user_root, PLACE, page | CLEAN);
	hcall(HC_SET_PTE, user_root, PLACE, 0, 0); /* the one-page flush */
	poke(PLACE, 0x19);
	CHECK_EQ(see_pte(user_root, PLACE) & PTE_D, PTE_D, "dirty after page flush");
	return NULL;
}

static const char *write_protect(void)
{
	u32 page = marked_page(0x21);

	map_page(user_root, PLACE, page | READ_ONLY);
	CHECK(probe(write_at, PLACE), "a write to a read-only page succeeded");
	CHECK_EQ(probe_frame.vector, VECTOR_PF, "vector");
	CHECK_EQ(probe_frame.error, PF_PRESENT | PF_WRITE, "error code");
	CHECK_EQ(probe_cr2, PLACE, "cr2");
	CHECK_EQ(see_pte(user_root, PLACE) & PTE_D, 0, "dirty by a refused write");
	CHECK_EQ(peek(PLACE), 0x21, "value");
	CHECK(probe(write_at, PLACE), "the second write succeeded");
	CHECK_EQ(probe_frame.error, PF_PRESENT | PF_WRITE, "error code after a read");
	return NULL;
}

static const char *write_protect_by_directory(void)
{
	u32 va = PLACE + 0x00400000, page = marked_page(0x22);
	void *dir = table_slot(user_root, va);

	map_page(user_root, va, page | CLEAN);
	pte_write(dir, pte_read(dir) & ~PTE_W);
	table_changed(user_root, va);
	CHECK_EQ(peek(va), 0x22, "value");
	CHECK(probe(write_at, va), "a write below a read-only directory entry succeeded");
	CHECK_EQ(probe_frame.error, PF_PRESENT | PF_WRITE, "error code");
	pte_write(dir, pte_read(dir) | PTE_W);
	table_changed(user_root, va);
	CHECK(!probe(write_at, va), "a write is still refused");
	return NULL;
}

static const char *not_present(void)
{
	map_page(user_root, PLACE, 0);
	CHECK(probe(read_at, PLACE), "a read succeeded");
	CHECK_EQ(probe_frame.error, 0, "error code of a read");
	CHECK_EQ(probe_cr2, PLACE, "cr2");
	CHECK(probe(write_at, PLACE + 8), "a write succeeded");
	CHECK_EQ(probe_frame.error, PF_WRITE, "error code of a write");
	CHECK_EQ(probe_cr2, PLACE + 8, "cr2");
	CHECK(probe(read_at, 0x6fc00000), "a read without a table succeeded");
	CHECK_EQ(probe_frame.error, 0, "error code without a table");
	CHECK(probe(read_at, 0), "a read of address 0 succeeded");
	CHECK_EQ(probe_cr2, 0, "cr2");
	return NULL;
}

static const char *across_pages(void)
{
	u32 edge = PLACE + PAGE_SIZE;

	map_page(user_root, PLACE, marked_page(1) | CLEAN);
	map_page(user_root, edge, 0);
	CHECK(probe(write_at, edge - 2), "a write into a missing page succeeded");
	CHECK_EQ(probe_cr2, edge, "cr2");
	map_page(user_root, edge, marked_page(2) | CLEAN);
	CHECK(!probe(write_at, edge - 2), "a write across pages failed");
	CHECK_EQ(peek(edge - 2), 0x600df00d, "value");
	CHECK_EQ(see_pte(user_root, edge) & PTE_D, PTE_D, "dirty in the second page");
	return NULL;
}

static const char *upgrades_need_no_notice(void)
{
	u32 page = marked_page(0x31);

	map_page(user_root, PLACE, 0);
	CHECK(probe(read_at, PLACE), "a read succeeded");
	edit_pte(user_root, PLACE, page | READ_ONLY);
	CHECK(!probe(read_at, PLACE), "not present was remembered");
	CHECK(probe(write_at, PLACE), "a write to a read-only page succeeded");
	edit_pte(user_root, PLACE, page | CLEAN);
	CHECK(!probe(write_at, PLACE), "read-only was remembered");
	return NULL;
}

#define RELOAD_CR3 (FLUSH_USER + FLUSH_ALL + 1u) /* neither of both */

static void flush(u32 what)
{
	u32 cr3;

	if (what == RELOAD_CR3)
		__asm__ volatile("movl %%cr3, %0; movl %0, %%cr3" : "=r"(cr3) : : "memory");
	else
		flush_tlb(what);
}

static const char *downgrade_then_flush(u32 va, u32 root, u32 what)
{
	u32 first = marked_page(0x41), second = marked_page(0x42);

	map_page(root, va, first | CLEAN);
	poke(va, 0x43);
	edit_pte(root, va, first | READ_ONLY);
	flush(what);
	CHECK(probe(write_at, va), "writable after the flush");
	CHECK_EQ(peek(va), 0x43, "value of the read-only page");
	edit_pte(root, va, second | CLEAN);
	flush(what);
	CHECK_EQ(peek(va), 0x42, "value after remapping");
	poke(va, 0x44);
	CHECK_EQ(peek((u32)virt(first)), 0x43, "the old page");
	CHECK_EQ(peek((u32)virt(second)), 0x44, "the new page");
	edit_pte(root, va, 0);
	flush(what);
	CHECK(probe(read_at, va), "readable after unmapping");
	return NULL;
}

static const char *flush_user(void)
{
	return downgrade_then_flush(PLACE, user_root, FLUSH_USER);
}

static const char *flush_all(void)
{
	const char *wrong = downgrade_then_flush(PLACE, user_root, FLUSH_ALL);

	return wrong ? wrong : downgrade_then_flush(HIGH_PLACE, kernel_root, FLUSH_ALL);
}

/* There is no CR4.PGE, so loading CR3 flushes everything (SDM vol. 3, 4.10.4.1). */
static const char *cr3_flushes(void)
{
	const char *wrong = downgrade_then_flush(PLACE, user_root, RELOAD_CR3);

	return wrong ? wrong : downgrade_then_flush(HIGH_PLACE, kernel_root, RELOAD_CR3);
}

static const char *set_pte_is_enough(void)
{
	u32 first = marked_page(0x51), second = marked_page(0x52);

	map_page(user_root, PLACE, first | CLEAN | PTE_A | PTE_D);
	poke(PLACE, 0x53);
	map_page(user_root, PLACE, second | CLEAN | PTE_A | PTE_D);
	CHECK_EQ(peek(PLACE), 0x52, "value after remapping");
	map_page(user_root, PLACE, second | READ_ONLY | PTE_A | PTE_D);
	CHECK(probe(write_at, PLACE), "writable after a downgrade");
	map_page(user_root, PLACE, 0);
	CHECK(probe(read_at, PLACE), "readable after unmapping");
	return NULL;
}

/* A value that differs from the table must not give access to anything else. */
static const char *table_is_the_truth(void)
{
	u32 page = marked_page(0x54), other = marked_page(0x55), seen;

	edit_pte(user_root, PLACE, page | READ_ONLY);
	hcall(HC_SET_PTE, user_root, PLACE, other | READ_ONLY | PTE_A, 0);
	seen = peek(PLACE);
	CHECK(seen == 0x54 || seen == 0x55, "a third page");
	flush_tlb(FLUSH_USER);
	CHECK_EQ(peek(PLACE), 0x54, "value after the flush");
	return NULL;
}

static const char *global_bit_is_dropped(void)
{
	u32 first = marked_page(0x61), second = marked_page(0x62);

	map_page(kernel_root, HIGH_PLACE, first | CLEAN | 0x100);
	CHECK_EQ(peek(HIGH_PLACE), 0x61, "value");
	map_page(kernel_root, HIGH_PLACE, second | CLEAN | 0x100);
	CHECK_EQ(peek(HIGH_PLACE), 0x62, "value after remapping");
	return NULL;
}

/* The page-table page itself, mapped writable and edited through that mapping. */
static const char *table_mapped_into_itself(void)
{
	u32 page = marked_page(0x71), other = marked_page(0x72);
	u32 *slot = pte_slot(user_root, PLACE, true);
	u32 alias = PLACE + 8 * PAGE_SIZE;

	map_page(user_root, PLACE, page | CLEAN);
	map_page(user_root, alias, (phys(slot) & ~(PAGE_SIZE - 1)) | CLEAN);
	CHECK_EQ(peek(PLACE), 0x71, "value");
	poke(alias + ((u32)slot & (PAGE_SIZE - 1)), other | CLEAN);
	flush_tlb(FLUSH_USER);
	CHECK_EQ(peek(PLACE), 0x72, "value after the edit");
	return NULL;
}

/* guest_early wrote these in linear mode. */
#define LINEAR_AT   0x00345000u
#define LINEAR_MARK 0x11ea5001u

void guest_early(void)
{
	u32 end = *word_at(BP_E820_MAP + 8);

	*word_at(LINEAR_AT) = LINEAR_MARK;
	*word_at(end - 4) = LINEAR_MARK + 1;
}

static const char *linear_mode(void)
{
	CHECK_EQ(peek((u32)virt(LINEAR_AT)), LINEAR_MARK, "word written in linear mode");
	CHECK_EQ(peek((u32)virt(ram_bytes() - 4)), LINEAR_MARK + 1, "last word of RAM");
	return NULL;
}

static const char *last_page_of_ram(void)
{
	u32 page = ram_bytes() - PAGE_SIZE;

	map_page(user_root, PLACE, page | CLEAN);
	CHECK(!probe(write_at, PLACE), "the last page of RAM cannot be mapped");
	return NULL;
}

/* Nothing up there is the guest's; only the page with its own saved registers may be writable. */
static const char *reserved_top_faults(void)
{
	u32 at = 0u - lguest_data.reserve_mem, writable = 0;

	CHECK(lguest_data.reserve_mem >= PAGE_SIZE, "reserve_mem is not set");
	for (; at != 0; at += PAGE_SIZE)
		writable += !probe(write_at, at);
	CHECK(writable <= 1, "more than one page of the reserved range is writable");
	return NULL;
}

const struct test paging_tests[] = {
	{"linear_mode", linear_mode},
	{"accessed_by_read", accessed_by_read},
	{"dirty_by_first_write", dirty_by_first_write},
	{"dirty_after_prefill", dirty_after_prefill},
	{"dirty_again_after_clearing", dirty_again_after_clearing},
	{"write_protect", write_protect},
	{"write_protect_by_directory", write_protect_by_directory},
	{"not_present", not_present},
	{"across_pages", across_pages},
	{"upgrades_need_no_notice", upgrades_need_no_notice},
	{"flush_user", flush_user},
	{"flush_all", flush_all},
	{"cr3_flushes", cr3_flushes},
	{"set_pte_is_enough", set_pte_is_enough},
	{"table_is_the_truth", table_is_the_truth},
	{"global_bit_is_dropped", global_bit_is_dropped},
	{"table_mapped_into_itself", table_mapped_into_itself},
	{"last_page_of_ram", last_page_of_ram},
	{"reserved_top_faults", reserved_top_faults},
	{NULL, NULL},
};
