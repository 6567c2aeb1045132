/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/shadow_guest.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c mm/format.c
 */
/* SOURCES: mm/arena.c mm/gmem.c mm/rmap.c */
/* SOURCES: mm/shadow.c mm/shadow_announce.c mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c
 * mm/shadow_repair.c mm/shadow_roots.c mm/walk.c */
/*
 * Slots of device memory: mapped on the first touch, with the slot's cache type or not at all, and
 * taken away from every table when the page moves or goes. Every frame is placed once in a test
 * and never again, so an entry that survived its page is seen at once.
 */
#include "lib/x86.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_guest.h"
#include "tests/unit/support.h"

#include <string.h>

#define FRAME(e) ((u32)(((e)&0x000ffffffffff000ull) >> PAGE_SHIFT))
#define DEVICE	 0xc0000u /* frames of devices, counted up */

static const struct {
	gfn_t base;
	u32 pages;
	enum cache_type cache;
} row[] = {
	{600, 24, CACHE_WC},
	{700, 4, CACHE_WB},
	{720, 8, CACHE_UC},
	{740, 8, CACHE_WT},
};

static u32 next_frame, touches, mapped[ARRAY_LEN(row)];
static enum touch answer;
static bool moving; /* the handler changes the slots behind the pager's back */

static void add_slot(u32 i);

static enum touch on_touch(void *ctx, struct gmem *mem, gfn_t gfn, bool write)
{
	u32 i = (u32)(uintptr_t)ctx;

	(void)write;
	touches++;
	assert_in_range(gfn, row[i].base, row[i].base + row[i].pages - 1);
	if (moving) {
		assert_true(gmem_remove_slot(mem, row[i].base));
		add_slot(i);
	}
	if (answer == TOUCH_RETRY && (!moving || chance(50)))
		gmem_place(mem, gfn, (pfn_t){next_frame++});
	return answer;
}

static void add_slot(u32 i)
{
	static const struct slot_ops ops = {.name = "test", .fault = on_touch};
	const struct slot s = {
		.base = row[i].base,
		.pages = row[i].pages,
		.kind = SLOT_DEVICE,
		.cache = row[i].cache,
		.ops = &ops,
		.ctx = (void *)(uintptr_t)i,
	};

	assert_int_equal(gmem_add_slot(&m.mem, &s), HV_OK);
}

/* Each entry maps a page that is placed now, as its slot demands. */
static void check_entry(struct model *model, u64 e)
{
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		const struct slot *s = gmem_find(&model->mem, row[i].base);

		for (u32 k = 0; s && k < s->pages; k++) {
			u64 cache = e & (PTE_PWT | PTE_PCD);

			if (s->place[k].n != FRAME(e))
				continue;
			mapped[i]++;
			/* P may be hidden, A is the CPU's. */
			assert_int_equal(e & (PTE_D | PTE_G | PTE_PS), PTE_D);
			if (s->ram)
				assert_int_equal(cache, host_cache_bits(CACHE_WB));
			else if (cache != host_cache_bits(CACHE_UC) || row[i].cache == CACHE_WB)
				assert_int_equal(cache, host_cache_bits(row[i].cache));
			return;
		}
	}
	fail_msg("entry %#llx maps a page that is gone", (unsigned long long)e);
}

/* The slots' and the reverse map's accounts are those of the tables. Tables of the kernel half are
 * met once a root. */
static void check(void)
{
	u32 sum = 0;

	memset(mapped, 0, sizeof(mapped));
	model_check(&m);
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		const struct slot *s = gmem_find(&m.mem, row[i].base);

		sum += s ? s->mapped : 0;
		if (m.s->stats.roots == 1)
			assert_int_equal(mapped[i], s ? s->mapped : 0);
		else
			assert_true(mapped[i] >= (s ? s->mapped : 0));
	}
	assert_int_equal(sum, m.s->rmap.used);
}

static void begin(const struct pt_format *gf, const struct pt_format *sf)
{
	model_start(&m, gf, sf, 0xc0000000u, 60);
	random_state = 0x123456789abcdefull;
	next_frame = DEVICE;
	touches = 0;
	answer = TOUCH_RETRY;
	moving = false;
	for (u32 i = 0; i < ARRAY_LEN(row); i++)
		add_slot(i);
	m.device = check_entry;
	guest_tables(MODEL_TOPS);
	assert_null(shadow_new_pgtable(m.s, model_top(&m, 0)));
	m.linear = false;
}

