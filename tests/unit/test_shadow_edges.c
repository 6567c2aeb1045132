/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/shadow_guest.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c
 * mm/format.c mm/arena.c mm/gmem.c mm/rmap.c mm/shadow.c mm/shadow_announce.c mm/shadow_device.c
 * mm/shadow_fault.c mm/shadow_pool.c mm/shadow_repair.c mm/shadow_roots.c mm/walk.c
 * tests/unit/shadow_pairs.c */
/*
 * The shadow pager at its edges: before the first page table, with hardly any memory, with tables
 * that map themselves.
 */
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_pairs.h"

static enum touch no_touch(void *ctx, struct gmem *mem, gfn_t gfn, bool write)
{
	(void)ctx;
	(void)mem;
	fail_msg("page %#x of the device was asked for, to %s", gfn, write ? "write" : "read");
	return TOUCH_REFUSE;
}

/* A frame past 4 GiB is none, even where the last page below belongs to a device. */
static void test_past_4g(void **state)
{
	static const struct slot_ops ops = {.name = "t", .fault = no_touch};
	struct slot s = {
		.base = 0xfffff, .pages = 1, .kind = SLOT_DEVICE, .cache = CACHE_WB, .ops = &ops};

	(void)state;
	model_start(&m, &pt_format_pae, &pt_format_pae, KERNEL, 200);
	assert_int_equal(gmem_add_slot(&m.mem, &s), HV_OK);
	assert_true(gmem_scrub(&m.mem, MODEL_PAGES));
	m.linear = false;
	model_set(&m, model_top(&m, 0), 8 * PAGE_SIZE | PTE_P);
	model_set(&m, 8 * PAGE_SIZE, 16 * PAGE_SIZE | FLAGS);
	model_set(&m, 16 * PAGE_SIZE, 1ull << 36 | FLAGS);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
	assert_int_equal(shadow_fault(m.s, 0x123, 0).verdict, SHADOW_KILL);
	model_end(&m);
}

/* The kernel's entry changes in two tables at once; they are announced one after the other, when
 * the other one is current. What it said before must be gone. */
static void test_kernel_entry_of_two(void **state)
{
	(void)state;
	for (u32 i = 0; i < PAIRS; i++) {
		bool pae = pair[i].guest == &pt_format_pae;
		u32 index = KERNEL >> pair[i].guest->shift[pae ? 2 : 1], rights;
		u32 size = pair[i].guest->entry_bytes, flags = pae ? PTE_P : FLAGS;
		u64 entry;

		model_start(&m, pair[i].guest, pair[i].shadow, KERNEL, 200);
		assert_true(gmem_scrub(&m.mem, MODEL_PAGES));
		m.linear = false;
		for (u32 n = 0; n < 2;
		     n++) { /* tables 48, 49 with frames 80, 81; PAE: below 50, 51 */
			model_set(&m, (48 + n) * PAGE_SIZE, (80 + n) * PAGE_SIZE | FLAGS);
			if (pae)
				model_set(&m, (50 + n) * PAGE_SIZE, (48 + n) * PAGE_SIZE | FLAGS);
		}
		for (u32 n = 0; n < 2; n++) {
			for (u32 t = 0; t < 2; t++)
				model_set(&m, model_top(&m, t) + index * size,
					  ((pae ? 50 : 48) + n) * PAGE_SIZE | flags);
			if (n)
				assert_null(shadow_set_pgd(m.s, model_top(&m, 1), index));
			assert_null(shadow_new_pgtable(m.s, model_top(&m, 1)));
			if (n)
				break;
			assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
			fault_ok(KERNEL, PF_WRITE);
		}
		entry = model_shadow(&m, m.s->current, KERNEL, &rights);
		assert_int_not_equal(entry >> PAGE_SHIFT, m.mem.frames[80].n);
		assert_null(shadow_set_pgd(m.s, model_top(&m, 0), index));
		fault_ok(KERNEL, 0);
		entry = model_shadow(&m, m.s->current, KERNEL, &rights);
		assert_int_equal((entry & 0xffffffffff000ull) >> PAGE_SHIFT, m.mem.frames[81].n);
		model_end(&m);
	}
}

