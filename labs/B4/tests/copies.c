/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies from and to a program, with addresses that a program might think of. */
#include "labs/harness/harness.h"
#include "labs/kernel/user.h"

#define DATA  0x10000000u /* two pages that may be written, */
#define FIXED 0x10002000u /* one that may be read, */
#define HOLE  0x10003000u /* and none */
#define OURS  0x10004000u /* one that is not for programs */
#define LAZY  0x20000000u /* 16 pages that come */

static struct space s;
static u8 here[5 * PAGE_SIZE];

static void setup(void)
{
	static u32 i;

	space_new(&s);
	map(&s, DATA, frame_alloc(), PTE_WRITE | PTE_USER);
	map(&s, DATA + PAGE_SIZE, frame_alloc(), PTE_WRITE | PTE_USER);
	map(&s, FIXED, frame_alloc(), PTE_USER);
	map(&s, OURS, frame_alloc(), PTE_WRITE);
	region_add(&s, LAZY, LAZY + 16 * PAGE_SIZE, PTE_WRITE | PTE_USER);
	space_load(&s);
	for (i = 0; i < sizeof(here); i++)
		here[i] = (u8)random_number();
}

/* The byte that the program sees at va, by the page tables. */
static u8 seen(u32 va)
{
	u32 *entry = page_entry(&s, va, false);

	if (!check(entry && (*entry & PTE_PRESENT), "a page at 0x%x", va))
		return 0;
	return *((u8 *)virt(*entry & ~PTE_FLAGS) + va % PAGE_SIZE);
}

TEST(b4_copy)
{
	static u8 back[2 * PAGE_SIZE];
	u32 i, round, wrong = 0;

	setup();
	for (round = 0; round < 40; round++) {
		u32 at = random_number() % (2 * PAGE_SIZE - 1),
		    n = 1 + random_number() % (2 * PAGE_SIZE - at);

		check(copy_to_user(DATA + at, here, n), "true from copy_to_user(0x%x, %u bytes)",
		      DATA + at, n);
		for (i = 0; i < n; i += 1 + n / 50)
			wrong += seen(DATA + at + i) != here[i];
		wrong += seen(DATA + at + n - 1) != here[n - 1];
		memset(back, 0, sizeof(back));
		check(copy_from_user(back, DATA + at, n),
		      "true from copy_from_user(0x%x, %u bytes)", DATA + at, n);
		wrong += memcmp(back, here, n) != 0;
		here[round] = (u8)random_number();
		note(seen(DATA + at));
	}
	check_equal("bytes that went wrong", 0, wrong);
	part("mapped");
	check(copy_to_user(LAZY + 100, here, 3 * PAGE_SIZE),
	      "true where pages come when they are touched");
	check(copy_from_user(back, LAZY + 5 * PAGE_SIZE, 16), "true from copy_from_user() there");
	check_equal("a byte there", here[3 * PAGE_SIZE - 1], seen(LAZY + 100 + 3 * PAGE_SIZE - 1));
	check_equal("a byte of a page that was not written", 0, back[0]);
	note(seen(LAZY + 200));
	part("lazy");
}

static const struct {
	u32 at, n;
	bool read, write;
	const char *what;
} edges[] = {
	{DATA, 0, true, true, "no byte at all"},
	{DATA, 2 * PAGE_SIZE, true, true, "two pages"},
	{DATA + PAGE_SIZE, 2 * PAGE_SIZE, true, false, "into a page that may only be read"},
	{FIXED, 16, true, false, "a page that may only be read"},
	{HOLE - 4, 4, true, false, "the last bytes before a hole"},
	{HOLE - 4, 5, false, false, "into a hole"},
	{HOLE, 1, false, false, "a hole"},
	{OURS, 4, false, false, "a page below the kernel that is not for programs"},
	{0, 4, false, false, "a null pointer"},
	{LAZY + 16 * PAGE_SIZE - 8, 8, true, true, "the end of a region"},
	{LAZY + 16 * PAGE_SIZE - 8, 9, false, false, "over the end of a region"},
	{KERNEL_BASE + MIB, 4, false, false, "the kernel"},
	{KERNEL_BASE - 4, 8, false, false, "into the kernel"},
	{0xfffffffc, 4, false, false, "the last bytes there are"},
	{0xfffffffc, 8, false, false, "around the end of all addresses"},
	{DATA, 0xffffffff, false, false, "all addresses"},
	{DATA, 0u - DATA, false, false, "up to the end of all addresses"},
};

TEST(b4_edges)
{
	static u8 kept[16];
	u32 i;

	setup();
	memcpy(kept, virt(MIB), sizeof(kept));
	for (i = 0; i < ARRAY_LEN(edges); i++) {
		/* With a length that no buffer here has, nothing may be copied past the first
		 * refusal. */
		bool some = edges[i].n <= sizeof(here);
		u8 *buffer = some ? here : virt(4 * MIB);

		check(copy_from_user(buffer, edges[i].at, edges[i].n) == edges[i].read,
		      "%s from copy_from_user: %s", edges[i].read ? "true" : "false",
		      edges[i].what);
		check(copy_to_user(edges[i].at, buffer, edges[i].n) == edges[i].write,
		      "%s from copy_to_user: %s", edges[i].write ? "true" : "false", edges[i].what);
	}
	check(memcmp(kept, virt(MIB), sizeof(kept)) == 0, "the kernel as it was");
	note(random_number());
}
