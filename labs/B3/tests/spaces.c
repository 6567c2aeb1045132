/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address spaces: each sees its own pages, all see the kernel; pages come when they are touched. */
#include "labs/harness/harness.h"
#include "labs/kernel/memory.h"
#include "labs/kernel/trap.h"

#define SPACES 3
#define WHERE  0x08048000u

static volatile u32 *word(u32 va)
{
	__asm__("" : "+r"(va)); /* the compiler shall not reason about where that may point */
	return (volatile u32 *)va;
}

static struct space *const home = &kernel_space;
static u32 in_kernel;

TEST(b3_spaces)
{
	static struct space s[SPACES];
	u32 i, round, before = frames_left(), x[SPACES];

	for (i = 0; i < SPACES; i++) {
		check(space_new(&s[i]), "true from space_new()");
		check(map(&s[i], WHERE, frame_alloc(), PTE_WRITE), "true from map()");
	}
	for (round = 0; round < 5; round++) {
		for (i = 0; i < SPACES; i++) {
			space_load(&s[i]);
			x[i] = in_kernel = random_number();
			*word(WHERE + 4 * round) = x[i];
		}
		for (i = 0; i < SPACES; i++) {
			space_load(&s[i]);
			check_equal("a word at the same address in another space", x[i],
				    *word(WHERE + 4 * round));
			check_equal("a word of the kernel, in every space", x[SPACES - 1],
				    in_kernel);
			note(*word(WHERE + 4 * round));
		}
	}
	part("own");
	space_load(home);
	for (i = 0; i < SPACES; i++)
		space_free(&s[i]);
	check_equal("frames that are left after all spaces are gone", before, frames_left());
	part("free");
}

/* The frames of a space that is gone become another one: nothing of the old one may be seen there.
 */
TEST(b3_reuse)
{
	static struct space s;
	u32 round, before;

	while (frames_left() > 4) /* so that the same ones come again */
		frame_alloc();
	before = frames_left();
	for (round = 0; round < 30; round++) {
		u32 va = WHERE + round % 3 * PAGE_SIZE, other = WHERE + (round + 1) % 3 * PAGE_SIZE,
		    x = random_number();

		space_new(&s);
		region_add(&s, WHERE, WHERE + 3 * PAGE_SIZE, PTE_WRITE);
		space_load(&s);
		*word(va) = x;
		check_equal("a page that was never written in this space", 0, *word(other));
		check_equal("one that was", x, *word(va));
		note(*word(va));
		space_load(home);
		space_free(&s);
	}
	check_equal("frames that are left", before, frames_left());
}

/* What region_fill() refuses, and which flags a page that came has. */
static void rights(void)
{
	static struct space s = {.regions = {{0x70000000, 0x70010000, PTE_WRITE}}};
	u32 *entry;

	space_new(&s);
	check_equal("the end of a region that the space had before space_new()", 0,
		    s.regions[0].end);
	region_add(&s, 0x50000000, 0x50010000, PTE_WRITE);
	region_add(&s, 0x60000000, 0x60010000, PTE_USER);
	check(!region_fill(&s, 0x50000000, false, true),
	      "false from region_fill() for a program, in a region without PTE_USER");
	check(!region_fill(&s, 0x60000000, true, true),
	      "false from region_fill() for a write, in a region without PTE_WRITE");
	check(region_fill(&s, 0x60000123, false, true), "true from region_fill()");
	entry = page_entry(&s, 0x60000123, false);
	check_equal("flags of the entry", PTE_PRESENT | PTE_USER,
		    entry ? *entry & (PTE_PRESENT | PTE_WRITE | PTE_USER) : 0);
	space_free(&s);
}

TEST(b3_lazy)
{
	static struct space s;
	u32 before, i, sum = 0, start = 0x40000000, pages = 4096;

	space_new(&s);
	check(region_add(&s, start, start + pages * PAGE_SIZE, PTE_WRITE),
	      "true from region_add()");
	space_load(&s);
	before = frames_left();
	for (i = 0; i < 40; i++) /* far apart, but in four tables */
		*word(start + i * 100 * PAGE_SIZE + 8) = i * 3;
	check_equal("frames in use: 40 pages and 4 tables, of a region of 4096 pages", 44,
		    before - frames_left());
	for (i = 0; i < 40; i++) {
		sum += *word(start + i * 100 * PAGE_SIZE + 8);
		check_equal("the rest of a page that came", 0,
			    *word(start + i * 100 * PAGE_SIZE + 12));
	}
	check_equal("the sum of what was written", 3 * 39 * 40 / 2, sum);
	note(sum);
	space_load(home);
	space_free(&s);
	rights();
}

static void touch(u32 flags, u32 at, bool write)
{
	static struct space s;

	space_new(&s);
	region_add(&s, 0x50000000, 0x50010000, flags);
	space_load(&s);
	note(*word(0x5000fffc));
	printf("%s: the last word of the region is there\n", "b3");
	if (write)
		*word(at) = 1;
	else
		note(*word(at));
}

/* Right behind the region: that is a fault that nobody deals with. */
TEST(b3_outside)
{
	touch(PTE_WRITE, 0x50010000 + (random_number() & 0xffc), false);
}

TEST(b3_read_only)
{
	touch(0, 0x50008000 + (random_number() & 0xffc), true);
}

/* A page that is there is not brought once more: its words would be gone. */
TEST(b3_write_protected)
{
	static struct space s;
	u32 at = 0x50008000 + (random_number() & 0xffc);

	space_new(&s);
	region_add(&s, 0x50000000, 0x50010000, PTE_WRITE);
	space_load(&s);
	*word(at) = 1;
	map(&s, 0x50008000, *page_entry(&s, 0x50008000, false) & ~PTE_FLAGS, 0);
	puts("b3: the page may not be written any more\n");
	*word(at) = 2;
	note(*word(at));
}

/* No frame left is no reason to loop, or to give away one that is in use. */
TEST(b3_none_left)
{
	static struct space s;
	u32 n = 0, last = frame_alloc();

	space_new(&s);
	region_add(&s, 0x50000000, 0x60000000, PTE_WRITE);
	space_load(&s);
	while (frames_left() > 3) {
		*word(0x50000000 + n * PAGE_SIZE) = n;
		n++;
	}
	check(n > 1000, "more than 1000 pages of 8 MiB to come, seen %u", n);
	while (frame_alloc())
		;
	check(!region_fill(&s, 0x5fff0000, true, false),
	      "false from region_fill() without a frame");
	check(!space_new(&(struct space){0}), "false from space_new() without a frame");
	check(!map(&kernel_space, 0x70000000, PAGE_SIZE, 0),
	      "false from map() without a frame for the table");
	frame_free(last);
	check(!region_fill(&s, 0x5fff0000, true, false),
	      "false from region_fill() without a frame for the table");
	check_equal("frames that are left after it, of one", 1, frames_left());
	for (; n; n--)
		if (*word(0x50000000 + (n - 1) * PAGE_SIZE) != n - 1)
			break;
	check_equal("pages that hold something else now", 0, n);
	note(n);
}