/* The short way to a device window: only where nothing is left to be marked. */
static void test_quick_window(void **state)
{
	const gva_t va = 0x5678;
	const u64 window = (u64)MODEL_WINDOW << PAGE_SHIFT;
	const gpa_t leaf = 48 * PAGE_SIZE;
	u32 found;

	(void)state;
	model_all_low = true;
	for (u32 i = 0; i < PAIRS; i++) {
		bool three = pair[i].guest == &pt_format_pae;
		gpa_t at = leaf + 5 * pair[i].guest->entry_bytes;

		model_start(&m, pair[i].guest, pair[i].shadow, KERNEL, 200);
		assert_true(gmem_scrub(&m.mem, MODEL_PAGES));
		m.linear = false;
		model_set(&m, model_top(&m, 0), three ? 50 * PAGE_SIZE | PTE_P : leaf | FLAGS);
		if (three)
			model_set(&m, 50 * PAGE_SIZE, leaf | FLAGS);
		model_set(&m, at, (window + PAGE_SIZE) | PTE_P | PTE_W | PTE_A);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		found = 0;
		assert_int_equal(shadow_fault_quick(m.s, va, &found), SHADOW_WINDOW);
		assert_int_equal(found, window + PAGE_SIZE);
		found = PF_WRITE; /* it is not dirty yet */
		assert_int_equal(shadow_fault_quick(m.s, va, &found), SHADOW_KILL);
		assert_int_equal(shadow_fault(m.s, va, PF_WRITE).verdict, SHADOW_WINDOW);
		model_set(&m, at, (window + PAGE_SIZE) | PTE_P | PTE_W | PTE_A | PTE_D);
		found = PF_WRITE;
		assert_int_equal(shadow_fault_quick(m.s, va, &found), SHADOW_WINDOW);
		found = PF_USER;
		assert_int_equal(shadow_fault_quick(m.s, va, &found), SHADOW_REFLECT);
		assert_int_equal(found, PF_USER | PF_PRESENT);
		model_set(&m, at, (window - PAGE_SIZE) | FLAGS); /* nothing is there */
		found = 0;
		assert_int_equal(shadow_fault_quick(m.s, va, &found), SHADOW_KILL);
		model_end(&m);
	}
	model_all_low = false;
}

static void test_linear(void **state)
{
	gpa_t gpa;
	u32 error;

	(void)state;
	for (u32 i = 0; i < PAIRS; i++) {
		model_start(&m, pair[i].guest, pair[i].shadow, i == 1 ? KERNEL : 0, 0);
		assert_true(shadow_linear(m.s));
		fault_ok(0, 0);
		fault_ok(MODEL_PAGES * PAGE_SIZE - 1, PF_WRITE);
		model_check(&m);
		/* Where nothing is, every access is emulated. */
		assert_int_equal(shadow_fault(m.s, MODEL_PAGES * PAGE_SIZE, 0).verdict,
				 SHADOW_WINDOW);
		assert_int_equal(shadow_fault(m.s, 0xc0000000u, PF_WRITE).verdict, SHADOW_WINDOW);
		assert_int_equal(shadow_fault(m.s, SWITCHER_BASE - 1, 0).verdict, SHADOW_WINDOW);
		model_check(&m);
		assert_int_equal(shadow_fault(m.s, SWITCHER_STATE, 0).verdict, SHADOW_REFLECT);
		assert_int_equal(shadow_fault(m.s, MODEL_WINDOW * PAGE_SIZE + 5, 0).verdict,
				 SHADOW_WINDOW);
		assert_int_equal(shadow_fault(m.s, MODEL_WINDOW * PAGE_SIZE + 5, 0).gpa,
				 MODEL_WINDOW * PAGE_SIZE + 5);
		assert_true(shadow_translate(m.s, 0x1234, PF_WRITE, &gpa, &error));
		assert_int_equal(gpa, 0x1234);
		assert_true(shadow_peek(m.s, 0x4321, &gpa));
		assert_int_equal(gpa, 0x4321);
		assert_null(shadow_pin(m.s, 0x5000));
		assert_non_null(shadow_pin(m.s, MODEL_PAGES * PAGE_SIZE));
		/* Nothing to announce yet. */
		assert_true(announce(0, 0x1000));
		assert_null(shadow_set_pgd(m.s, 0, 1));
		shadow_flush_user(m.s);
		shadow_flush_all(m.s);
		shadow_invalidate_page(m.s, 0);
		model_check(&m);
		model_end(&m);
	}
}

