/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: mm/gmem.c mm/arena.c tests/unit/fake_host.c mm/format.c mm/rmap.c mm/walk.c */
/* SOURCES: mm/shadow.c mm/shadow_announce.c mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c
 * mm/shadow_repair.c mm/shadow_roots.c */
/* A guest's physical memory: the door to its RAM at every edge, slots, and failing starts. */
#include "mm/gmem.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

#define PAGES 40u
#define RAM   (PAGES * PAGE_SIZE)

static struct frame_owner owner;
static struct arena arena;
static struct gmem mem;
static u32 before;

/* Of the 40 pages 24 are high, so that copies cross from one kind to the other. */
static int begin(void **state)
{
	(void)state;
	memset(&owner, 0, sizeof(owner));
	owner.name = "test";
	host_reset(256, 24, &pt_format_pae);
	before = frame_free_count();
	arena_init(&arena, &owner);
	assert_int_equal(gmem_init(&mem, &arena, &owner, RAM), HV_OK);
	return 0;
}

static int end(void **state)
{
	(void)state;
	gmem_release(&mem);
	arena_release(&arena);
	assert_int_equal(owner.frames, 0);
	assert_int_equal(frame_free_count(), before);
	assert_int_equal(host_windows, 0);
	return 0;
}

/* Cleared in parts, and only what was asked for. */
static void test_ram_is_zeroed_and_whole(void **state)
{
	static u8 buf[RAM], got[RAM];

	(void)state;
	assert_int_equal(mem.ram_pages, PAGES);
	memset(got, 0x5a, RAM);
	assert_true(guest_write(&mem, 0, got, RAM));
	assert_false(gmem_scrub(&mem, 0));
	assert_false(gmem_scrub(&mem, PAGES - 1));
	assert_true(guest_read(&mem, 0, got, RAM));
	assert_memory_equal(got, buf, RAM - PAGE_SIZE);
	assert_int_equal(got[RAM - 1], 0x5a);
	assert_true(gmem_scrub(&mem, 1));
	assert_true(gmem_scrub(&mem, 1000));
	assert_true(guest_read(&mem, 0, got, RAM));
	assert_memory_equal(got, buf, RAM);
	for (u32 i = 0; i < RAM; i++)
		buf[i] = (u8)(i * 7 + (i >> 12));
	assert_true(guest_write(&mem, 0, buf, RAM));
	assert_true(guest_read(&mem, 0, got, RAM));
	assert_memory_equal(got, buf, RAM);
	for (u32 at = PAGE_SIZE - 3; at + 5 < RAM; at += PAGE_SIZE) {
		assert_true(guest_read(&mem, at, got, 5));
		assert_memory_equal(got, buf + at, 5);
	}
}

static void test_edges(void **state)
{
	static const struct {
		gpa_t at;
		u32 len;
		bool ok;
	} row[] = {
		{0, 0, true},
		{RAM - 1, 1, true},
		{RAM, 0, true},
		{RAM - 4, 4, true},
		{RAM - 3, 4, false},
		{RAM, 1, false},
		{RAM + 1, 0, false},
		{0, RAM, true},
		{0, RAM + 1, false},
		{1, RAM, false},
		{0xffffffffu, 1, false},
		{0xffffffffu, 2, false},
		{0xfffffff0u, 0x20, false},
		{0x1000, 0xffffffffu, false},
		{0x1000, 0xfffff000u, false},
		{0, 0xffffffffu, false},
	};
	static u8 buf[RAM];
	u8 c;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		assert_int_equal(guest_ram_ok(&mem, row[i].at, row[i].len), row[i].ok);
		if (row[i].len > RAM && row[i].ok)
			fail();
		assert_int_equal(guest_read(&mem, row[i].at, buf, row[i].len), row[i].ok);
		assert_int_equal(guest_write(&mem, row[i].at, buf, row[i].len), row[i].ok);
	}
	/* A refused write has done nothing, not even the part that is RAM. */
	c = 0x5a;
	assert_true(guest_write(&mem, RAM - 1, &c, 1));
	assert_false(guest_write(&mem, RAM - 1, "xy", 2));
	assert_true(guest_read(&mem, RAM - 1, &c, 1));
	assert_int_equal(c, 0x5a);
}

static void test_pointers_stay_in_their_page(void **state)
{
	u8 *p;

	(void)state;
	for (u32 page = 0; page < PAGES; page++) {
		p = guest_ptr(&mem, page * PAGE_SIZE, PAGE_SIZE);
		assert_non_null(p);
		p[4095] = (u8)page;
		guest_ptr_put(p);
	}
	assert_null(guest_ptr(&mem, 1, PAGE_SIZE));
	assert_null(guest_ptr(&mem, 4095, 2));
	assert_null(guest_ptr(&mem, 0, PAGE_SIZE + 1));
	assert_null(guest_ptr(&mem, RAM, 0));
	assert_null(guest_ptr(&mem, RAM, 1));
	assert_null(guest_ptr(&mem, 0xfffff000u, PAGE_SIZE));
	for (u32 page = 0; page < PAGES; page++) {
		u8 c;

		assert_true(guest_read(&mem, page * PAGE_SIZE + 4095, &c, 1));
		assert_int_equal(c, page);
	}
}

