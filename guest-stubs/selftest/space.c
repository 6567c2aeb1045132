/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several address spaces: what they share, what they do not, and directory entries. */
#include "guest-stubs/selftest/selftest.h"

#define MANY_ROOTS 48
#define PASSES	   3
#define FLAGS	   (PTE_P | PTE_W)

static u32 new_page(u32 mark)
{
	u32 page = page_alloc();

	*(volatile u32 *)virt(page) = mark;
	return page;
}

static const char *roots_are_private(void)
{
	u32 other = root_new(), mine = new_page(0x11), theirs = new_page(0x22), a, b, c;

	map_page(user_root, PLACE, mine | FLAGS);
	map_page(other, PLACE, theirs | FLAGS);
	a = peek(PLACE);
	root_load(other);
	b = peek(PLACE);
	poke(PLACE, 0x23);
	root_load(user_root);
	c = peek(PLACE);
	CHECK_EQ(a, 0x11, "first root");
	CHECK_EQ(b, 0x22, "second root");
	CHECK_EQ(c, 0x11, "first root again");
	CHECK_EQ(peek((u32)virt(theirs)), 0x23, "page of the second root");
	return NULL;
}

static const char *set_pte_below_names_one_root(void)
{
	u32 other = root_new(), page = new_page(0x31), next = new_page(0x32), kept, moved;

	map_page(user_root, PLACE, page | FLAGS);
	map_page(other, PLACE, page | FLAGS);
	root_load(other);
	read_at(PLACE);
	root_load(user_root);
	read_at(PLACE);
	/* From here, change the root that is not loaded, then the one that is. */
	map_page(other, PLACE, next | FLAGS);
	CHECK_EQ(peek(PLACE), 0x31, "the loaded root");
	root_load(other);
	moved = peek(PLACE);
	map_page(other, PLACE, page | FLAGS);
	root_load(user_root);
	kept = peek(PLACE);
	map_page(user_root, PLACE, next | FLAGS);
	root_load(other);
	CHECK_EQ(moved, 0x32, "the root changed while it was not loaded");
	CHECK_EQ(kept, 0x31, "the other root");
	kept = peek(PLACE);
	root_load(user_root);
	CHECK_EQ(kept, 0x31, "the root that was not named");
	CHECK_EQ(peek(PLACE), 0x32, "the root that was named");
	return NULL;
}

static const char *set_pte_above_reaches_every_root(void)
{
	u32 other = root_new(), first = new_page(0x41), second = new_page(0x42), got;

	map_page(user_root, HIGH_PLACE, first | FLAGS);
	read_at(HIGH_PLACE);
	root_load(other);
	read_at(HIGH_PLACE);
	root_load(user_root);
	map_page(user_root, HIGH_PLACE, second | FLAGS);
	CHECK_EQ(peek(HIGH_PLACE), 0x42, "the root that was named");
	root_load(other);
	got = peek(HIGH_PLACE);
	map_page(other, HIGH_PLACE, first | PTE_P);
	root_load(user_root);
	CHECK_EQ(got, 0x42, "another root");
	CHECK(probe(write_at, HIGH_PLACE), "a downgrade in one root did not reach another");
	CHECK_EQ(peek(HIGH_PLACE), 0x41, "value");
	return NULL;
}

static const char *directory_replaces_a_table(void)
{
	u32 va = PLACE + 0x04000000;
	void *dir = table_slot(user_root, va);

	map_page(user_root, va, new_page(0x51) | FLAGS);
	CHECK_EQ(peek(va), 0x51, "value");
	pte_write(dir, page_alloc() | (pte_read(dir) & 0xfff));
	edit_pte(user_root, va, new_page(0x52) | FLAGS);
	table_changed(user_root, va);
	CHECK_EQ(peek(va), 0x52, "value below the new table");
	pte_write(dir, 0);
	table_changed(user_root, va);
	CHECK(probe(read_at, va), "readable without a table");
	CHECK_EQ(probe_frame.error, 0, "error code");
	return NULL;
}

static const char *one_table_in_two_places(void)
{
	u32 va = PLACE + 0x08000000, twin = va + table_span();

	map_page(user_root, va, new_page(0x61) | FLAGS);
	pte_write(table_slot(user_root, twin), pte_read(table_slot(user_root, va)));
	table_changed(user_root, twin);
	CHECK_EQ(peek(twin), 0x61, "value through the second entry");
	poke(twin, 0x62);
	CHECK_EQ(peek(va), 0x62, "value through the first entry");
	CHECK_EQ(see_pte(user_root, va) & (PTE_A | PTE_D), PTE_A | PTE_D, "a/d");
	return NULL;
}