static void count_page(void *ctx, gva_t va, u32 pages, u64 first_entry)
{
	(void)first_entry;
	if (va < SWITCHER_BASE)
		*(u32 *)ctx += pages;
}

/* The first page table takes the 1:1 map away, even where a low kernel_base put its tables into
 * the half that all roots share. */
static void test_linear_map_goes_whole(void **state)
{
	const gva_t base = MIB(4);
	struct frame_owner owner = {.name = "test"};
	struct arena arena;
	struct shadow *s;
	pfn_t special[3];
	struct gmem mem;
	u32 pages, before;

	(void)state;
	for (u32 i = 0; i < PAIRS; i++) {
		host_reset(HOST_LOW_PAGES, 0, pair[i].shadow);
		before = frame_free_count();
		arena_init(&arena, &owner);
		assert_int_equal(gmem_init(&mem, &arena, &owner, MIB(8)), HV_OK);
		for (u32 k = 0; k < 3; k++)
			assert_int_equal(frame_alloc(&owner, true, &special[k]), HV_OK);
		s = shadow_create(&arena, &mem, 0, special);
		assert_non_null(s);
		shadow_set_kernel_base(s, base);
		assert_int_equal(shadow_fault(s, 0x1000, 0).verdict, SHADOW_OK);
		assert_int_equal(shadow_fault(s, base + 0x1000, 0).verdict, SHADOW_OK);
		pages = 0;
		shadow_walk(s, count_page, &pages);
		assert_int_equal(pages, pair[i].shadow == &pt_format_pae ? 1024 : 2048);
		shadow_set_format(s, pair[i].guest);
		assert_null(shadow_new_pgtable(s, 0x2000));
		pages = 0;
		shadow_walk(s, count_page, &pages);
		assert_int_equal(pages, 0);
		shadow_destroy(s);
		for (u32 k = 0; k < 3; k++)
			frame_free(&owner, special[k]);
		gmem_release(&mem);
		arena_release(&arena);
		assert_int_equal(owner.frames, 0);
		assert_int_equal(frame_free_count(), before);
	}
}

static void test_every_allocation_of_create_may_fail(void **state)
{
	u32 calls, held, free;
	struct arena a;

	(void)state;
	for (u32 i = 0; i < PAIRS; i++) {
		model_start(&m, pair[i].guest, pair[i].shadow, 0, 40);
		shadow_destroy(m.s);
		held = m.owner.frames;
		free = frame_free_count();
		calls = frame_alloc_calls();
		arena_init(&a, &m.owner);
		m.s = shadow_create(&a, &m.mem, 40, m.special);
		assert_non_null(m.s);
		calls = frame_alloc_calls() - calls;
		shadow_destroy(m.s);
		arena_release(&a);
		assert_true(calls > 2);
		for (u32 n = 1; n <= calls; n++) {
			arena_init(&a, &m.owner);
			frame_fail_after(n);
			assert_null(shadow_create(&a, &m.mem, 40, m.special));
			arena_release(&a);
			assert_int_equal(m.owner.frames, held);
			assert_int_equal(frame_free_count(), free);
		}
		frame_fail_after(0);
		m.s = shadow_create(&m.arena, &m.mem, 40, m.special);
		assert_non_null(m.s);
		model_end(&m);
	}
}

/* All directory entries of two 2-level tables lead to one leaf table whose page 0 is mapped. */
static void map_everything(void)
{
	m.tops = 2;
	for (u32 i = 0; i < 1024; i++)
		for (u32 t = 0; t < 2; t++)
			model_set(&m, pde_at_2level(t, i),
				  (u64)GFN_USER_LEAF << PAGE_SHIFT | PTE_P | PTE_W | PTE_U);
	for (u32 i = 0; i < 1024; i += 512)
		model_set(&m, GFN_USER_LEAF * PAGE_SIZE + i * 4,
			  (u64)GFN_DATA << PAGE_SHIFT | PTE_P | PTE_W | PTE_U | PTE_A | PTE_D);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
	m.linear = false;
}

