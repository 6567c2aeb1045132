/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by page tables. RAM is mapped one to one, the kernel lives low. */
#include "guest-stubs/hostile/hostile.h"

USER_CODE_BLOB(u_read, "movl (%ebx), %eax; ud2");
USER_CODE_BLOB(u_write, "movl %eax, (%ebx); ud2");
USER_CODE_BLOB(u_jump, "jmp *%ebx");

#define SWITCHES 1000

static const char *touch_with_entry(u32 entry)
{
	map_page(kernel_root, PLACE, entry);
	read_at(PLACE);
	return NULL;
}

const char *pte_at_limit(void)
{
	return touch_with_entry(ram_bytes() | READ_WRITE);
}

const char *pte_all_ones(void)
{
	return touch_with_entry(0xfffff000 | READ_WRITE);
}

const char *pte_last_frame(void)
{
	map_page(kernel_root, PLACE, (ram_bytes() - PAGE_SIZE) | READ_WRITE);
	write_at(PLACE);
	CHECK(*word_at(ram_bytes() - PAGE_SIZE) == 0x600df00d, "another frame");
	return NULL;
}

static const char *touch_with_directory(u32 entry)
{
	directory(kernel_root)[PLACE >> 22] = entry;
	hcall(HC_SET_PGD, kernel_root, PLACE >> 22, 0, 0);
	read_at(PLACE);
	return NULL;
}

const char *pde_at_limit(void)
{
	return touch_with_directory(ram_bytes() | PTE_P | PTE_W);
}

const char *pde_large_page(void)
{
	return touch_with_directory(0x00000000 | PTE_P | PTE_W | 0x80);
}

const char *table_in_window(void)
{
	return touch_with_directory(window() | PTE_P | PTE_W);
}

const char *table_in_last_page(void)
{
	u32 table = ram_bytes() - PAGE_SIZE;

	*word_at(table) = marked(0x11) | READ_WRITE;
	directory(kernel_root)[PLACE >> 22] = table | PTE_P | PTE_W;
	hcall(HC_SET_PGD, kernel_root, PLACE >> 22, 0, 0);
	CHECK(*word_at(PLACE) == 0x11, "another frame");
	return NULL;
}

const char *pte_odd_bits(void)
{
	static const u32 bits[] = {0x008, 0x010, 0x018, 0x080, 0x100, 0x200, 0xe00, 0xf98};
	u32 page = marked(0x22), i;

	for (i = 0; i < ARRAY_LEN(bits); i++) {
		map_page(kernel_root, PLACE, page | READ_WRITE | bits[i]);
		CHECK(!probe(write_at, PLACE), "a legal entry faulted");
		map_page(kernel_root, PLACE, 0);
		CHECK(probe(read_at, PLACE), "an entry outlived its removal");
	}
	return NULL;
}

const char *root_unaligned(void)
{
	root_load(kernel_root + 4);
	return NULL;
}

const char *root_past_ram(void)
{
	root_load(ram_bytes());
	return NULL;
}

const char *root_in_window(void)
{
	root_load(window());
	return NULL;
}

const char *root_in_hypervisor(void)
{
	root_load(HV_BASE + 3 * PAGE_SIZE);
	return NULL;
}

const char *pgd_of_hypervisor(void)
{
	u32 top = HV_BASE >> 22, table = page_alloc(), i;

	for (i = 0; i < 1024; i++)
		((u32 *)virt(table))[i] = marked(0) | READ_WRITE | PTE_U;
	for (i = 0; i < 3; i++) {
		directory(kernel_root)[top] = table | PTE_P | PTE_W | PTE_U;
		hcall(HC_SET_PGD, kernel_root, top, 0, 0);
		root_load(i & 1 ? kernel_root : clone_root());
		CHECK(probe(read_at, HV_BASE), "the guest's entry for the reserved range counts");
	}
	return NULL;
}

const char *pgd_1024(void)
{
	hcall(HC_SET_PGD, kernel_root, 1024, 0, 0);
	return NULL;
}

const char *pgd_all_ones(void)
{
	hcall(HC_SET_PGD, kernel_root, ALL_ONES, 0, 0);
	return NULL;
}

const char *pte_of_hypervisor(void)
{
	hcall(HC_SET_PTE, kernel_root, HV_BASE + PAGE_SIZE, marked(0) | READ_WRITE, 0);
	return NULL;
}

const char *pte_below_hypervisor(void)
{
	u32 va = HV_BASE - PAGE_SIZE;

	map_page(kernel_root, va, marked(0x33) | READ_WRITE | PTE_A | PTE_D);
	CHECK(*word_at(va) == 0x33, "the last page below the reserve");
	return NULL;
}