/* More roots than any cache holds, each with a page of its own, a kernel page changing on the
 * way. */
static const char *many_roots(void)
{
	static u32 root[MANY_ROOTS], page[MANY_ROOTS];
	u32 i, pass, first_free = pages_free();
	const char *wrong = NULL;

	for (i = 0; i < MANY_ROOTS; i++) {
		root[i] = root_new();
		page[i] = new_page(i);
		if (!root[i] || !map_page(root[i], PLACE, page[i] | FLAGS))
			return fail("out of memory at root %u, %u pages at the start", i,
				    first_free);
	}
	for (pass = 0; pass < PASSES && !wrong; pass++)
		for (i = 0; i < MANY_ROOTS && !wrong; i++) {
			u32 want = i + pass * 0x100, kernel_mark = 0xace00000 + pass * 0x1000 + i;
			u32 fresh = page[(i + 1) % MANY_ROOTS];

			root_load(root[i]);
			map_page(root[i], HIGH_PLACE, fresh | FLAGS);
			if (peek(PLACE) != want)
				wrong = fail("pass %u root %u reads %x", pass, i, peek(PLACE));
			poke(PLACE, want + 0x100);
			((volatile u32 *)virt(fresh))[1] = kernel_mark;
			if (peek(HIGH_PLACE + 4) != kernel_mark)
				wrong = fail("pass %u root %u: stale kernel page", pass, i);
		}
	root_load(user_root);
	if (!wrong && peek(HIGH_PLACE + 4) != 0xace00000 + (PASSES - 1) * 0x1000 + MANY_ROOTS - 1)
		wrong = "stale kernel page after all";
	for (i = 0; i < MANY_ROOTS; i++) {
		root_free(root[i]);
		page_free(page[i]);
	}
	return wrong;
}

/* A page that was a root, a table, then data, then a root again. */
static const char *reused_root(void)
{
	u32 root = root_new(), again, got;

	map_page(root, PLACE, new_page(0x71) | FLAGS);
	root_load(root);
	got = peek(PLACE);
	root_load(user_root);
	root_free(root);
	CHECK_EQ(got, 0x71, "value");
	again = root_new();
	CHECK_EQ(again, root, "page given out again");
	root_load(again);
	got = probe(read_at, PLACE);
	map_page(again, PLACE, new_page(0x72) | FLAGS);
	if (got)
		got = peek(PLACE);
	root_load(user_root);
	CHECK_EQ(got, 0x72, "value in the reused root");
	return NULL;
}

static const char *calls_for_unknown_roots(void)
{
	u32 stranger = page_alloc();

	/* Nothing is cached for it: nothing may happen. */
	hcall(HC_SET_PTE, stranger, PLACE, stranger | FLAGS | PTE_A, 0);
	hcall(HC_SET_PGD, stranger, PLACE >> tables->shift[tables->levels - 1], 0, 0);
	map_page(user_root, PLACE, 0);
	CHECK(probe(read_at, PLACE), "SET_PTE for a stranger changed the current root");
	return NULL;
}

static const char *sparse_touch(void)
{
	u32 page = new_page(0x81), va;

	for (va = 0x20000000; va < 0x60000000; va += 0x00400000)
		if (!map_page(user_root, va, page | FLAGS))
			return "out of memory";
	for (va = 0x20000000; va < 0x60000000; va += 0x00400000)
		CHECK_EQ(peek(va), 0x81, "value");
	for (va = 0x20000000; va < 0x60000000; va += 0x00400000) {
		void *dir = table_slot(user_root, va);
		u32 table = pte_read(dir) & ~0xfffu;

		pte_write(dir, 0);
		table_changed(user_root, va);
		page_free(table);
	}
	CHECK(probe(read_at, 0x20000000), "readable without a table");
	return NULL;
}

const struct test space_tests[] = {
	{"roots_are_private", roots_are_private},
	{"set_pte_below_names_one_root", set_pte_below_names_one_root},
	{"set_pte_above_reaches_every_root", set_pte_above_reaches_every_root},
	{"directory_replaces_a_table", directory_replaces_a_table},
	{"one_table_in_two_places", one_table_in_two_places},
	{"many_roots", many_roots},
	{"reused_root", reused_root},
	{"calls_for_unknown_roots", calls_for_unknown_roots},
	{"sparse_touch", sparse_touch},
	{NULL, NULL},
};
