/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: mm/arena.c tests/unit/fake_host.c mm/format.c */
/* Arenas: alignment, zeroes, pieces that never overlap, and nothing left behind. */
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

static struct frame_owner owner;
static struct arena arena;
static u32 before;

static int begin(void **state)
{
	(void)state;
	memset(&owner, 0, sizeof(owner));
	owner.name = "test";
	host_reset(2048, 0, &pt_format_pae);
	before = frame_free_count();
	arena_init(&arena, &owner);
	return 0;
}

static void test_pieces_are_aligned_zeroed_and_apart(void **state)
{
	static const u32 size[] = {1,	 15,   16,   17,   100,	 0,	1000,  4000,  4079,
				   4080, 4081, 4095, 4096, 4097, 12288, 20000, 65536, 8};
	u8 *piece[ARRAY_LEN(size)];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(size); i++) {
		piece[i] = arena_alloc(&arena, size[i]);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % (size[i] >= PAGE_SIZE ? PAGE_SIZE : 16), 0);
		for (u32 k = 0; k < size[i]; k++)
			assert_int_equal(piece[i][k], 0);
		memset(piece[i], (int)i + 1, size[i]);
	}
	for (u32 i = 0; i < ARRAY_LEN(size); i++)
		for (u32 k = 0; k < size[i]; k++)
			assert_int_equal(piece[i][k], i + 1);
	arena_release(&arena);
	assert_int_equal(owner.frames, 0);
	assert_int_equal(frame_free_count(), before);
}

static void test_small_pieces_share_a_chunk(void **state)
{
	u32 frames;

	(void)state;
	assert_non_null(arena_alloc(&arena, 64));
	frames = owner.frames;
	for (u32 i = 0; i < 200; i++)
		assert_non_null(arena_alloc(&arena, 64));
	assert_int_equal(owner.frames, frames);
	arena_release(&arena);
}

static void test_out_of_memory_changes_nothing(void **state)
{
	void *p;

	(void)state;
	assert_null(arena_alloc(&arena, MIB(16)));     /* more than there is */
	assert_null(arena_alloc(&arena, MIB(64) + 1)); /* more than ever */
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 15));
	frame_fail_after(1);
	assert_null(arena_alloc(&arena, 10));
	frame_fail_after(1);
	assert_null(arena_alloc(&arena, PAGE_SIZE));
	assert_int_equal(owner.frames, 0);
	p = arena_alloc(&arena, 10);
	assert_non_null(p);
	/* What an owner may hold at most holds here too. */
	owner.limit = owner.frames;
	assert_null(arena_alloc(&arena, PAGE_SIZE));
	assert_non_null(arena_alloc(&arena, 10));
	arena_release(&arena);
	assert_int_equal(frame_free_count(), before);
}

static void test_released_arena_is_empty_and_usable(void **state)
{
	(void)state;
	arena_release(&arena);
	assert_non_null(arena_alloc(&arena, 100));
	arena_release(&arena);
	arena_release(&arena);
	assert_int_equal(frame_free_count(), before);
	assert_non_null(arena_alloc(&arena, 100));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_pieces_are_aligned_zeroed_and_apart, begin),
		cmocka_unit_test_setup(test_small_pieces_share_a_chunk, begin),
		cmocka_unit_test_setup(test_out_of_memory_changes_nothing, begin),
		cmocka_unit_test_setup(test_released_arena_is_empty_and_usable, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
