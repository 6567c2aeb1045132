/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_host.c mm/format.c */
/* The frame allocator: what is free after boot, owners' counts and limits, runs, injected failures,
 * and a long random run against a plain array. */
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

#define LOW_FRAME (HOST_LOW_BASE >> PAGE_SHIFT)

static struct frame_owner owner;

static void begin(u32 low, u32 high)
{
	memset(&owner, 0, sizeof(owner));
	owner.name = "test";
	host_reset(low, high, &pt_format_pae);
}

static pfn_t must_alloc(bool low)
{
	pfn_t f;

	assert_int_equal(frame_alloc(&owner, low, &f), HV_OK);
	return f;
}

static bool is_zero(pfn_t f)
{
	const u8 *p = frame_map(f);
	bool zero = !p[0] && !memcmp(p, p + 1, PAGE_SIZE - 1);

	frame_unmap(p);
	return zero;
}

/* The bitmap for 4 GiB and 1024 frames takes 33 pages of the RAM itself. */
static void test_all_ram_but_the_bitmap_is_free(void **state)
{
	(void)state;
	begin(256, HOST_HIGH_PAGES);
	assert_int_equal(frame_free_count(), 256 + HOST_HIGH_PAGES - 33);
	assert_int_equal(frame_total_count(), frame_free_count());
	begin(256, 0); /* 64 Ki + 256 frames: 9 KiB of bitmap */
	assert_int_equal(frame_free_count(), 256 - 3);
}

static void test_reserved_stretches_count_whole_frames(void **state)
{
	const u64 base = HOST_LOW_BASE;
	const struct ram_range ram[] = {{base, base + 64 * PAGE_SIZE},
					{base + 128 * PAGE_SIZE, base + 192 * PAGE_SIZE}};
	/* The first one is where the bitmap would go; the second touches two frames; the third
	 * reaches over a hole and beyond the end. */
	const struct ram_range reserved[] = {
		{base, base + 4 * PAGE_SIZE},
		{base + 10 * PAGE_SIZE + 4095, base + 11 * PAGE_SIZE + 1},
		{base + 191 * PAGE_SIZE, base + 4096ull * PAGE_SIZE}};
	pfn_t f;

	(void)state;
	memset(&owner, 0, sizeof(owner));
	host_reset_ranges(ram, 2, reserved, 3);
	assert_int_equal(frame_free_count(), 128 - 3 - 4 - 2 - 1);
	while (frame_alloc(&owner, true, &f) == HV_OK) {
		u32 n = f.n - LOW_FRAME;

		assert_true(n < 64 || (n >= 128 && n < 191));
		assert_false(n < 7 || n == 10 || n == 11);
	}
	assert_int_equal(frame_free_count(), 0);
}

static void test_no_room_for_the_bitmap_is_a_panic(void **state)
{
	jmp_buf jump;

	(void)state;
	support_panic_jump = &jump;
	if (!setjmp(jump)) {
		begin(2, 0);
		fail_msg("two pages were enough");
	}
	support_panic_jump = NULL;
}

static void test_frames_are_zeroed_and_high_ones_come_first(void **state)
{
	pfn_t f;

	(void)state;
	begin(256, 16);
	for (u32 i = 0; i < 16; i++) {
		f = must_alloc(false);
		assert_true(f.n >= HOST_HIGH_FRAME && f.n < HOST_HIGH_FRAME + 16);
		assert_true(is_zero(f));
	}
	/* Then the top of low memory, so that the bottom stays whole for runs. */
	assert_int_equal(must_alloc(false).n, LOW_FRAME + 255);
	f = must_alloc(true);
	assert_true(f.n < LOW_FRAME + 64);
	assert_true(is_zero(f));
	memset(frame_ptr(f), 0xff, PAGE_SIZE);
	frame_free(&owner, f);
	f = must_alloc(true);
	assert_true(is_zero(f));
	assert_int_equal(owner.frames, 18);
	assert_int_equal(host_windows, 0);
}

static void test_owner_limit(void **state)
{
	pfn_t f, g;

	(void)state;
	begin(256, 0);
	owner.limit = 3;
	f = must_alloc(true);
	assert_int_equal(frame_alloc_run(&owner, 3, &g), HV_NOMEM);
	assert_int_equal(frame_alloc_run(&owner, 2, &g), HV_OK);
	assert_int_equal(frame_alloc(&owner, false, &f), HV_NOMEM);
	assert_int_equal(owner.frames, 3);
	frame_free(&owner, f);
	f = must_alloc(false);
	owner.limit = 1; /* lowered below what it holds: nothing more, and no wrap */
	assert_int_equal(frame_alloc(&owner, false, &f), HV_NOMEM);
}

