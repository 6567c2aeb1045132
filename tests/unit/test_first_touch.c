/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_host.c mm/format.c mm/arena.c mm/gmem.c mm/rmap.c mm/shadow.c
 * mm/shadow_announce.c */
/* SOURCES: mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c mm/shadow_repair.c
 * mm/shadow_roots.c mm/walk.c */
/*
 * First-touch handlers that misbehave in every way. A fault must end, with the mapping or with the
 * guest's own page fault, and no frame may be lost.
 */
#include "lib/x86.h"
#include "mm/shadow.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <string.h>

#define PAGES 32u /* of RAM */
#define BASE  100u
#define SIZE  16u
#define OTHER 200u
#define FRAME 0xc0000u
#define AT    ((BASE + 3) << PAGE_SHIFT)

static struct frame_owner owner, hoard;
static struct arena arena;
static struct gmem mem;
static pfn_t special[3];
static u32 before, calls, frames;

typedef enum touch handler(struct gmem *m, gfn_t gfn);
static handler *how;

static enum touch on_touch(void *ctx, struct gmem *m, gfn_t gfn, bool write)
{
	(void)ctx;
	(void)write;
	calls++;
	return how(m, gfn);
}

static const struct slot_ops ops = {.name = "test", .fault = on_touch};

static void add(gfn_t base, enum slot_kind kind)
{
	const struct slot s = {
		.base = base, .pages = SIZE, .kind = kind, .cache = CACHE_UC, .ops = &ops};

	assert_int_equal(gmem_add_slot(&mem, &s), HV_OK);
}

static int setup(void **state)
{
	(void)state;
	memset(&owner, 0, sizeof(owner));
	memset(&hoard, 0, sizeof(hoard));
	owner.name = "guest";
	hoard.name = "handler";
	host_reset(300, 0, &pt_format_2level);
	before = frame_free_count();
	arena_init(&arena, &owner);
	assert_int_equal(gmem_init(&mem, &arena, &owner, PAGES * PAGE_SIZE), HV_OK);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(frame_alloc(&owner, true, &special[i]), HV_OK);
	assert_non_null(shadow_create(&arena, &mem, 40, special));
	add(BASE, SLOT_DEVICE);
	calls = 0;
	frames = owner.frames;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	shadow_destroy(mem.shadow);
	for (u32 i = 0; i < 3; i++)
		frame_free(&owner, special[i]);
	gmem_release(&mem);
	arena_release(&arena);
	assert_int_equal(owner.frames, 0);
	assert_int_equal(hoard.frames, 0);
	assert_int_equal(frame_free_count(), before);
	return 0;
}

static u64 entry(gva_t va)
{
	struct shadow *s = mem.shadow;
	void *leaf = leaf_find(s, s->current, slot_of(s, va));

	return leaf ? pt_get(s->sf, leaf, pt_index(s->sf, 0, va)) : 0;
}

static enum shadow_verdict fault(handler *h)
{
	how = h;
	return shadow_fault(mem.shadow, AT, PF_WRITE).verdict;
}

static enum touch good(struct gmem *m, gfn_t gfn)
{
	gmem_place(m, gfn, (pfn_t){FRAME});
	return TOUCH_RETRY;
}

static enum touch refuses(struct gmem *m, gfn_t gfn)
{
	(void)m;
	(void)gfn;
	return TOUCH_REFUSE;
}

static void test_refuses(void **state)
{
	struct shadow_result r;

	(void)state;
	how = refuses;
	r = shadow_fault(mem.shadow, AT, PF_WRITE);
	assert_int_equal(r.verdict, SHADOW_REFLECT);
	assert_int_equal(r.error & PF_WRITE, PF_WRITE);
	assert_int_equal(calls, 1);
	assert_int_equal(entry(AT), 0);
	assert_int_equal(fault(good), SHADOW_OK); /* it may think better of it */
	assert_int_equal(entry(AT) >> PAGE_SHIFT, FRAME);
}

static enum touch loops(struct gmem *m, gfn_t gfn)
{
	(void)m;
	(void)gfn;
	return TOUCH_RETRY;
}