static void test_words(void **state)
{
	u32 w;

	(void)state;
	assert_true(guest_set32(&mem, RAM - 4, 0x12345678u));
	assert_true(guest_get32(&mem, RAM - 4, &w));
	assert_int_equal(w, 0x12345678u);
	assert_true(guest_read(&mem, RAM - 4, &w, 4));
	assert_int_equal(w, 0x12345678u);
	assert_false(guest_get32(&mem, RAM, &w));
	assert_false(guest_set32(&mem, RAM, 1));
	assert_false(guest_get32(&mem, 0xfffffffcu, &w));
	assert_false(guest_set32(&mem, 0xfffffffcu, 1));
	for (u32 i = 1; i < 4; i++) {
		assert_false(guest_get32(&mem, i, &w));
		assert_false(guest_set32(&mem, i, 1));
	}
}

static void test_slots(void **state)
{
	struct slot s = {.base = 100, .pages = 10, .kind = SLOT_WINDOW};

	(void)state;
	assert_int_equal(gmem_add_slot(&mem, &s), HV_OK);
	assert_int_equal(gmem_find(&mem, 0)->kind, SLOT_RAM);
	assert_int_equal(gmem_find(&mem, PAGES - 1)->kind, SLOT_RAM);
	assert_null(gmem_find(&mem, PAGES));
	assert_null(gmem_find(&mem, 99));
	assert_int_equal(gmem_find(&mem, 100)->kind, SLOT_WINDOW);
	assert_int_equal(gmem_find(&mem, 109)->kind, SLOT_WINDOW);
	assert_null(gmem_find(&mem, 110));
	assert_null(gmem_find(&mem, 0xffffffffu));
	for (u32 base = 91; base < 110; base++) {
		s.base = base;
		assert_int_equal(gmem_add_slot(&mem, &s), HV_BUSY);
	}
	s = (struct slot){.base = 0, .pages = 1};
	assert_int_equal(gmem_add_slot(&mem, &s), HV_BUSY); /* RAM */
	s = (struct slot){.base = 200, .pages = 0};
	assert_int_equal(gmem_add_slot(&mem, &s), HV_BADARG);
	s = (struct slot){.base = (1u << 20) - 1, .pages = 2};
	assert_int_equal(gmem_add_slot(&mem, &s), HV_BADARG);
	s = (struct slot){.base = 0xffffffffu, .pages = 2};
	assert_int_equal(gmem_add_slot(&mem, &s), HV_BADARG);
	s = (struct slot){.base = 1, .pages = 0xffffffffu};
	assert_int_equal(gmem_add_slot(&mem, &s), HV_BADARG);
	/* In any order, up to the last one; they stay sorted. */
	for (u32 i = mem.slots; i < GMEM_SLOTS; i++) {
		s = (struct slot){.base = 1000 - i * 2, .pages = 1 + i % 2};
		assert_int_equal(gmem_add_slot(&mem, &s), HV_OK);
	}
	s = (struct slot){.base = 5000, .pages = 1};
	assert_int_equal(gmem_add_slot(&mem, &s), HV_NOMEM);
	for (u32 i = 1; i < mem.slots; i++)
		assert_true(mem.slot[i - 1].base + mem.slot[i - 1].pages <= mem.slot[i].base);
}

static void test_sizes_refused(void **state)
{
	struct gmem other;
	u32 held = owner.frames;

	(void)state;
	assert_int_equal(gmem_init(&other, &arena, &owner, 0), HV_BADARG);
	assert_int_equal(gmem_init(&other, &arena, &owner, 1), HV_BADARG);
	assert_int_equal(gmem_init(&other, &arena, &owner, PAGE_SIZE + 512), HV_BADARG);
	assert_int_equal(owner.frames, held);
	assert_int_equal(gmem_init(&other, &arena, &owner, MIB(2)), HV_NOMEM);
	gmem_release(&other); /* harmless after a failure */
	assert_int_equal(frame_free_count(), before - owner.frames);
}

/* Whichever allocation fails, nothing is held once the arena is gone. */
static void test_every_allocation_may_fail(void **state)
{
	struct arena a;
	struct gmem m;
	u32 calls, free = frame_free_count(), held = owner.frames;

	(void)state;
	arena_init(&a, &owner);
	calls = frame_alloc_calls();
	assert_int_equal(gmem_init(&m, &a, &owner, RAM), HV_OK);
	calls = frame_alloc_calls() - calls;
	assert_int_equal(calls, 2); /* the list of frames, and they */
	gmem_release(&m);
	arena_release(&a);
	for (u32 n = 1; n <= calls; n++) {
		arena_init(&a, &owner);
		frame_fail_after(n);
		assert_int_equal(gmem_init(&m, &a, &owner, RAM), HV_NOMEM);
		assert_int_equal(m.ram_pages, 0);
		arena_release(&a);
		assert_int_equal(owner.frames, held);
		assert_int_equal(frame_free_count(), free);
	}
	frame_fail_after(calls + 1);
	assert_int_equal(gmem_init(&m, &a, &owner, RAM), HV_OK);
	frame_fail_after(0);
	gmem_release(&m);
	arena_release(&a);
	assert_int_equal(frame_free_count(), free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ram_is_zeroed_and_whole, begin, end),
		cmocka_unit_test_setup_teardown(test_edges, begin, end),
		cmocka_unit_test_setup_teardown(test_pointers_stay_in_their_page, begin, end),
		cmocka_unit_test_setup_teardown(test_words, begin, end),
		cmocka_unit_test_setup_teardown(test_slots, begin, end),
		cmocka_unit_test_setup_teardown(test_sizes_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_every_allocation_may_fail, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
