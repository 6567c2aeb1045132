/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A0: maps of a PC, broken ones, and random ones against a page-by-page reference. */
#include "boot/memmap.h"

#include <stdio.h>
#include <stdlib.h>

#define RANGES	 8u
#define LIMIT_32 (1ull << 32)

struct expected {
	u32 n;
	struct ram_range r[RANGES];
};

/* Exact, so that the sanitizer sees a step outside. */
static bool same(const char *name, const struct memmap_entry *in, u32 n, struct ram_range bounds,
		 const struct expected *e)
{
	struct ram_range *out = malloc(RANGES * sizeof(*out));
	u32 got = memmap_normalise(out, RANGES, in, n, bounds), i;

	for (i = 0; i < e->n && i < got; i++)
		if (out[i].start != e->r[i].start || out[i].end != e->r[i].end)
			break;
	if (got != e->n)
		printf("not ok %s: expected %u ranges, seen %u\n", name, e->n, got);
	else if (i < got)
		printf("not ok %s: range %u: expected %#llx..%#llx, seen %#llx..%#llx\n", name, i,
		       (unsigned long long)e->r[i].start, (unsigned long long)e->r[i].end,
		       (unsigned long long)out[i].start, (unsigned long long)out[i].end);
	free(out);
	return got == e->n && i == got;
}

struct map {
	u32 n;
	struct memmap_entry entry[6];
	struct expected e;
	u64 start, limit; /* 0: from 1 MiB, to 4 GiB */
};

static void all(const char *name, const struct map *m, u32 count)
{
	bool ok = true;

	for (u32 i = 0; i < count && ok; i++)
		ok = same(name, m[i].entry, m[i].n,
			  (struct ram_range){m[i].start ? m[i].start : MIB(1),
					     m[i].limit ? m[i].limit : LIMIT_32},
			  &m[i].e);
	if (ok)
		printf("ok %s\n", name);
}

/* RAM is 1. */
static const struct map a_pc[] = {
	{5,
	 {{0, 0x9fc00, 1},
	  {0x9fc00, 0x400, 2},
	  {0xf0000, 0x10000, 2},
	  {0x100000, 0x3ee0000, 1},
	  {0x3fe0000, 0x20000, 2}},
	 {1, {{0x100000, 0x3fe0000}}},
	 0,
	 0},
};
static const struct map nothing[] = {
	{1, {{0, 0x400000, 1}}, {2, {{LOW_KEPT, LOW_HOLE}, {0x100000, 0x400000}}}, LOW_KEPT, 0},
	{1, {{0x100000, 0x400000, 1}}, {1, {{0x100000, 0x500000}}}, 0, 0},
	{0, {{0, 0, 0}}, {0, {{0, 0}}}, 0, 0},
	{1, {{0x100000, 0, 1}}, {0, {{0, 0}}}, 0, 0},
	{1, {{0, 0xa0000, 1}}, {0, {{0, 0}}}, 0, 0},
	{1, {{0x100000, 0x100000, 2}}, {0, {{0, 0}}}, 0, 0},
	{1, {{0x100000, 0x100000, 0}}, {0, {{0, 0}}}, 0, 0},
	{1, {{0x200001, 0x1ffe, 1}}, {0, {{0, 0}}}, 0, 0},
};
static const struct map order[] = {
	{4,
	 {{0x800000, 0x100000, 2},
	  {0x1000000, 0x1000000, 1},
	  {0x100000, 0xf00000, 1},
	  {0xf00000, 0x100000, 4}},
	 {3, {{0x100000, 0x800000}, {0x900000, 0xf00000}, {0x1000000, 0x2000000}}},
	 0,
	 0},
	{3,
	 {{0x600000, 0x100000, 1}, {0x200000, 0x100000, 1}, {0x400000, 0x100000, 1}},
	 {3, {{0x200000, 0x300000}, {0x400000, 0x500000}, {0x600000, 0x700000}}},
	 0,
	 0},
};
static const struct map neighbours[] = {
	{2, {{0x100000, 0x100800, 1}, {0x200800, 0x0ff800, 1}}, {1, {{0x100000, 0x300000}}}, 0, 0},
	{3,
	 {{0x100000, 0x200000, 1}, {0x180000, 0x10000, 1}, {0x280000, 0x200000, 1}},
	 {1, {{0x100000, 0x480000}}},
	 0,
	 0},
	{3,
	 {{0x100000, 0x100000, 1}, {0x300000, 0x100000, 1}, {0x180000, 0x200000, 1}},
	 {1, {{0x100000, 0x400000}}},
	 0,
	 0},
};
static const struct map rounding[] = {
	{1, {{0x100001, 0x200000, 1}}, {1, {{0x101000, 0x300000}}}, 0, 0},
	{2,
	 {{0x100000, 0x200000, 1}, {0x200fff, 2, 3}},
	 {2, {{0x100000, 0x200000}, {0x202000, 0x300000}}},
	 0,
	 0},
};
static const struct map ends[] = {
	{2,
	 {{0x100000, 0xbff00000, 1}, {LIMIT_32, 1ull << 31, 1}},
	 {1, {{0x100000, 0xc0000000}}},
	 0,
	 0},
	{2,
	 {{0x100000, 0xbff00000, 1}, {LIMIT_32, 1ull << 31, 1}},
	 {2, {{0x100000, 0xc0000000}, {LIMIT_32, LIMIT_32 + (1ull << 31)}}},
	 0,
	 1ull << 36},
	{1, {{0xfff00000, 0x200000, 1}}, {1, {{0xfff00000, LIMIT_32}}}, 0, 0},
	{1, {{0x100000, UINT64_MAX, 1}}, {1, {{0x100000, LIMIT_32}}}, 0, 0},
	{3,
	 {{UINT64_MAX - 5, 100, 1}, {0x100000, 0x100000, 1}, {0x180000, UINT64_MAX, 2}},
	 {1, {{0x100000, 0x180000}}},
	 0,
	 0},
};

