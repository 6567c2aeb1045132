/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A3: the door to a guest's memory, on the development host. Each page of the guest lies by itself,
 * in no order, and the sanitizer sees a step outside of it; half of them are low frames, the others
 * must be mapped and unmapped.
 */
#include "mm/gmem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES	 40u
#define RAM	 (PAGES * PAGE_SIZE)
#define LOW_BASE 0x20000000u
#define HIGH	 0x100000u /* frames above 4 GiB */

static pfn_t frames[PAGES];
static struct gmem mem = {.ram_pages = PAGES, .frames = frames};
static u8 *high[PAGES], buf[RAM + 1], got[RAM + 1];
static int mapped;

/* ---- What mm/gmem.c needs of its neighbours ------------------------------------------------ */

void *frame_map_high(pfn_t f)
{
	mapped++;
	return high[f.n - HIGH];
}

void frame_unmap_high(void *p)
{
	(void)p;
	mapped--;
}

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

void frame_free_many(struct frame_owner *o, const pfn_t *f, u32 count)
{
	(void)o;
	(void)f;
	(void)count;
}

void frame_clear(pfn_t f)
{
	(void)f;
}

/* Even pages are low, backwards; odd ones high. */
static bool make_ram(void)
{
	if (mmap((void *)(uintptr_t)LOW_BASE, RAM, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) != (void *)(uintptr_t)LOW_BASE)
		return false;
	for (u32 i = 0; i < PAGES; i++) {
		high[i] = malloc(PAGE_SIZE);
		frames[i].n = i % 2 ? HIGH + i : (LOW_BASE >> PAGE_SHIFT) + PAGES - 1 - i;
	}
	return true;
}

/* ---- The tests ------------------------------------------------------------------------------ */

struct row {
	gpa_t at;
	u32 len;
	bool ok;
};

static void rows(const char *name, const struct row *row, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		gpa_t at = row[i].at;
		u32 len = row[i].len;
		bool ok = row[i].ok;
		const char *wrong = NULL;

		if (guest_ram_ok(&mem, at, len) != ok)
			wrong = "guest_ram_ok";
		else if (guest_read(&mem, at, got, len) != ok)
			wrong = "guest_read";
		else if (guest_write(&mem, at, buf, len) != ok)
			wrong = "guest_write";
		if (!wrong)
			continue;
		printf("not ok %s: %s(%#x, %#x) with %#x bytes of RAM: expected %d, seen %d\n",
		       name, wrong, at, len, RAM, ok, !ok);
		return;
	}
	printf("ok %s\n", name);
}

static void across_pages(void)
{
	for (u32 i = 0; i < RAM; i++)
		buf[i] = (u8)(i * 7 + (i >> 12));
	if (!guest_write(&mem, 0, buf, RAM) || !guest_read(&mem, 0, got, RAM)) {
		printf("not ok across-pages: expected all of RAM to be copied, seen false\n");
		return;
	}
	for (u32 at = 0; at < RAM; at++)
		if (got[at] != buf[at]) {
			printf("not ok across-pages: at %#x: expected %#x, seen %#x\n", at, buf[at],
			       got[at]);
			return;
		}
	for (u32 at = PAGE_SIZE - 3; at + 5 < RAM; at += PAGE_SIZE) {
		memset(got, 0, 8);
		if (!guest_read(&mem, at, got, 5) || memcmp(got, buf + at, 5) != 0 || got[5]) {
			printf("not ok across-pages: expected five bytes at %#x, seen others, or "
			       "more\n",
			       at);
			return;
		}
	}
	if (mapped)
		printf("not ok across-pages: expected each page to be unmapped again, seen %d that "
		       "are not\n",
		       mapped);
	else
		printf("ok across-pages\n");
}

static void refused_whole(void)
{
	u8 c = 0x5a;

	memset(buf, 0xee, sizeof(buf));
	if (!guest_write(&mem, RAM - 100, &c, 1) || guest_write(&mem, RAM - 100, buf, 101) ||
	    !guest_read(&mem, RAM - 100, &c, 1) || c != 0x5a)
		printf("not ok refused-whole: expected 0x5a where a write that leaves RAM began, "
		       "seen %#x\n",
		       c);
	else
		printf("ok refused-whole\n");
}

int main(void)
{
	static const struct row edges[] = {
		{0, 0, true},	     {RAM - 1, 1, true}, {RAM, 0, true},      {RAM - 4, 4, true},
		{RAM - 3, 4, false}, {RAM, 1, false},	 {RAM + 1, 0, false}, {0, RAM, true},
		{0, RAM + 1, false}, {1, RAM, false}};
	static const struct row wrap[] = {{0, 4, true},
					  {0xffffffffu, 1, false},
					  {0xffffffffu, 2, false},
					  {0xfffffff0u, 0x20, false},
					  {0x1000, 0xffffffffu, false},
					  {0x1000, 0xfffff000u, false},
					  {0, 0xffffffffu, false}};

	if (!make_ram())
		return 2;
	across_pages();
	rows("edges", edges, ARRAY_LEN(edges));
	rows("wrap", wrap, ARRAY_LEN(wrap));
	refused_whole();
	for (u32 i = 0; i < PAGES; i++)
		free(high[i]);
	return 0;
}