static void test_runs_are_contiguous_and_low(void **state)
{
	u32 before;
	pfn_t f;

	(void)state;
	begin(256, 64);
	before = frame_free_count();
	assert_int_equal(frame_alloc_run(&owner, 0, &f), HV_BADARG);
	assert_int_equal(frame_alloc_run(&owner, 100, &f), HV_OK);
	assert_true(f.n + 100 <= LOW_FRAME + 256);
	for (u32 i = 0; i < 100; i++)
		assert_true(is_zero((pfn_t){f.n + i}));
	/* Enough frames are free, but no such run of low ones. */
	assert_int_equal(frame_alloc_run(&owner, 160, &f), HV_NOMEM);
	assert_int_equal(frame_alloc_run(&owner, 0xffffffffu, &f), HV_NOMEM);
	assert_int_equal(owner.frames, 100);
	assert_int_equal(frame_free_count(), before - 100);
}

static void test_blocks_are_aligned(void **state)
{
	u32 before, n = 0;
	pfn_t f, hole = {0};

	(void)state;
	begin(256, 64);
	before = frame_free_count();
	while (frame_alloc_block(&owner, &f) == HV_OK) {
		assert_int_equal(f.n % FRAME_BLOCK, 0);
		for (u32 i = 0; i < FRAME_BLOCK; i++)
			assert_true(is_zero((pfn_t){f.n + i}));
		n++;
		hole = f;
	}
	assert_true(n >= 6 && n <= 8);
	assert_int_equal(frame_free_count(), before - n * FRAME_BLOCK);
	assert_int_equal(owner.frames, n * FRAME_BLOCK);
	/* One frame of it in use is enough. */
	frame_free_run(&owner, (pfn_t){hole.n + 1}, FRAME_BLOCK - 1);
	assert_int_equal(frame_alloc_block(&owner, &f), HV_NOMEM);
	frame_free(&owner, hole);
	assert_int_equal(frame_alloc_block(&owner, &f), HV_OK);
	assert_int_equal(f.n, hole.n);
	owner.limit = owner.frames + FRAME_BLOCK - 1;
	frame_free_run(&owner, f, FRAME_BLOCK);
	assert_int_equal(frame_alloc_block(&owner, &f), HV_OK);
	owner.limit = owner.frames - 1;
	frame_free_run(&owner, f, FRAME_BLOCK);
	assert_int_equal(frame_alloc_block(&owner, &f), HV_NOMEM);
}

static void test_nth_allocation_fails_once(void **state)
{
	u32 calls, before;
	pfn_t f;

	(void)state;
	begin(256, 0);
	before = frame_free_count();
	calls = frame_alloc_calls();
	frame_fail_after(2);
	must_alloc(true);
	assert_int_equal(frame_alloc_run(&owner, 4, &f), HV_NOMEM);
	assert_int_equal(frame_free_count(), before - 1);
	assert_int_equal(frame_alloc_run(&owner, 4, &f), HV_OK);
	assert_int_equal(frame_alloc_calls(), calls + 3);
}

static void expect_panic(void (*what)(void))
{
	jmp_buf jump;

	support_panic_jump = &jump;
	if (!setjmp(jump)) {
		what();
		fail_msg("no panic");
	}
	support_panic_jump = NULL;
}

static void free_twice(void)
{
	struct frame_owner other = {.frames = 5};
	pfn_t f = must_alloc(true);

	frame_free(&owner, f);
	frame_free(&other, f);
}

static void free_none(void)
{
	owner.frames = 1;
	frame_free(&owner, (pfn_t){0});
}

static void free_beyond(void)
{
	owner.frames = 9;
	frame_free_run(&owner, (pfn_t){LOW_FRAME + 250}, 9);
}

static void free_not_held(void)
{
	struct frame_owner other = {.frames = 0};

	frame_free(&other, must_alloc(true));
}

static void test_wrong_frees_are_caught(void **state)
{
	void (*const wrong[])(void) = {free_twice, free_none, free_beyond, free_not_held};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(wrong); i++) {
		begin(256, 0);
		expect_panic(wrong[i]);
	}
}

static u32 random_state;

static u32 rnd(u32 n)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (u32)((u64)(random_state >> 8) * n >> 24);
}