const char *pte_value_differs(void)
{
	static const u32 values[] = {0xfffff067, 0x00000067, 0xffc01067, 0x00000000, 0x000001e7};
	u32 page = marked(0x44), i, got;

	for (i = 0; i < ARRAY_LEN(values); i++) {
		map_page(kernel_root, PLACE, page | READ_ONLY);
		hcall(HC_SET_PTE, kernel_root, PLACE, values[i], 0);
		got = *word_at(PLACE);
		CHECK(got == 0x44 || (values[i] >> 12 == 0 && got == *word_at(0)), "a third frame");
	}
	return NULL;
}

const char *strange_roots(void)
{
	static const u32 roots[] = {0, 0x5000, 0x5001, 0xfffff000, 0xffffffff, 0xffc03000};
	u32 page = marked(0x55), i, other = clone_root();

	for (i = 0; i < ARRAY_LEN(roots); i++) {
		hcall(HC_SET_PTE, roots[i], PLACE, page | READ_WRITE | PTE_A | PTE_D, 0);
		hcall(HC_SET_PTE, roots[i], HIGH, page | READ_WRITE | PTE_A | PTE_D, 0);
		hcall(HC_SET_PGD, roots[i], 5, 0, 0);
	}
	CHECK(probe(read_at, PLACE), "a strange root's entry appeared");
	for (i = 0; i < 40; i++)
		root_load(clone_root());
	hcall(HC_SET_PTE, other, PLACE, page | READ_WRITE | PTE_A, 0); /* never seen, or evicted */
	root_load(kernel_root);
	CHECK(probe(read_at, PLACE), "an evicted root's entry appeared");
	return NULL;
}

/* The directory as its own table; a table as its own page; one table in many places. */
const char *recursive_tables(void)
{
	u32 *dir = directory(kernel_root), slot = PLACE >> 22, table, i;

	dir[slot] = kernel_root | PTE_P | PTE_W;
	hcall(HC_SET_PGD, kernel_root, slot, 0, 0);
	CHECK(((volatile u32 *)PLACE)[slot << 10 | slot] >> 12 == kernel_root >> 12,
	      "recursive read");
	for (i = 0; i < 1024; i++)
		(void)*word_at(PLACE + i * PAGE_SIZE % (ram_bytes() / 1024));
	table = page_alloc();
	((u32 *)virt(table))[0] = table | READ_WRITE;
	((u32 *)virt(table))[1] = kernel_root | READ_WRITE;
	for (i = 1; i < SHARED_SLOTS; i++) {
		dir[slot + i] = table | PTE_P | PTE_W;
		hcall(HC_SET_PGD, kernel_root, slot + i, 0, 0);
		CHECK(*word_at(PLACE + (i << 22)) >> 12 == table >> 12, "a table as its own page");
		*word_at(PLACE + (i << 22) + 8) = 0; /* through itself */
	}
	CHECK(((u32 *)virt(table))[0] & PTE_D, "dirty bit");
	for (i = 0; i < SHARED_SLOTS; i++) {
		dir[slot + i] = 0;
		hcall(HC_SET_PGD, kernel_root, slot + i, 0, 0);
	}
	CHECK(probe(read_at, PLACE), "a removed table still maps");
	return NULL;
}

const char *edited_tables(void)
{
	u32 *slot = pte_slot(kernel_root, PLACE, true), a = marked(0x66), b = marked(0x67), i;

	for (i = 0; i < 100; i++) {
		*slot = (i & 1 ? a : b) | READ_WRITE;
		flush_tlb(i & 2 ? FLUSH_ALL : FLUSH_USER);
		CHECK(*word_at(PLACE) == (i & 1 ? 0x66 : 0x67), "stale after a flush");
	}
	return NULL;
}

const char *edited_out_of_range(void)
{
	u32 *slot = pte_slot(kernel_root, PLACE, true);

	*slot = marked(0) | READ_WRITE;
	read_at(PLACE);
	*slot = 0xffc03000 | READ_WRITE;
	flush_tlb(FLUSH_USER);
	read_at(PLACE);
	return NULL;
}

const char *write_protected(void)
{
	u32 page = marked(0x77), i;

	map_page(kernel_root, PLACE, page | READ_ONLY | PTE_A);
	for (i = 0; i < 100; i++) {
		CHECK(probe(write_at, PLACE + i * 4), "a write to a read-only page");
		CHECK(trapped(VECTOR_PF) && probe_frame.error == 3, "another error code");
		flush_tlb(i & 1);
	}
	CHECK(*word_at(page) == 0x77, "the page changed");
	return NULL;
}

