/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/shadow_guest.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c mm/format.c
 */
/* SOURCES: mm/arena.c mm/gmem.c mm/rmap.c */
/* SOURCES: mm/shadow.c mm/shadow_announce.c mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c
 * mm/shadow_repair.c mm/shadow_roots.c mm/walk.c */
/* The frames of shadow tables: more of them while the machine has plenty, given back when others
 * need them; and rows of announced entries, whose neighbours share what the first has found. */
#include "lib/x86.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_guest.h"
#include "tests/unit/support.h"

#define KERNEL 0xc0000000u
#define FLAGS  (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)
#define LEAF   48u /* gfn of the one leaf table */
#define DATA   80u

static const struct pt_format *const shadow_format_of[] = {&pt_format_2level, &pt_format_pae};

/* Every entry of the directories leads to one table, whose first pages are mapped. */
static void begin(const struct pt_format *sf)
{
	model_start(&m, &pt_format_2level, sf, KERNEL, 0);
	for (u32 t = 0; t < 4; t++)
		for (u32 i = 0; i < 1023; i++)
			model_set(&m, model_top(&m, t) + i * 4, LEAF * PAGE_SIZE | FLAGS);
	for (u32 i = 0; i < 32; i++)
		model_set(&m, LEAF * PAGE_SIZE + i * 4, (DATA + i) * PAGE_SIZE | FLAGS);
	m.linear = false;
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
}

static void touch(gva_t va)
{
	assert_int_equal(shadow_fault(m.s, va, PF_WRITE | PF_USER).verdict, SHADOW_OK);
}

static void touch_many(u32 tables)
{
	for (u32 i = 0; i < tables; i++)
		touch(i << 22);
}

static void test_grows_and_gives_back(void **state)
{
	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		m.s->max_blocks = m.s->sure_blocks + 4;
		touch_many(130);
		assert_int_equal(m.s->blocks_held, m.s->max_blocks);
		assert_int_equal(shadow_stats(m.s)->recycles, 0);
		model_check(&m);
		shadow_give_back(m.s);
		assert_int_equal(m.s->blocks_held, m.s->sure_blocks);
		assert_int_equal(shadow_stats(m.s)->tables, 1); /* the switcher's */
		model_check(&m);
		touch_many(130);
		assert_int_equal(m.s->blocks_held, m.s->max_blocks);
		model_check(&m);
		model_end(&m);
	}
}

/* What others may need is left to them: then tables are taken back from the guest itself. */
static void test_leaves_plenty(void **state)
{
	struct frame_owner other = {.name = "other"};
	pfn_t all[1024];
	u32 n;

	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		m.s->max_blocks = 100;
		n = frame_free_count() - 500;
		assert_true(n < ARRAY_LEN(all));
		assert_int_equal(frame_alloc_many(&other, all, n), HV_OK);
		touch_many(130);
		assert_int_equal(m.s->blocks_held, m.s->sure_blocks);
		assert_true(shadow_stats(m.s)->recycles > 0);
		assert_int_equal(frame_free_count(), 500);
		model_check(&m);
		frame_free_many(&other, all, n);
		model_end(&m);
	}
}

/* High frames are none that a table could use. */
static void test_leaves_plenty_of_low_frames(void **state)
{
	struct frame_owner other = {.name = "other"};
	pfn_t all[1024];
	u32 n = 0;

	(void)state;
	model_high = 800;
	begin(&pt_format_pae);
	model_high = 0;
	m.s->max_blocks = 100;
	while (frame_free_low_count() > 500) {
		assert_true(n < ARRAY_LEN(all));
		assert_int_equal(frame_alloc(&other, true, &all[n++]), HV_OK);
	}
	assert_true(frame_free_count() > 1000);
	touch_many(130);
	assert_int_equal(m.s->blocks_held, m.s->sure_blocks);
	assert_true(shadow_stats(m.s)->recycles > 0);
	model_check(&m);
	frame_free_many(&other, all, n);
	model_end(&m);
}

static bool seen(u32 t, gva_t va, gfn_t gfn)
{
	u32 rights;
	u64 e = model_shadow(&m, model_root(&m, t), va, &rights);

	return e && (e >> PAGE_SHIFT & 0xffffff) == m.mem.frames[gfn].n;
}

static u32 seen_of_row(u32 t)
{
	u32 n = 0;

	for (u32 i = 1; i < 5; i++)
		n |= seen(t, i * PAGE_SIZE, DATA + 40 + i) ? BIT(i) : 0;
	return n;
}

static u32 make_row(struct pte_name *row)
{
	u32 n = 0;

	for (u32 i = 0; i < 5; i++) {
		gva_t va = i * PAGE_SIZE;

		row[n++] = (struct pte_name){.top = model_top(&m, 0), .va = va};
		row[n++] = (struct pte_name){.top = model_top(&m, 3), .va = va}; /* no root */
		row[n++] = (struct pte_name){.top = model_top(&m, 0), .va = (5u << 22) + va};
		row[n++] = (struct pte_name){.top = model_top(&m, 1), .va = va};
	}
	row[n++] = (struct pte_name){.top = model_top(&m, 1), .va = (9u << 22) + PAGE_SIZE};
	return n;
}

/* The first bad one is told, wherever it stands. */
static void bad_names(struct pte_name *row, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		row[i].va = SWITCHER_BASE;
		row[n - 1].va = SWITCHER_BASE + PAGE_SIZE;
		assert_int_equal(shadow_set_ptes(m.s, row, n), i);
		row[i].va = row[n - 1].va = 0;
	}
	assert_int_equal(shadow_set_ptes(m.s, row, n), n);
}

/* A row goes to several tables in turn, to one that has no root, and to a page that takes its
 * leaf table along. Each entry is what the guest's table says at the end as soon as one of them is
 * used; until then none is in sight, unless a table of the guest's is in a high frame. */
static void rows(const struct pt_format *sf)
{
	const u32 all = BIT(1) | BIT(3) | BIT(4);
	struct pte_name row[24];
	u32 n;

	begin(sf);
	touch(0);
	touch(5u << 22);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 1)));
	touch(0);
	for (u32 i = 1; i < 5; i++)
		model_set(&m, LEAF * PAGE_SIZE + i * 4,
			  i == 2 ? 0 : (DATA + 40 + i) * PAGE_SIZE | FLAGS);
	n = make_row(row);
	assert_int_equal(shadow_set_ptes(m.s, row, n), n);
	model_check(&m);
	assert_true(seen(1, (9u << 22) + PAGE_SIZE, DATA + 41));
	assert_null(model_root(&m, 3));
	if (model_all_low)
		assert_int_equal(seen_of_row(0) | seen_of_row(1), 0);
	touch(PAGE_SIZE);
	assert_int_equal(seen_of_row(1), all);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
	if (model_all_low)
		assert_false(seen(0, (5u << 22) + PAGE_SIZE, DATA + 41));
	touch(PAGE_SIZE * 3);
	touch(5u << 22);
	assert_int_equal(seen_of_row(0), all);
	assert_true(seen(0, (5u << 22) + PAGE_SIZE, DATA + 41));
	model_check(&m);
	bad_names(row, n);
	model_end(&m);
}

static void test_rows(void **state)
{
	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		rows(shadow_format_of[f]);
		model_all_low = true;
		rows(shadow_format_of[f]);
		model_all_low = false;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_and_gives_back),
		cmocka_unit_test(test_leaves_plenty),
		cmocka_unit_test(test_leaves_plenty_of_low_frames),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
