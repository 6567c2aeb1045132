/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/shadow_guest.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c mm/format.c
 */
/* SOURCES: mm/arena.c mm/gmem.c mm/rmap.c */
/* SOURCES: mm/shadow.c mm/shadow_announce.c mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c
 * mm/shadow_repair.c mm/shadow_roots.c mm/walk.c */
/*
 * What a flush leaves in the CPU's sight, and that what comes back into it is right: mostly the
 * tables of a 2-level guest, on shadow tables of both formats.
 */
#include "lib/x86.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_guest.h"
#include "tests/unit/support.h"

#define KERNEL 0xc0000000u
#define TABLES 12u
#define SPAN   (4u << 20)
#define LEAF   48u /* first gfn of the leaf tables; the last is the kernel's */
#define DATA   80u
#define FLAGS  (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)

static const struct pt_format *const shadow_format_of[] = {&pt_format_2level, &pt_format_pae};

static void map(u32 table, u32 index, gfn_t gfn)
{
	model_set(&m, (LEAF + table) * PAGE_SIZE + index * 4, gfn << PAGE_SHIFT | FLAGS);
}

/* Two address spaces with the same tables: 0 to TABLES-1 for the user, TABLES for the kernel, two
 * pages in each. */
static void begin(const struct pt_format *sf)
{
	model_start(&m, &pt_format_2level, sf, KERNEL, 200);
	for (u32 t = 0; t < 2; t++) {
		for (u32 i = 0; i < TABLES; i++)
			model_set(&m, model_top(&m, t) + i * 4, (LEAF + i) * PAGE_SIZE | FLAGS);
		model_set(&m, model_top(&m, t) + (KERNEL >> 22) * 4,
			  (LEAF + TABLES) * PAGE_SIZE | FLAGS);
	}
	for (u32 i = 0; i <= TABLES; i++) {
		map(i, 0, DATA + i);
		map(i, 1, DATA + i + 20);
	}
	m.linear = false;
}

static gva_t user(u32 table)
{
	return table * SPAN;
}

static bool seen(const struct root *r, gva_t va, gfn_t gfn)
{
	u32 rights;
	u64 e = model_shadow(&m, r, va, &rights);

	if (e)
		assert_int_equal(e >> PAGE_SHIFT & 0xffffff, m.mem.frames[gfn].n);
	return e;
}

static void touch(gva_t va)
{
	assert_int_equal(shadow_fault(m.s, va, PF_WRITE | PF_USER).verdict, SHADOW_OK);
}

static bool shows_something(const void *table)
{
	return table && (leaf_of(table)->shown[0] | leaf_of(table)->shown[1]);
}

static u32 visible_tables(void)
{
	u32 n = 0;

	for (u32 i = 0; i < TABLES; i++)
		n += shows_something(leaf_find(m.s, m.s->current, slot_of(m.s, user(i))));
	return n;
}

/* What the CPU does when it uses an entry. */
static void use(gva_t va)
{
	void *leaf = leaf_find(m.s, m.s->current, slot_of(m.s, va));
	u32 index = pt_index(m.s->sf, 0, va);
	u64 e;

	assert_non_null(leaf);
	e = pt_get(m.s->sf, leaf, index);
	assert_true(e & PTE_P);
	pt_set(m.s->sf, leaf, index, e | PTE_A);
}

static void use_some(u32 tables)
{
	for (u32 i = 0; i < tables; i++)
		use(user(i));
}

/* A user flush compares what was used since the last one but one, with what lies beside it, and
 * hides the rest until it is used. */
