/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: boot/memmap.c */
/* The memory map, with those of real BIOSes and of broken ones. */
#include "boot/memmap.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_32 (1ull << 32)
#define RANGES	 8

static struct ram_range out[RANGES];

static u32 normalise(const struct memmap_entry *in, u32 n)
{
	memset(out, 0xee, sizeof(out));
	return memmap_normalise(out, RANGES, in, n, (struct ram_range){MIB(1), LIMIT_32});
}

static void expect(u32 i, u64 start, u64 end)
{
	assert_true(out[i].start == start);
	assert_true(out[i].end == end);
}

#define NORMALISE(...)                                        \
	normalise((const struct memmap_entry[]){__VA_ARGS__}, \
		  ARRAY_LEN(((const struct memmap_entry[]){__VA_ARGS__})))

static void a_pc(void **state)
{
	(void)state;
	assert_int_equal(NORMALISE({0, 0x9fc00, 1}, {0x9fc00, 0x400, 2}, {0xf0000, 0x10000, 2},
				   {0x100000, 0x7ee0000, 1}, {0x7fe0000, 0x20000, 2},
				   {0xfffc0000, 0x40000, 2}),
			 1);
	expect(0, 0x100000, 0x7fe0000);
}

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(normalise(NULL, 0), 0);
	assert_int_equal(NORMALISE({0x100000, 0, 1}), 0);
	assert_int_equal(NORMALISE({0, 0xa0000, 1}), 0);
	assert_int_equal(NORMALISE({0x100000, 0x100000, 2}), 0);
	assert_int_equal(NORMALISE({0x100000, 0x100000, 0}), 0);
	assert_int_equal(NORMALISE({0x200001, 0x1ffe, 1}), 0); /* no whole page in it */
}

/* Of the first megabyte what the bounds allow, and never the adapters and ROMs. */
static void first_megabyte(void **state)
{
	const struct memmap_entry all = {0, 0x400000, 1};

	(void)state;
	assert_int_equal(normalise(&all, 1), 1);
	expect(0, 0x100000, 0x400000);
	assert_int_equal(
		memmap_normalise(out, RANGES, &all, 1, (struct ram_range){LOW_KEPT, MIB(3)}), 2);
	expect(0, 0x10000, 0xa0000);
	expect(1, 0x100000, 0x300000);
}

static void order_does_not_matter(void **state)
{
	(void)state;
	assert_int_equal(NORMALISE({0x800000, 0x100000, 2}, {0x1000000, 0x1000000, 1},
				   {0x100000, 0xf00000, 1}, {0xf00000, 0x100000, 4}),
			 3);
	expect(0, 0x100000, 0x800000);
	expect(1, 0x900000, 0xf00000);
	expect(2, 0x1000000, 0x2000000);
}

static void neighbours_become_one(void **state)
{
	(void)state;
	/* They meet inside a page: it is whole only when they are joined first. */
	assert_int_equal(NORMALISE({0x100000, 0x100800, 1}, {0x200800, 0x0ff800, 1}), 1);
	expect(0, 0x100000, 0x300000);
	assert_int_equal(
		NORMALISE({0x100000, 0x200000, 1}, {0x180000, 0x10000, 1}, {0x280000, 0x200000, 1}),
		1);
	expect(0, 0x100000, 0x480000);
}

static void rounding(void **state)
{
	(void)state;
	/* RAM inward, everything else outward. */
	assert_int_equal(NORMALISE({0x100001, 0x200000, 1}), 1);
	expect(0, 0x101000, 0x300000);
	assert_int_equal(NORMALISE({0x100000, 0x200000, 1}, {0x200fff, 2, 3}), 2);
	expect(0, 0x100000, 0x200000);
	expect(1, 0x202000, 0x300000);
}

static void the_limit_and_the_end_of_numbers(void **state)
{
	const struct memmap_entry big[] = {{0x100000, 0xbff00000, 1}, {LIMIT_32, 1ull << 31, 1}};

	(void)state;
	assert_int_equal(normalise(big, 2), 1);
	expect(0, 0x100000, 0xc0000000);
	assert_int_equal(
		memmap_normalise(out, RANGES, big, 2, (struct ram_range){MIB(1), 1ull << 36}), 2);
	expect(1, LIMIT_32, LIMIT_32 + (1ull << 31));
	assert_int_equal(NORMALISE({0xfff00000, 0x200000, 1}), 1);
	expect(0, 0xfff00000, LIMIT_32);
	assert_int_equal(NORMALISE({0x100000, UINT64_MAX, 1}), 1);
	expect(0, 0x100000, LIMIT_32);
	assert_int_equal(NORMALISE({UINT64_MAX - 5, 100, 1}, {0x100000, 0x100000, 1},
				   {0x180000, UINT64_MAX, 2}),
			 1);
	expect(0, 0x100000, 0x180000);
}

static void smallest_pieces_go_first(void **state)
{
	struct memmap_entry in[12];

	(void)state;
	for (u32 i = 0; i < 12; i++)
		in[i] = (struct memmap_entry){MIB(16 * (i + 1)), MIB(1 + (i * 5) % 12), 1};
	assert_int_equal(normalise(in, 12), RANGES);
	for (u32 i = 0; i < RANGES; i++) {
		assert_true(out[i].end - out[i].start >= MIB(5));
		if (i)
			assert_true(out[i - 1].end <= out[i].start);
	}
}