enum { PAGES = 64, ENTRIES = 10, ROUNDS = 20000 };

/* What each page is, by the entries; how many of them the answer has right. */
static bool right(const struct memmap_entry *in, u32 n)
{
	struct ram_range got[PAGES];
	u32 count = memmap_normalise(got, PAGES, in, n,
				     (struct ram_range){MIB(1), MIB(1) + PAGES * PAGE_SIZE}),
	    found = 0, all_ram = 0;

	for (u32 i = 0; i < count; i++) {
		if (got[i].start >= got[i].end || (i && got[i - 1].end >= got[i].start))
			return false;
		found += (u32)((got[i].end - got[i].start) / PAGE_SIZE);
	}
	for (u32 p = 0; p < PAGES; p++) {
		u64 a = MIB(1) + p * PAGE_SIZE;
		bool yes = false, no = false, there = false;

		for (u32 i = 0; i < n; i++)
			if (a >= in[i].base && a < in[i].base + in[i].length)
				*(in[i].type == 1 ? &yes : &no) = true;
		for (u32 i = 0; i < count; i++)
			there |= a >= got[i].start && a < got[i].end;
		if (there != (yes && !no))
			return false;
		all_ram += there;
	}
	return all_ram == found;
}

static void any_map(void)
{
	struct memmap_entry in[ENTRIES];

	srand(12345);
	for (int round = 0; round < ROUNDS; round++) {
		u32 n = (u32)rand() % (ENTRIES + 1);

		for (u32 i = 0; i < n; i++)
			in[i] = (struct memmap_entry){MIB(1) + (u32)rand() % PAGES * PAGE_SIZE,
						      (u32)rand() % 20 * PAGE_SIZE,
						      1 + (u32)rand() % 3 / 2};
		if (right(in, n))
			continue;
		printf("not ok any-map: expected each page to be RAM where an entry says so and "
		       "none denies it, seen another "
		       "answer for a map of %u entries\n",
		       n);
		return;
	}
	printf("ok any-map\n");
}

int main(void)
{
	all("a-pc", a_pc, ARRAY_LEN(a_pc));
	all("nothing", nothing, ARRAY_LEN(nothing));
	all("order", order, ARRAY_LEN(order));
	all("neighbours", neighbours, ARRAY_LEN(neighbours));
	all("rounding", rounding, ARRAY_LEN(rounding));
	all("ends-of-numbers", ends, ARRAY_LEN(ends));
	any_map();
	return 0;
}