static void test_user(void **state)
{
	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		for (u32 i = 0; i < TABLES; i++)
			touch(user(i));
		touch(KERNEL);
		for (u32 i = 0; i < TABLES; i++)
			map(i, 1, DATA + i + 40);
		shadow_flush_user(m.s);
		assert_int_equal(visible_tables(), TABLES);
		for (u32 i = 0; i < TABLES; i++) {
			assert_true(seen(m.s->current, user(i), DATA + i));
			(void)seen(m.s->current, user(i) + PAGE_SIZE, DATA + i + 40);
		}
		use_some(4);
		shadow_flush_user(m.s); /* the others were used before the one before it */
		assert_int_equal(visible_tables(), TABLES);
		use_some(4);
		for (u32 i = 0; i < TABLES; i++)
			map(i, 1, DATA + i + 60);
		shadow_flush_user(m.s);
		assert_int_equal(visible_tables(), 4);
		assert_true(seen(m.s->current, KERNEL, DATA + TABLES));
		for (u32 i = 0; i < TABLES; i++) {
			bool there = seen(m.s->current, user(i), DATA + i);

			assert_int_equal(there, i < 4);
			there = seen(m.s->current, user(i) + PAGE_SIZE, DATA + i + 60);
			assert_int_equal(there, i < 4);
			touch(user(i)); /* its neighbour must not come back as it was */
			assert_true(seen(m.s->current, user(i), DATA + i));
			(void)seen(m.s->current, user(i) + PAGE_SIZE, DATA + i + 60);
		}
		assert_int_equal(visible_tables(), TABLES);
		assert_int_equal(shadow_stats(m.s)->shows, TABLES - 4);
		model_check(&m);
		model_end(&m);
	}
}

/* Use of one page says nothing about pages far from it in the same table. */
static void test_groups(void **state)
{
	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		map(0, 400, DATA + 30);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		touch(user(0));
		assert_true(seen(m.s->current, user(0) + 400 * PAGE_SIZE, DATA + 30));
		map(0, 400, DATA + 31);
		shadow_flush_user(m.s);
		assert_true(seen(m.s->current, user(0), DATA));
		assert_false(seen(m.s->current, user(0) + 400 * PAGE_SIZE, DATA + 31));
		touch(user(0) + 400 * PAGE_SIZE);
		assert_true(seen(m.s->current, user(0) + 400 * PAGE_SIZE, DATA + 31));
		model_check(&m);
		model_end(&m);
	}
}

/* A full flush is for both halves, and for each root: for the current one at once, for the others
 * when they are loaded. What is used in one root comes back in the kernel half of all. */
static void test_all(void **state)
{
	struct root *first, *second;

	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		for (u32 t = 0; t < 2; t++) {
			assert_null(shadow_new_pgtable(m.s, model_top(&m, t)));
			touch(user(0));
			touch(KERNEL);
		}
		first = model_root(&m, 0);
		second = model_root(&m, 1);
		map(0, 0, DATA + 50);
		map(TABLES, 0, DATA + 51);
		map(TABLES, 1, DATA + 52);
		shadow_flush_all(m.s);
		assert_true(seen(second, user(0), DATA + 50));
		assert_true(seen(first, KERNEL, DATA + 51) && seen(second, KERNEL, DATA + 51));
		(void)seen(first, KERNEL + PAGE_SIZE, DATA + 52);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		assert_true(seen(first, user(0), DATA + 50));
		shadow_flush_all(m.s); /* nothing was used since */
		shadow_flush_all(m.s);
		assert_false(seen(first, user(0), DATA + 50));
		assert_false(seen(first, KERNEL, DATA + 51) || seen(second, KERNEL, DATA + 51));
		touch(KERNEL);
		assert_true(seen(first, KERNEL, DATA + 51) && seen(second, KERNEL, DATA + 51));
		(void)seen(first, KERNEL + PAGE_SIZE, DATA + 52);
		model_check(&m);
		model_end(&m);
	}
}

/* What is announced or asked for by name in a hidden table is there at once. */
static void test_by_name(void **state)
{
	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		touch(KERNEL);
		touch(user(3));
		for (u32 i = 0; i < 3; i++)
			shadow_flush_all(m.s);
		assert_int_equal(visible_tables(), 0);
		assert_null(shadow_pin(m.s, KERNEL));
		assert_true(seen(m.s->current, KERNEL, DATA + TABLES));
		map(3, 1, DATA + 44);
		assert_true(announce(model_top(&m, 0), user(3) + PAGE_SIZE));
		assert_true(seen(m.s->current, user(3) + PAGE_SIZE, DATA + 44));
		(void)seen(m.s->current, user(3), DATA + 3);
		/* A hidden table whose directory entry goes has nothing to come back for. */
		for (u32 i = 0; i < 3; i++)
			shadow_flush_all(m.s);
		assert_int_equal(visible_tables(), 0);
		model_set(&m, model_top(&m, 0) + 3 * 4, 0);
		assert_null(shadow_set_pgd(m.s, model_top(&m, 0), 3));
		assert_null(leaf_find(m.s, m.s->current, slot_of(m.s, user(3))));
		model_check(&m);
		model_end(&m);
	}
}