/* A user and a kernel address whose leaf entries are reachable and all rights are given. */
static void map_at(gva_t va, gfn_t gfn, u32 flags)
{
	u32 index = va >> 22;

	for (u32 t = 0; t < m.tops; t++)
		model_set(&m, pde_at_2level(t, index),
			  (u64)(va >= 0xc0000000u ? GFN_KERNEL_LEAF : GFN_USER_LEAF) << PAGE_SHIFT |
				  PTE_P | PTE_W | PTE_U | PTE_A);
	model_set(&m, model_walk(&m, model_top(&m, 0), va).pte_at,
		  (u64)gfn << PAGE_SHIFT | PTE_P | PTE_W | PTE_U | flags);
	assert_null(shadow_set_pgd(m.s, model_top(&m, 0), index));
}

static void test_first_touch(void **state)
{
	const gva_t va = 0x00001000u;
	u32 rights;

	(void)state;
	begin(&pt_format_2level, &pt_format_pae);
	map_at(va, 722, PTE_PCD | PTE_PWT);
	assert_int_equal(shadow_fault(m.s, va, PF_WRITE).verdict, SHADOW_OK);
	assert_int_equal(touches, 1);
	assert_int_equal(FRAME(model_shadow(&m, m.s->current, va, &rights)), DEVICE);
	/* Another mapping of it needs no second touch. */
	map_at(va + (1u << 22), 722, PTE_PCD);
	assert_int_equal(shadow_fault(m.s, va + (1u << 22), 0).verdict, SHADOW_OK);
	assert_int_equal(touches, 1);
	check();
	answer = TOUCH_REFUSE;
	map_at(va, 723, PTE_PCD);
	assert_int_equal(shadow_fault(m.s, va, PF_WRITE | PF_USER).verdict, SHADOW_REFLECT);
	assert_int_equal(shadow_fault(m.s, va, PF_WRITE | PF_USER).error,
			 PF_WRITE | PF_USER | PF_PRESENT);
	/* A handler that never gets it done is asked a few times only. */
	answer = TOUCH_RETRY;
	moving = true;
	for (u32 n = 0; n < 50; n++) {
		assert_true(gmem_remove_slot(&m.mem, 720));
		add_slot(2);
		touches = 0;
		(void)shadow_fault(m.s, va, 0);
		assert_in_range(touches, 1, 4);
		check();
	}
	model_end(&m);
}

static void test_cache_types(void **state)
{
	static const struct {
		gfn_t gfn;
		u32 flags;
		bool ok;
		enum cache_type is;
	} want[] = {
		{600, 0, false, 0},
		{600, PTE_PWT, false, 0},
		{600, PTE_PCD, true, CACHE_WC},
		{600, PTE_PCD | PTE_PWT, true, CACHE_UC},
		{700, 0, true, CACHE_WB},
		{700, PTE_PCD, true, CACHE_WB},
		{720, 0, false, 0},
		{720, PTE_PWT, false, 0},
		{720, PTE_PCD, true, CACHE_UC},
		{720, PTE_PCD | PTE_PWT, true, CACHE_UC},
		{740, 0, false, 0},
		{740, PTE_PWT, true, CACHE_WT},
		{740, PTE_PCD, true, CACHE_UC},
	};
	const gva_t va = 0x00001000u;
	u32 rights;

	(void)state;
	begin(&pt_format_2level, &pt_format_2level);
	for (u32 i = 0; i < ARRAY_LEN(want); i++) {
		u64 e;

		map_at(va, want[i].gfn, want[i].flags);
		assert_int_equal(shadow_fault(m.s, va, 0).verdict,
				 want[i].ok ? SHADOW_OK : SHADOW_KILL);
		e = model_shadow(&m, m.s->current, va, &rights);
		assert_int_equal(e != 0, want[i].ok);
		if (e)
			assert_int_equal(e & (PTE_PWT | PTE_PCD), host_cache_bits(want[i].is));
		check();
	}
	model_end(&m);
}

static u32 entries(void)
{
	return m.s->rmap.used;
}