static enum touch places_another(struct gmem *m, gfn_t gfn)
{
	gmem_place(m, gfn + 1 + calls % 2, (pfn_t){FRAME + calls});
	return TOUCH_RETRY;
}

static enum touch takes_it_back(struct gmem *m, gfn_t gfn)
{
	gmem_place(m, gfn, (pfn_t){FRAME});
	gmem_place(m, gfn, (pfn_t){0});
	return TOUCH_RETRY;
}

static void test_never_ready(void **state)
{
	static handler *const row[] = {loops, places_another, takes_it_back};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		calls = 0;
		assert_int_equal(fault(row[i]), SHADOW_REFLECT);
		assert_in_range(calls, 1, 8); /* a few times, not for ever */
		assert_int_equal(entry(AT), 0);
	}
	assert_int_equal(gmem_find(&mem, BASE)->mapped, 0);
}

static enum touch removes_itself(struct gmem *m, gfn_t gfn)
{
	(void)gfn;
	assert_true(gmem_remove_slot(m, BASE));
	return TOUCH_RETRY;
}

static enum touch becomes_a_window(struct gmem *m, gfn_t gfn)
{
	(void)removes_itself(m, gfn);
	add(BASE, SLOT_WINDOW);
	return TOUCH_RETRY;
}

static enum touch moves_away(struct gmem *m, gfn_t gfn)
{
	(void)removes_itself(m, gfn);
	add(OTHER, SLOT_DEVICE);
	gmem_place(m, OTHER, (pfn_t){FRAME});
	return TOUCH_RETRY;
}

static enum touch comes_back_ready(struct gmem *m, gfn_t gfn)
{
	(void)removes_itself(m, gfn);
	add(BASE, SLOT_DEVICE);
	return good(m, gfn);
}

static void test_slots_change(void **state)
{
	(void)state;
	assert_int_equal(fault(comes_back_ready), SHADOW_OK);
	assert_int_equal(entry(AT) >> PAGE_SHIFT, FRAME);
	gmem_place(&mem, BASE + 3, (pfn_t){0});
	assert_int_equal(entry(AT), 0);
	assert_int_equal(fault(moves_away), SHADOW_REFLECT);
	assert_int_equal(calls, 2);
	assert_int_equal(fault(NULL), SHADOW_WINDOW); /* a hole now */
	add(BASE, SLOT_DEVICE);
	assert_int_equal(fault(removes_itself), SHADOW_REFLECT);
	add(BASE, SLOT_DEVICE);
	assert_int_equal(fault(becomes_a_window), SHADOW_WINDOW);
	assert_int_equal(fault(NULL), SHADOW_WINDOW);
	assert_int_equal(calls, 4);
}

static pfn_t taken[400];
static u32 taken_count;

/* Takes all memory there is and then has none for the page that was asked for. */
static enum touch out_of_memory(struct gmem *m, gfn_t gfn)
{
	(void)m;
	(void)gfn;
	while (frame_alloc(&hoard, false, &taken[taken_count]) == HV_OK)
		taken_count++;
	return TOUCH_REFUSE;
}

static enum touch all_at_once(struct gmem *m, gfn_t gfn)
{
	for (u32 i = 0; i < SIZE; i++)
		gmem_place(m, BASE + i, (pfn_t){FRAME + i});
	assert_in_range(gfn, BASE, BASE + SIZE - 1);
	return TOUCH_RETRY;
}

static void test_out_of_memory(void **state)
{
	(void)state;
	assert_int_equal(fault(out_of_memory), SHADOW_REFLECT);
	assert_int_equal(frame_free_count(), 0);
	/* Mapping needs no memory but the tables that were set aside. */
	assert_int_equal(fault(all_at_once), SHADOW_OK);
	assert_int_equal(calls, 2);
	for (u32 i = 0; i < SIZE; i++) {
		assert_int_equal(shadow_fault(mem.shadow, (BASE + i) << PAGE_SHIFT, 0).verdict,
				 SHADOW_OK);
		assert_int_equal(entry((BASE + i) << PAGE_SHIFT) >> PAGE_SHIFT, FRAME + i);
	}
	assert_int_equal(calls, 2);
	assert_int_equal(gmem_find(&mem, BASE)->mapped, SIZE);
	while (taken_count)
		frame_free(&hoard, taken[--taken_count]);
	assert_int_equal(owner.frames, frames);
}

