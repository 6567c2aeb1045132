/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables: what is mapped is seen, what is not faults, and a change counts at once. */
#include "labs/harness/harness.h"
#include "labs/kernel/memory.h"
#include "labs/kernel/trap.h"

#define PAGES 24

static u32 faults, last_error, last_va, mend; /* mend: the frame that the handler maps */

/* Instead of the kernel's handler: note it, and make the access possible. */
static void keep(struct trap_frame *f)
{
	faults++;
	last_error = f->error;
	last_va = lguest_data.cr2;
	if (faults > 200 || !map(current_space, last_va & ~PTE_FLAGS, mend, PTE_WRITE))
		panic("too many page faults: at 0x%x, error 0x%x", last_va, last_error);
}

static volatile u32 *word(u32 va)
{
	__asm__("" : "+r"(va)); /* the compiler shall not reason about where that may point */
	return (volatile u32 *)va;
}

TEST(b3_map)
{
	u32 frame[PAGES], va[PAGES], i, before = frames_left();

	for (i = 0; i < PAGES; i++) { /* each in a table of its own, at one of its entries */
		frame[i] = frame_alloc();
		va[i] = 0x10000000 + i * 0x400000 + random_number() % 1024 * PAGE_SIZE;
		check(map(&kernel_space, va[i], frame[i], PTE_WRITE), "true from map(0x%x)", va[i]);
	}
	check_equal("frames in use: each page and its table", 2 * PAGES, before - frames_left());
	for (i = 0; i < PAGES; i++)
		*word(va[i] + 4 * i) = random_number();
	for (i = 0; i < PAGES; i++) {
		u32 seen = *(u32 *)virt(frame[i] + 4 * i);

		check_equal("a word of the frame, as written to the page", *word(va[i] + 4 * i),
			    seen);
		note(seen);
		*(u32 *)virt(frame[i] + 4 * i) = ~seen;
		check_equal("a word of the page, as written to the frame", ~seen,
			    *word(va[i] + 4 * i));
	}
	part("seen");
	for (i = 0; i < PAGES; i++) {
		u32 *entry = page_entry(&kernel_space, va[i], false);

		check(entry && (*entry & ~PTE_FLAGS) == frame[i],
		      "an entry that holds the frame 0x%x", frame[i]);
	}
	check(page_entry(&kernel_space, 0x80000000, false) == NULL, "no entry where no table is");
	check(page_entry(&kernel_space, va[0] ^ PAGE_SIZE, false) != NULL,
	      "an entry beside one that is there");
	part("entries");
}

TEST(b3_unmap)
{
	u32 a = frame_alloc(), b = frame_alloc(),
	    va = 0x20000000 + random_number() % 1024 * PAGE_SIZE, x, i;

	trap_register(TRAP_PAGE_FAULT, keep);
	mend = b;
	check_equal("what unmap() gives where nothing is", 0, unmap(&kernel_space, va));
	for (i = 0; i < 4; i++) {
		x = random_number();
		map(&kernel_space, va, a, PTE_WRITE);
		*word(va) = x;
		*(u32 *)virt(b) = ~x;
		check_equal("the frame that was there", a, unmap(&kernel_space, va));
		check_equal("what is read after a fault gave the page another frame", ~x,
			    *word(va));
		check_equal("faults so far", i + 1, faults);
		check_equal("the address of the fault", va, last_va);
		check_equal("its error code: read, not present", 0, last_error);
		unmap(&kernel_space, va);
		note(*(u32 *)virt(a));
	}
	part("unmap");
	map(&kernel_space, va, a, PTE_WRITE);
	x = *word(va);
	map(&kernel_space, va, b, PTE_WRITE);
	check_equal("what is read after the page was mapped to another frame", *(u32 *)virt(b),
		    *word(va));
	check_equal("faults so far", 4, faults);
	note(x);
	part("move");
}

TEST(b3_protect)
{
	u32 a = frame_alloc(), va = 0x30000000 + random_number() % 1024 * PAGE_SIZE,
	    x = random_number();

	trap_register(TRAP_PAGE_FAULT, keep);
	mend = a;
	map(&kernel_space, va, a, PTE_WRITE);
	*word(va) = x;
	map(&kernel_space, va, a, 0);
	check_equal("what is read from a page that may not be written", x, *word(va));
	check_equal("faults so far", 0, faults);
	*word(va) = ~x;
	check_equal("faults after a write to it", 1, faults);
	check_equal("the error code: write, present", FAULT_PRESENT | FAULT_WRITE, last_error);
	check_equal("the word, which the handler let be written", ~x, *word(va));
	note(*(u32 *)virt(a));
}

/* The kernel's own space: all RAM, the devices, and nothing where null pointers point. */
TEST(b3_kernel)
{
	u32 at, wrong = 0;

	for (at = 0; at < 8 * MIB; at += PAGE_SIZE) {
		u32 *entry = page_entry(&kernel_space, KERNEL_BASE + at, false);

		if (!entry || (*entry & ~PTE_FLAGS) != at || !(*entry & PTE_PRESENT))
			wrong++;
		(void)*(volatile u32 *)virt(at); /* must not fault */
	}
	check_equal("pages of RAM that are not where virt() says", 0, wrong);
	check_equal("RAM of the machine", 8 * MIB, ram_size());
	puts("b3_kernel: the console works in the new space\n");
	note(wrong);
	part("ram");
	trap_register(TRAP_PAGE_FAULT, keep);
	mend = frame_alloc();
	note(*word(0x10));
	check_equal("faults of a null pointer", 1, faults);
	check_equal("where", 0x10, last_va);
	part("null");
}