/* Far more pieces than are kept while working: some RAM is lost, none is invented. */
static void too_many_pieces(void **state)
{
	static struct memmap_entry in[600];
	u32 n;

	(void)state;
	for (u32 i = 0; i < 300; i++) {
		in[i] = (struct memmap_entry){MIB(1) + i * KIB(64), KIB(32), 1};
		in[300 + i] = (struct memmap_entry){MIB(1) + i * KIB(64) + KIB(8), KIB(4), 2};
	}
	n = normalise(in, 600);
	assert_int_equal(n, RANGES);
	for (u32 i = 0; i < n; i++)
		for (u64 a = out[i].start; a < out[i].end; a += PAGE_SIZE) {
			u64 in_piece = (a - MIB(1)) % KIB(64);

			assert_true(in_piece < KIB(32) && in_piece / KIB(4) != 2);
		}
}

/* Against a page-by-page reference, for random small maps. */
static void random_maps(void **state)
{
	enum { PAGES = 64, ENTRIES = 10 };
	struct memmap_entry in[ENTRIES];
	struct ram_range got[64];

	(void)state;
	srand(12345);
	for (int round = 0; round < 20000; round++) {
		bool ram[PAGES], seen[PAGES] = {false};
		u32 n = (u32)rand() % (ENTRIES + 1), count;

		for (u32 i = 0; i < n; i++)
			in[i] = (struct memmap_entry){MIB(1) + (u32)rand() % PAGES * PAGE_SIZE,
						      (u32)rand() % 20 * PAGE_SIZE,
						      1 + (u32)rand() % 3 / 2};
		for (u32 p = 0; p < PAGES; p++) {
			u64 a = MIB(1) + p * PAGE_SIZE;
			bool yes = false, no = false;

			for (u32 i = 0; i < n; i++)
				if (a >= in[i].base && a < in[i].base + in[i].length)
					*(in[i].type == 1 ? &yes : &no) = true;
			ram[p] = yes && !no;
		}
		count = memmap_normalise(got, 64, in, n,
					 (struct ram_range){MIB(1), MIB(1) + PAGES * PAGE_SIZE});
		for (u32 i = 0; i < count; i++) {
			assert_true(got[i].start < got[i].end);
			if (i)
				assert_true(got[i - 1].end < got[i].start);
			for (u64 a = got[i].start; a < got[i].end; a += PAGE_SIZE)
				seen[(a - MIB(1)) / PAGE_SIZE] = true;
		}
		assert_memory_equal(ram, seen, sizeof(ram));
	}
}

static void put32(u8 **p, u32 v)
{
	memcpy(*p, &v, 4);
	*p += 4;
}

static void put_entry(u8 **p, u32 size, u64 base, u64 length, u32 type)
{
	put32(p, size);
	put32(p, (u32)base);
	put32(p, (u32)(base >> 32));
	put32(p, (u32)length);
	put32(p, (u32)(length >> 32));
	put32(p, type);
	for (u32 i = 20; i < size; i++)
		*(*p)++ = 0xcc;
}

static void parse_entries_of_any_size(void **state)
{
	struct memmap_entry e[4];
	u8 bytes[128], *p = bytes;

	(void)state;
	put_entry(&p, 20, 0, 0x9fc00, 1);
	put_entry(&p, 24, 0x100000, 0x700000, 1);
	put_entry(&p, 20, 5ull << 32, 6ull << 32, 2);
	assert_int_equal(memmap_parse(e, 4, bytes, (u32)(p - bytes)), 3);
	assert_true(e[1].base == 0x100000 && e[1].length == 0x700000 && e[1].type == 1);
	assert_true(e[2].base == 5ull << 32 && e[2].length == 6ull << 32 && e[2].type == 2);
	assert_int_equal(memmap_parse(e, 2, bytes, (u32)(p - bytes)), 2);
}

/* The buffers are on the heap and exact: one byte read too far ends the test. */
static void parse_damaged(void **state)
{
	static const u32 bad_sizes[] = {0, 4, 19, 21, 1000, 0xfffffff0, 0xffffffff};
	struct memmap_entry e[4];

	(void)state;
	for (u32 length = 0; length < 48; length++) {
		u8 whole[48], *p = whole, *cut = malloc(length ? length : 1);

		put_entry(&p, 20, 0x100000, 0x100000, 1);
		put_entry(&p, 20, 0x300000, 0x100000, 1);
		memcpy(cut, whole, length);
		assert_int_equal(memmap_parse(e, 4, cut, length), length / 24);
		free(cut);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_sizes); i++) {
		u8 *bytes = malloc(24), *p = bytes;

		put_entry(&p, 20, 0x100000, 0x100000, 1);
		memcpy(bytes, &bad_sizes[i], 4);
		assert_int_equal(memmap_parse(e, 4, bytes, 24), 0);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pc),
		cmocka_unit_test(nothing),
		cmocka_unit_test(first_megabyte),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(neighbours_become_one),
		cmocka_unit_test(rounding),
		cmocka_unit_test(the_limit_and_the_end_of_numbers),
		cmocka_unit_test(smallest_pieces_go_first),
		cmocka_unit_test(too_many_pieces),
		cmocka_unit_test(random_maps),
		cmocka_unit_test(parse_entries_of_any_size),
		cmocka_unit_test(parse_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