/* Every frame handed out is one that the plain array says is free. */
static void test_random_against_an_array(void **state)
{
	static u8 held[HOST_HIGH_FRAME + HOST_HIGH_PAGES];
	struct {
		pfn_t f;
		u32 count;
	} piece[200];
	u32 pieces = 0, sum = 0, low_sum = 0, all, all_low;

	(void)state;
	begin(512, 128);
	all = frame_free_count();
	all_low = all - 128;
	random_state = 7;
	for (u32 round = 0; round < 20000; round++) {
		u32 count = rnd(3) ? 1 : 1 + rnd(40), i;
		bool low = rnd(2);
		pfn_t f;

		if (pieces && (pieces == ARRAY_LEN(piece) || rnd(2))) {
			i = rnd(pieces);
			memset(&held[piece[i].f.n], 0, piece[i].count);
			sum -= piece[i].count;
			low_sum -= frame_is_low(piece[i].f) ? piece[i].count : 0;
			frame_free_run(&owner, piece[i].f, piece[i].count);
			piece[i] = piece[--pieces];
		} else if ((count == 1 ? frame_alloc(&owner, low, &f)
				       : frame_alloc_run(&owner, count, &f)) == HV_OK) {
			for (i = 0; i < count; i++)
				assert_false(held[f.n + i]++);
			assert_true(count == 1 && !low ? true : f.n + count <= LOW_FRAME + 512);
			piece[pieces].f = f;
			piece[pieces++].count = count;
			sum += count;
			low_sum += frame_is_low(f) ? count : 0;
		}
		assert_int_equal(owner.frames, sum);
		assert_int_equal(frame_free_count(), all - sum);
		assert_int_equal(frame_free_low_count(), all_low - low_sum);
	}
	while (pieces--)
		frame_free_run(&owner, piece[pieces].f, piece[pieces].count);
	assert_int_equal(frame_free_count(), all);
	/* Hints never hide a frame: all can be had again. */
	for (u32 i = 0; i < all; i++)
		must_alloc(false);
}

static void many_twice(void)
{
	static pfn_t f[100];

	if (frame_alloc_many(&owner, f, ARRAY_LEN(f)) != HV_OK)
		return;
	frame_free_many(&owner, f, ARRAY_LEN(f));
	owner.frames = ARRAY_LEN(f); /* what is in use is asked of the bitmap, not of the count */
	frame_free_many(&owner, f, ARRAY_LEN(f));
}

/* Thousands at once, whole words of the bitmap and what is left between others' frames, come and go
 * as one by one, in whichever order they go. */
static void test_many_between_others(void **state)
{
	static pfn_t many[640];

	(void)state;
	random_state = 11;
	for (u32 round = 0; round < 300; round++) {
		static u8 held[HOST_HIGH_FRAME + HOST_HIGH_PAGES];
		u32 all, all_low, low = 0, others = rnd(80), n;

		begin(512, 128);
		memset(held, 0, sizeof(held));
		for (u32 i = 0; i < others; i++) {
			pfn_t f;

			if (frame_alloc(&owner, rnd(2), &f) != HV_OK)
				break;
			if (!rnd(4) && frame_alloc_many(&owner, many, rnd(70)) != HV_OK)
				break;
		}
		memset(&owner, 0, sizeof(owner)); /* those stay */
		all = frame_free_count();
		all_low = frame_free_low_count();
		n = rnd(MIN(all, ARRAY_LEN(many)));
		if (frame_alloc_many(&owner, many, n) != HV_OK)
			fail();
		for (u32 i = 0; i < n; i++) {
			assert_false(held[many[i].n]++);
			low += frame_is_low(many[i]);
		}
		assert_int_equal(owner.frames, n);
		assert_int_equal(frame_free_count(), all - n);
		assert_int_equal(frame_free_low_count(), all_low - low);
		for (u32 i = round % 2 && n ? rnd(n) : 0; i; i--) {
			u32 a = rnd(n), b = rnd(n);
			pfn_t f = many[a];

			many[a] = many[b];
			many[b] = f;
		}
		frame_free_many(&owner, many, n);
		assert_int_equal(owner.frames, 0);
		assert_int_equal(frame_free_count(), all);
		assert_int_equal(frame_free_low_count(), all_low);
		for (u32 i = 0; i < all; i++)
			must_alloc(false);
	}
	begin(256, 0);
	expect_panic(many_twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_ram_but_the_bitmap_is_free),
		cmocka_unit_test(test_reserved_stretches_count_whole_frames),
		cmocka_unit_test(test_no_room_for_the_bitmap_is_a_panic),
		cmocka_unit_test(test_frames_are_zeroed_and_high_ones_come_first),
		cmocka_unit_test(test_owner_limit),
		cmocka_unit_test(test_runs_are_contiguous_and_low),
		cmocka_unit_test(test_blocks_are_aligned),
		cmocka_unit_test(test_nth_allocation_fails_once),
		cmocka_unit_test(test_wrong_frees_are_caught),
		cmocka_unit_test(test_random_against_an_array),
		cmocka_unit_test(test_many_between_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
