/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door to a guest's RAM (mm/gmem.c): every address and length around every border there is,
 * against arithmetic in 64 bits. */
#include "mm/gmem.h"

#include <stdio.h>

#define PAGES 5u
#define RAM   ((u64)PAGES << PAGE_SHIFT)

/* ---- What the file stands on, none of which is called ------------------------------------- */

void *arena_alloc(struct arena *a, size_t bytes)
{
	(void)a;
	(void)bytes;
	return NULL;
}

enum hv_status frame_alloc_many(struct frame_owner *o, pfn_t *out, u32 count)
{
	(void)o;
	(void)out;
	(void)count;
	return HV_NOMEM;
}

static u32 freed, cleared;

void frame_free_many(struct frame_owner *o, const pfn_t *f, u32 count)
{
	(void)o;
	(void)f;
	freed += count;
}

void frame_clear(pfn_t f)
{
	cleared += f.n;
}

void *frame_map_high(pfn_t f)
{
	(void)f;
	return NULL;
}

void frame_unmap_high(void *p)
{
	(void)p;
}

static void door(void)
{
	static const u64 borders[] = {0, PAGE_SIZE, RAM, 0x80000000ull, 0x100000000ull};
	struct gmem m = {.ram_pages = PAGES};
	unsigned wrong = 0, tried = 0;

	for (unsigned i = 0; i < ARRAY_LEN(borders); i++)
		for (unsigned j = 0; j < ARRAY_LEN(borders); j++)
			for (int d = -2; d <= 2; d++)
				for (int e = -2; e <= 2; e++) {
					u32 at = (u32)(borders[i] + (u64)(s64)d);
					u32 len = (u32)(borders[j] - borders[i] + (u64)(s64)e);
					bool want = (u64)at + len <= RAM;

					tried++;
					if (guest_ram_ok(&m, at, len) == want)
						continue;
					if (!wrong++)
						printf("not ok door: at %#x, %#x bytes: expected "
						       "%d, "
						       "seen %d\n",
						       at, len, want, !want);
				}
	if (!wrong)
		printf("ok door, %u pairs\n", tried);
}

/* A few pages at a time, each once, and then it is done. */
static void scrub(void)
{
	pfn_t frames[PAGES] = {{1}, {10}, {100}, {1000}, {10000}};
	struct gmem m = {.ram_pages = PAGES, .frames = frames};
	bool first = gmem_scrub(&m, 2);
	u32 after = cleared;
	bool second = gmem_scrub(&m, 2), third = gmem_scrub(&m, 2), fourth = gmem_scrub(&m, 2);

	if (first || after != 11)
		printf("not ok scrub: after two pages: expected that it is not done and frames of "
		       "sum "
		       "11, seen %d and %u\n",
		       first, after);
	else if (second || !third || !fourth || cleared != 11111)
		printf("not ok scrub: at the end: expected done at the third call and frames of "
		       "sum "
		       "11111, seen %d %d %d and %u\n",
		       second, third, fourth, cleared);
	else
		puts("ok scrub");
}

static void released(void)
{
	pfn_t frames[PAGES] = {{1}, {2}, {3}, {4}, {5}};
	struct gmem m = {.ram_pages = PAGES, .slots = 1, .frames = frames};

	gmem_release(&m);
	if (freed != PAGES || m.ram_pages || m.slots)
		printf("not ok released: expected %u frames given back and nothing left, seen %u, "
		       "%u "
		       "pages and %u slots left\n",
		       PAGES, freed, m.ram_pages, m.slots);
	else
		puts("ok released");
}

int main(void)
{
	setbuf(stdout, NULL);
	door();
	scrub();
	released();
	return 0;
}