/* A page of another address space is announced while its table there is hidden. */
static void test_elsewhere(void **state)
{
	struct root *first;

	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		begin(shadow_format_of[f]);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		touch(user(0));
		touch(user(0) + PAGE_SIZE);
		first = m.s->current;
		for (u32 i = 0; i < 3; i++)
			shadow_flush_user(m.s);
		assert_false(seen(first, user(0), DATA));
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 1)));
		map(0, 1, DATA + 33);
		assert_true(announce(model_top(&m, 0), user(0) + PAGE_SIZE));
		model_check(&m);
		map(0, 1, DATA + 34);
		assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
		shadow_flush_user(m.s);
		touch(user(0));
		(void)seen(first, user(0) + PAGE_SIZE, DATA + 34);
		model_check(&m);
		model_end(&m);
	}
}

/* Neighbours with the same flags, except for the one that lies in the high word. */
static void test_nx(void **state)
{
	const gpa_t leaf = LEAF * PAGE_SIZE, mid = GFN_USER_MID * PAGE_SIZE;
	u32 rights;

	(void)state;
	host_has_nx = true;
	model_start(&m, &pt_format_pae, &pt_format_pae, KERNEL, 200);
	m.linear = false;
	model_set(&m, model_top(&m, 0), mid | PTE_P);
	model_set(&m, mid, leaf | FLAGS);
	for (u32 i = 0; i < 8; i++)
		model_set(&m, leaf + i * 8, (DATA + i) * PAGE_SIZE | FLAGS);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
	touch(0);
	for (u32 i = 1; i < 8; i++)
		use(i * PAGE_SIZE);
	model_set(&m, leaf + 5 * 8, (DATA + 5) * PAGE_SIZE | FLAGS | PTE_NX);
	shadow_flush_user(m.s);
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(!(model_shadow(&m, m.s->current, i * PAGE_SIZE, &rights) & PTE_NX),
				 i != 5);
	for (u32 i = 0; i < 8; i++)
		use(i * PAGE_SIZE);
	model_set(&m, mid, leaf | FLAGS | PTE_NX);
	assert_null(shadow_set_pmd(m.s, mid, 0));
	for (u32 i = 0; i < 8; i++)
		assert_true(model_shadow(&m, m.s->current, i * PAGE_SIZE, &rights) & PTE_NX);
	model_end(&m);
	host_has_nx = false;
}

/* Accessed of a directory entry comes with the next use, whatever its pages have already, and
 * whatever brought them into our tables. */
static void test_accessed_of_the_directory(void **state)
{
	const u32 fresh = FLAGS & ~PTE_A;

	(void)state;
	for (u32 f = 0; f < ARRAY_LEN(shadow_format_of); f++) {
		for (u32 way = 0; way < 4; way++) {
			u32 table = way & 1 ? TABLES : 2;
			gva_t va = way & 1 ? KERNEL : user(table);
			gpa_t pde = model_top(&m, 0) + (va >> 22) * 4;

			begin(shadow_format_of[f]);
			assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
			touch(va);
			use(va);
			model_set(&m, pde, (u32)model_get(&m, pde) & ~PTE_A);
			if (way < 2)
				shadow_flush_all(m.s);
			else /* a page beside it is announced, with Accessed set */
				assert_null(shadow_set_pgd(m.s, model_top(&m, 0), va >> 22));
			assert_true(announce(model_top(&m, 0), va + PAGE_SIZE));
			assert_false(seen(m.s->current, va, DATA + table));
			assert_false(seen(m.s->current, va + PAGE_SIZE, DATA + table + 20));
			assert_int_equal(model_get(&m, pde) & ~PAGE_MASK, fresh);
			touch(va + PAGE_SIZE);
			assert_int_equal(model_get(&m, pde) & ~PAGE_MASK, FLAGS);
			model_end(&m);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_nx),
		cmocka_unit_test(test_accessed_of_the_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