static const char *expect_fault(const char *start, const char *end, u32 at, u32 error)
{
	struct frame f;

	user_frame(&f, start, end);
	f.ebx = at;
	probe_user(&f);
	CHECK(f.vector == VECTOR_PF && f.error == error && probe_cr2 == at, "another fault");
	return NULL;
}

#define FAULT(blob, at, error)                                                          \
	do {                                                                            \
		const char *wrong_ = expect_fault(blob##_start, blob##_end, at, error); \
		if (wrong_)                                                             \
			return wrong_;                                                  \
	} while (0)

const char *write_unprotected(void)
{
	u32 page = marked(0x77);

	map_page(kernel_root, PLACE, page | READ_ONLY | PTE_U | PTE_A);
	set_write_protection(false);
	FAULT(u_write, PLACE, PF_USER | PF_PRESENT | PF_WRITE);
	CHECK(*word_at(page) == 0x77, "the page changed");
	CHECK(!probe(write_at, PLACE) && *word_at(page) != 0x77, "ring 1 could not");
	set_write_protection(true);
	CHECK(probe(write_at, PLACE) && probe_frame.error == 3, "a write with WP again");
	return NULL;
}

const char *user_rights(void)
{
	u32 page = marked(0);

	map_page(kernel_root, PLACE, page | READ_WRITE | PTE_A | PTE_D);
	write_at(PLACE);
	FAULT(u_read, PLACE, PF_USER | PF_PRESENT);
	FAULT(u_write, PLACE, PF_USER | PF_PRESENT | PF_WRITE);
	FAULT(u_jump, PLACE, PF_USER | PF_PRESENT);
	map_page(kernel_root, PLACE, page | PTE_P | PTE_U | PTE_A | PTE_D);
	FAULT(u_write, PLACE, PF_USER | PF_PRESENT | PF_WRITE);
	FAULT(u_write, (u32)guest_start, PF_USER | PF_PRESENT | PF_WRITE);
	FAULT(u_read, PLACE + PAGE_SIZE, PF_USER);
	FAULT(u_jump, PLACE + PAGE_SIZE, PF_USER);
	return NULL;
}

const char *dirty_bits(void)
{
	u32 *slot = pte_slot(kernel_root, PLACE, true), page = marked(0), i;

	for (i = 0; i < 20; i++) {
		*slot = page | READ_WRITE;
		flush_tlb(FLUSH_USER);
		read_at(PLACE);
		CHECK((*slot & (PTE_A | PTE_D)) == PTE_A, "a read");
		write_at(PLACE);
		CHECK((*slot & (PTE_A | PTE_D)) == (PTE_A | PTE_D), "a write");
		*slot = page | READ_ONLY;
		flush_tlb(FLUSH_USER);
		CHECK(probe(write_at, PLACE) && !(*slot & PTE_D), "a refused write");
	}
	return NULL;
}

const char *downgrades(void)
{
	static const u32 places[] = {PLACE, HIGH};
	u32 a = marked(0x81), b = marked(0x82), p, how;

	for (p = 0; p < ARRAY_LEN(places); p++)
		for (how = 0; how < 2; how++) {
			u32 va = places[p];

			map_page(kernel_root, va, a | READ_WRITE);
			write_at(va);
			pte_write(pte_slot(kernel_root, va, true), a | READ_ONLY);
			if (how)
				flush_tlb(FLUSH_ALL);
			else
				hcall(HC_SET_PTE, kernel_root, va, 0, 0);
			CHECK(probe(write_at, va), "writable after a downgrade and a flush");
			pte_write(pte_slot(kernel_root, va, true), b | READ_WRITE);
			if (how)
				flush_tlb(FLUSH_ALL);
			else
				hcall(HC_SET_PTE, kernel_root, va, 0, 0);
			CHECK(*word_at(va) == 0x82, "the old frame after a flush");
		}
	return NULL;
}

const char *thousand_switches(void)
{
	u32 root[ROOTS * 6], i, high = marked(0);

	for (i = 0; i < ARRAY_LEN(root); i++)
		root[i] = clone_root();
	map_page(kernel_root, HIGH, high | READ_WRITE);
	for (i = 0; i < ARRAY_LEN(root); i++)
		directory(root[i])[HIGH >> 22] = directory(kernel_root)[HIGH >> 22];
	for (i = 0; i < SWITCHES; i++) {
		u32 page = i % 2 ? high : kernel_root;

		root_load(root[i * 7 % ARRAY_LEN(root)]);
		map_page(kernel_root, HIGH, page | READ_ONLY);
		CHECK(*word_at(HIGH) == *word_at(page), "a stale kernel page");
	}
	return NULL;
}