/* More slots than the pool has frames: tables are taken back, the guest never notices. */
static void test_one_root_larger_than_the_pool(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2; i++) {
		model_start(&m, pair[i].guest, pair[i].shadow, KERNEL, 0);
		map_everything();
		for (u32 n = 0; n < 200; n++) {
			fault_ok(n * 7 % 1023 << 22, PF_WRITE);
			model_check(&m);
		}
		assert_true(shadow_stats(m.s)->recycles > 3);
		model_end(&m);
	}
}

/* A new root while the kernel's tables hold what is left of the pool, at every filling of it. A
 * kernel_base inside a directory table (not on a GiB) makes each root need one of its own. */
static void test_new_root_when_the_pool_is_empty(void **state)
{
	static const gva_t base[] = {0xb0000000u, 0xc0000000u, 0x40400000u};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(base); i++) {
		for (u32 k = 1; k < 40; k++) {
			model_start(&m, &pt_format_2level, &pt_format_pae, base[i], 0);
			map_everything();
			for (u32 n = 0; n < k; n++)
				fault_ok(base[i] + n * MIB(2), PF_WRITE);
			assert_null(shadow_new_pgtable(m.s, model_top(&m, 1)));
			model_check(&m);
			fault_ok(base[i], PF_WRITE);
			fault_ok(base[i] - MIB(4), PF_WRITE);
			fault_ok(base[i] + MIB(4), 0);
			model_check(&m);
			model_end(&m);
		}
	}
}

static void test_least_recently_used_root_goes(void **state)
{
	(void)state;
	model_start(&m, &pt_format_2level, &pt_format_pae, KERNEL, 400);
	m.linear = false;
	for (u32 t = 0; t < SHADOW_ROOTS; t++)
		assert_null(shadow_new_pgtable(m.s, model_top(&m, t)));
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0))); /* 1 is the oldest now */
	assert_int_equal(shadow_stats(m.s)->evictions, 0);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, SHADOW_ROOTS)));
	assert_int_equal(shadow_stats(m.s)->evictions, 1);
	assert_null(model_root(&m, 1));
	for (u32 t = 0; t <= SHADOW_ROOTS; t++)
		assert_true(t == 1 || model_root(&m, t));
	model_check(&m);
	model_end(&m);
}

/* The last entry of the user half of a directory is the directory: its tables appear as pages. */
static void test_recursive_directory(void **state)
{
	const u32 index = 511;
	gva_t self = index << 22;
	struct shadow_result r;
	u32 rights;

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		model_start(&m, pair[i].guest, pair[i].shadow, KERNEL, 100);
		m.tops = 1;
		m.linear = false;
		model_set(&m, pde_at_2level(0, index), model_top(&m, 0) | PTE_P | PTE_W | PTE_U);
		model_set(&m, pde_at_2level(0, 0),
			  (u64)GFN_USER_LEAF << PAGE_SHIFT | PTE_P | PTE_W);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		/* A write to the directory through itself: the entry is both levels of the walk. */
		for (u32 n = 0; n < 3; n++) {
			r = shadow_fault(m.s, self | index << 12, PF_WRITE);
			assert_int_equal(r.verdict, SHADOW_OK);
		}
		assert_int_equal(model_get(&m, pde_at_2level(0, index)) & 0xfff,
				 PTE_P | PTE_W | PTE_U | PTE_A | PTE_D);
		assert_int_not_equal(model_shadow(&m, m.s->current, self | index << 12, &rights),
				     0);
		assert_true(rights & PTE_W);
		/* And to a leaf table. */
		fault_ok(self, PF_WRITE);
		assert_int_equal(model_get(&m, pde_at_2level(0, 0)) & 0xfff,
				 PTE_P | PTE_W | PTE_A | PTE_D);
		assert_int_equal(shadow_fault(m.s, self, PF_USER).verdict, SHADOW_REFLECT);
		model_check(&m);
		model_end(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_past_4g),
		cmocka_unit_test(test_kernel_entry_of_two),
		cmocka_unit_test(test_quick_window),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_linear_map_goes_whole),
		cmocka_unit_test(test_every_allocation_of_create_may_fail),
		cmocka_unit_test(test_one_root_larger_than_the_pool),
		cmocka_unit_test(test_new_root_when_the_pool_is_empty),
		cmocka_unit_test(test_least_recently_used_root_goes),
		cmocka_unit_test(test_recursive_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