static void test_revocation(void **state)
{
	const gva_t user = 0x00001000u, kernel = 0xc0000000u;
	u32 rights;

	(void)state;
	begin(&pt_format_2level, &pt_format_pae);
	map_at(user, 601, PTE_PCD);
	for (u32 t = 0; t < 3; t++) { /* three roots have it in their user half */
		assert_null(shadow_new_pgtable(m.s, model_top(&m, t)));
		assert_int_equal(shadow_fault(m.s, user, PF_WRITE).verdict, SHADOW_OK);
	}
	map_at(kernel, 601, PTE_PCD);
	assert_int_equal(shadow_fault(m.s, kernel, 0).verdict, SHADOW_OK);
	check();
	assert_int_equal(entries(), 4);
	gmem_unmap(&m.mem, 602, 22);
	gmem_unmap(&m.mem, 600, 1);
	assert_int_equal(entries(), 4);
	gmem_unmap(&m.mem, 600, 2);
	assert_int_equal(entries(), 0);
	assert_int_equal(model_shadow(&m, m.s->current, user, &rights), 0);
	check();
	/* The place stayed: no second touch. */
	touches = 0;
	assert_int_equal(shadow_fault(m.s, user, 0).verdict, SHADOW_OK);
	assert_int_equal(touches, 0);
	gmem_place(&m.mem, 601, (pfn_t){next_frame++});
	assert_int_equal(entries(), 0);
	assert_int_equal(shadow_fault(m.s, user, 0).verdict, SHADOW_OK);
	assert_int_equal(FRAME(model_shadow(&m, m.s->current, user, &rights)), next_frame - 1);
	gmem_clear(&m.mem, 600, true);
	assert_int_equal(entries(), 0);
	assert_int_equal(shadow_fault(m.s, user, 0).verdict, SHADOW_OK);
	assert_int_equal(touches, 1);
	check();
	assert_true(gmem_remove_slot(&m.mem, 600));
	assert_int_equal(entries(), 0);
	assert_int_equal(shadow_fault(m.s, user, 0).verdict, SHADOW_KILL);
	assert_false(gmem_remove_slot(&m.mem, 600));
	assert_false(gmem_remove_slot(&m.mem, 0)); /* RAM stays */
	assert_false(gmem_remove_slot(&m.mem, 721));
	check();
	model_end(&m);
}

/* More mappings than the reverse map has nodes: the oldest give way, none is forgotten. */
static void test_reverse_map_overflows(void **state)
{
	(void)state;
	begin(&pt_format_2level, &pt_format_pae);
	for (u32 n = 0; n < 300; n++) {
		gva_t va = (n % 3) << 22 | (n * 37 % 1024) << 12;

		map_at(va, 600 + n % 24, PTE_PCD);
		assert_int_equal(shadow_fault(m.s, va, PF_WRITE).verdict, SHADOW_OK);
		assert_true(entries() <= m.s->rmap.nodes);
	}
	assert_int_equal(entries(), m.s->rmap.nodes);
	check();
	gmem_unmap(&m.mem, 600, 24);
	assert_int_equal(entries(), 0);
	check();
	model_end(&m);
}

static gfn_t device_gfn(void)
{
	u32 i = rnd(ARRAY_LEN(row));

	return row[i].base + rnd(row[i].pages);
}

static void change_slots(void)
{
	u32 i = rnd(ARRAY_LEN(row));
	bool there = gmem_find(&m.mem, row[i].base);

	switch (rnd(6)) {
	case 0:
		if (there)
			assert_true(gmem_remove_slot(&m.mem, row[i].base));
		break;
	case 1:
		if (there)
			gmem_clear(&m.mem, row[i].base, chance(50));
		break;
	case 2:
		gmem_unmap(&m.mem, row[i].base + rnd(row[i].pages), 1 + rnd(8));
		break;
	case 3:
		if (there)
			gmem_place(&m.mem, row[i].base + rnd(row[i].pages),
				   (pfn_t){chance(20) ? 0 : next_frame++});
		break;
	default:
		if (!there)
			add_slot(i);
	}
}

static void guest_does_something(void)
{
	gva_t va = m.va[rnd(m.vas)];
	u32 t = rnd(4);
	struct ref r = model_walk(&m, model_top(&m, t), va);

	switch (rnd(8)) {
	case 0:
		assert_null(shadow_new_pgtable(m.s, model_top(&m, chance(80) ? t : rnd(m.tops))));
		break;
	case 1:
		shadow_flush_all(m.s);
		break;
	case 2:
	case 3:
		if (r.pte_at)
			model_set(&m, r.pte_at,
				  (chance(70) ? (u64)device_gfn() << PAGE_SHIFT | PTE_PCD | PTE_P |
							rnd(0x80)
					      : random_pte()));
		if (chance(50))
			assert_true(announce(model_top(&m, t), va));
		break;
	default:
		(void)shadow_fault(m.s, va, rnd(8));
	}
}

static void test_random(void **state)
{
	static const struct pt_format *const format[] = {&pt_format_2level, &pt_format_pae};

	(void)state;
	for (u32 seed = 0; seed < 6; seed++) {
		begin(format[seed / 4], format[seed / 2 > 0]);
		random_state += seed * 0x9e3779b97f4a7c15ull;
		moving = seed & 1;
		for (u32 n = 0; n < 2000; n++) {
			if (chance(15))
				change_slots();
			else
				guest_does_something();
			if (chance(3))
				answer = answer == TOUCH_RETRY ? TOUCH_REFUSE : TOUCH_RETRY;
			if (n % 4 == 0)
				check();
		}
		assert_true(m.s->stats.revokes > 0);
		model_end(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_touch), cmocka_unit_test(test_cache_types),
		cmocka_unit_test(test_revocation),  cmocka_unit_test(test_reverse_map_overflows),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