/* A slot without a handler is one that refuses. */
static void test_no_handler(void **state)
{
	static const struct slot_ops none = {.name = "none"};
	const struct slot s = {
		.base = OTHER, .pages = 1, .kind = SLOT_DEVICE, .cache = CACHE_WB, .ops = &none};

	(void)state;
	assert_int_equal(gmem_add_slot(&mem, &s), HV_OK);
	assert_int_equal(shadow_fault(mem.shadow, OTHER << PAGE_SHIFT, 0).verdict, SHADOW_REFLECT);
	gmem_place(&mem, OTHER, (pfn_t){FRAME});
	assert_int_equal(shadow_fault(mem.shadow, OTHER << PAGE_SHIFT, 0).verdict, SHADOW_OK);
}

static enum touch one_of_many(struct gmem *m, gfn_t gfn)
{
	gmem_place(m, gfn, (pfn_t){FRAME + gfn});
	return TOUCH_RETRY;
}

/* The reverse map grows with the slots: what was mapped before stays, and all pages fit. */
static void test_reverse_map_grows(void **state)
{
	struct slot s = {.base = OTHER, .pages = 500, .kind = SLOT_DEVICE, .ops = &ops};
	struct rmap *r = &mem.shadow->rmap;
	u32 nodes = r->nodes;

	(void)state;
	how = one_of_many;
	for (u32 i = 0; i < SIZE; i++)
		assert_int_equal(fault(one_of_many), SHADOW_OK);
	for (gfn_t g = BASE; g < BASE + SIZE; g++)
		assert_int_equal(shadow_fault(mem.shadow, g << PAGE_SHIFT, 0).verdict, SHADOW_OK);
	assert_int_equal(gmem_add_slot(&mem, &s), HV_OK);
	assert_true(r->nodes > nodes && r->nodes >= 500 + SIZE);
	for (gfn_t g = OTHER; g < OTHER + 500; g++)
		assert_int_equal(shadow_fault(mem.shadow, g << PAGE_SHIFT, 0).verdict, SHADOW_OK);
	assert_int_equal(gmem_find(&mem, BASE)->mapped, SIZE);
	assert_int_equal(gmem_find(&mem, OTHER)->mapped, 500);
	for (gfn_t g = BASE; g < BASE + SIZE; g++)
		assert_int_equal(entry(g << PAGE_SHIFT) >> PAGE_SHIFT, FRAME + g);
	gmem_unmap(&mem, BASE, SIZE);
	assert_int_equal(r->used, 500);
	/* No memory for a larger one: it stays as it is, and the oldest mappings give way. */
	nodes = r->nodes;
	s.base = 1000;
	s.pages = 1000;
	s.place = arena_alloc(&arena, s.pages * sizeof(*s.place));
	assert_non_null(s.place);
	frame_fail_after(1);
	assert_int_equal(gmem_add_slot(&mem, &s), HV_OK);
	frame_fail_after(0);
	assert_int_equal(r->nodes, nodes);
	for (gfn_t g = 1000; g < 2000; g++)
		assert_int_equal(shadow_fault(mem.shadow, g << PAGE_SHIFT, 0).verdict, SHADOW_OK);
	assert_int_equal(r->used, nodes);
	assert_int_equal(gmem_find(&mem, 1000)->mapped + gmem_find(&mem, OTHER)->mapped, nodes);
	assert_true(gmem_remove_slot(&mem, 1000));
	assert_true(gmem_remove_slot(&mem, OTHER));
	assert_true(gmem_remove_slot(&mem, BASE));
	assert_int_equal(r->used, 0);
	assert_int_equal(entry(1999u << PAGE_SHIFT), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refuses),	  TEST(test_never_ready), TEST(test_slots_change),
		TEST(test_out_of_memory), TEST(test_no_handler),  TEST(test_reverse_map_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
