/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/display.c devices/screen.c devices/bus.c devices/ports.c devices/pci/pci.c
 * devices/pci/membar.c tests/unit/fake_host.c mm/format.c mm/arena.c mm/gmem.c mm/rmap.c
 * mm/shadow.c mm/shadow_announce.c mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c
 * mm/shadow_repair.c mm/shadow_roots.c mm/walk.c tests/unit/display_fixture.c */
/*
 * Displays that share a screen, with the real slots and shadow tables below them. The model is
 * plain: for each guest, what it wrote last into each page of its picture. After thousands of
 * touches, moves of BARs, changes of the screen, deaths and failed starts every mapping still
 * leads to those bytes, and at the end every frame is back.
 */
#include "devices/screen.h"
#include "lib/x86.h"
#include "tests/unit/display_fixture.h"

static void test_header(void **state)
{
	struct guest_model *g = &guest[0];
	u32 bar0, bar2;

	(void)state;
	assert_true(guest_start(g, 200, 130)); /* 26 pages in a BAR of 32 */
	assert_int_equal(register_in(g, 0), 0x52311234);
	assert_int_equal(register_in(g, 8) >> 8, 0x038000);
	assert_int_equal(register_in(g, 4), PCI_COMMAND_MEMORY);
	bar0 = register_in(g, PCI_BAR0);
	bar2 = register_in(g, PCI_BAR2);
	assert_int_equal(bar2 & 0xf, 8); /* memory, 32 bits, prefetchable */
	assert_int_equal((bar2 & ~0xfu) % g->bar_bytes, 0);
	assert_int_equal(bar2 & ~0xfu, g->mode.address);
	assert_true(bar2 >= bar0 + PAGE_SIZE);
	/* Sizing, as PCI 2.2, 6.2.5.1 describes it. */
	register_out(g, PCI_BAR2, 0xffffffffu);
	assert_int_equal(register_in(g, PCI_BAR2), ~(g->bar_bytes - 1) | 8);
	register_out(g, PCI_BAR2, bar2);
	for (u32 reg = PCI_BAR0 + 4; reg < 0x28; reg += 4) {
		if (reg == PCI_BAR2)
			continue;
		register_out(g, reg, 0xffffffffu);
		assert_int_equal(register_in(g, reg), 0);
	}
	check_all(g);
}

static void test_registers(void **state)
{
	static const u32 want[] = {0x50534452, 1, 1, 200, 130, 800, 32, 26 * PAGE_SIZE, 0};
	struct guest_model *g = &guest[0];
	const struct slot *w;
	gpa_t at;

	(void)state;
	assert_true(guest_start(g, 200, 130));
	at = register_in(g, PCI_BAR0);
	w = gmem_find(&g->mem, at >> PAGE_SHIFT);
	for (u32 i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(w->ops->read(w->ctx, at + i * 4, 4), want[i]);
		w->ops->write(w->ctx, at + i * 4, 4, 77);
	}
	assert_int_equal(w->ops->read(w->ctx, at + 8 * 4, 4), 1); /* one PRESENT, no more */
	for (u32 i = 0; i + 1 < ARRAY_LEN(want); i++)
		assert_int_equal(w->ops->read(w->ctx, at + i * 4, 4), want[i]);
	assert_int_equal(w->ops->read(w->ctx, at + ARRAY_LEN(want) * 4, 4), 0);
	assert_int_equal(w->ops->read(w->ctx, at + PAGE_SIZE - 4, 4), 0);
	assert_int_equal(w->ops->read(w->ctx, at + 13, 2), 0);
	assert_int_equal(w->ops->read(w->ctx, at + 12, 1), 0);
}

static void test_edges_of_the_picture(void **state)
{
	struct guest_model *g = &guest[0];

	(void)state;
	assert_true(guest_start(g, 200, 130));
	assert_non_null(touch(g, picture(g) + 25 * PAGE_SIZE));
	for (u32 page = 26; page < 32; page++)
		assert_null(touch(g, picture(g) + page * PAGE_SIZE));
	assert_int_equal(shadow_fault(g->mem.shadow, picture(g) + 32 * PAGE_SIZE, 0).verdict,
			 SHADOW_WINDOW);
}

static void test_switch(void **state)
{
	(void)state;
	assert_true(guest_start(&guest[0], 200, 130));
	assert_true(guest_start(&guest[1], 160, 100));
	assert_ptr_equal(screen_shown(), guest[0].bus);
	assert_int_equal(modes_set, 1);
	for (u32 i = 0; i < 2; i++)
		for (u32 p = 0; p < guest[i].pages; p++)
			draw(&guest[i], p, (u8)(i * 100 + p + 1));
	for (u32 turn = 0; turn < 5; turn++) {
		assert_true(screen_show(screen_next()));
		assert_ptr_equal(screen_shown(), guest[(turn + 1) % 2].bus);
		assert_int_equal(mode_width, turn % 2 ? 200 : 160);
		/* Seen at once, before any touch; nothing of the other one is mapped. */
		assert_int_equal(screen_bytes[5], guest[(turn + 1) % 2].page[0]);
		for (u32 i = 0; i < 2; i++)
			for (u32 p = 0; p < guest[i].pages; p++)
				assert_int_equal(
					entry_at(&guest[i], picture(&guest[i]) + p * PAGE_SIZE), 0);
		check_all(&guest[0]);
		check_all(&guest[1]);
	}
	assert_true(screen_show(guest[0].bus));
	assert_ptr_equal(screen_nth(1), guest[1].bus);
	assert_null(screen_nth(2));
	guest_die(&guest[0]);
	assert_ptr_equal(screen_shown(), guest[1].bus);
	assert_int_equal(screen_bytes[5], guest[1].page[0]);
	check_all(&guest[1]);
	guest_die(&guest[1]);
	assert_null(screen_shown());
	assert_null(screen_next());
}

/* Wherever the BAR is put, the pixels stay; where something else is, that wins. */
static void test_move(void **state)
{
	struct guest_model *g = &guest[0];
	gva_t home, away;
	u32 frames;

	(void)state;
	assert_true(guest_start(g, 200, 130));
	for (u32 p = 0; p < g->pages; p++)
		draw(g, p, (u8)(p + 1));
	home = picture(g);
	away = home + 64 * g->bar_bytes;
	frames = g->owner.frames;
	for (u32 i = 0; i < 2000; i++) {
		gva_t to = i % 2 ? home : away + (i & 8) * g->bar_bytes;

		register_out(g, PCI_BAR2, to);
		assert_null(gmem_find(&g->mem, (i % 2 ? away : home) >> PAGE_SHIFT));
		check_page(g, i % g->pages);
	}
	assert_int_equal(g->owner.frames, frames);
	register_out(g, PCI_BAR2, 0);
	assert_int_equal(gmem_find(&g->mem, 0)->kind, SLOT_RAM);
	register_out(g, PCI_BAR2,
		     register_in(g, PCI_BAR0)); /* rounded down: over RAM or the window */
	assert_int_equal(gmem_find(&g->mem, register_in(g, PCI_BAR0) >> PAGE_SHIFT)->kind,
			 SLOT_WINDOW);
	assert_null(gmem_find(&g->mem, home >> PAGE_SHIFT));
	register_out(g, PCI_BAR2, home);
	check_all(g);
	register_out(g, PCI_COMMAND, 0);
	assert_null(gmem_find(&g->mem, home >> PAGE_SHIFT));
	assert_int_equal(shadow_fault(g->mem.shadow, home, 0).verdict, SHADOW_WINDOW);
	/* Nobody is told when the screen goes away and comes back meanwhile. */
	assert_true(guest_start(&guest[1], 160, 100));
	assert_true(screen_show(guest[1].bus));
	register_out(g, PCI_COMMAND, PCI_COMMAND_MEMORY);
	check_all(g);
	register_out(g, PCI_COMMAND, 0);
	assert_true(screen_show(g->bus));
	register_out(g, PCI_COMMAND, PCI_COMMAND_MEMORY);
	check_all(g);
}

static void test_too_large(void **state)
{
	struct guest_model *g = &guest[0];

	(void)state;
	assert_false(guest_start(g, 1600, 1200));
	assert_false(g->alive);
	assert_int_equal(frame_free_count(), free_before);
}

static void test_every_allocation_may_fail(void **state)
{
	u32 calls, n;

	(void)state;
	assert_true(guest_start(&guest[1], 160, 100));
	draw(&guest[1], 3, 33);
	calls = frame_alloc_calls();
	assert_true(guest_start(&guest[0], 200, 130));
	calls = frame_alloc_calls() - calls;
	guest_die(&guest[0]);
	for (n = 1; n <= calls; n++) {
		u32 before = frame_free_count();

		frame_fail_after(n);
		assert_false(guest_start(&guest[0], 200, 130));
		assert_int_equal(frame_free_count(), before);
		assert_ptr_equal(screen_shown(), guest[1].bus);
	}
	frame_fail_after(0);
	check_page(&guest[1], 3);
}

static void move_somewhere(struct guest_model *g)
{
	gva_t to = g->mode.address + random_below(4) * g->bar_bytes;

	switch (random_below(4)) {
	case 0: /* as Linux sizes it */
		register_out(g, PCI_COMMAND, 0);
		register_out(g, PCI_BAR2, 0xffffffffu);
		register_out(g, PCI_BAR2, to);
		register_out(g, PCI_COMMAND, PCI_COMMAND_MEMORY);
		break;
	case 1:
		register_out(g, PCI_BAR2, 0xffffffffu);
		register_out(g, PCI_BAR2, to);
		break;
	default:
		register_out(g, PCI_BAR2, to);
	}
}

static void one_step(struct guest_model *g)
{
	static const struct {
		u32 width, height;
	} size[] = {{160, 100}, {200, 130}, {320, 120}, {40, 20}};
	u32 s = random_below(ARRAY_LEN(size)), what = random_below(100);

	if (!g->alive) {
		if (what < 5)
			frame_fail_after(1 + random_below(150));
		(void)guest_start(g, size[s].width, size[s].height);
		frame_fail_after(0);
	} else if (what < 55) {
		draw(g, random_below(g->pages), (u8)random_below(256));
	} else if (what < 80) {
		check_page(g, random_below(g->pages));
	} else if (what < 88) {
		assert_true(screen_show(screen_next()));
	} else if (what < 92) {
		assert_true(screen_show(g->bus));
	} else if (what < 96) {
		move_somewhere(g);
	} else if (what < 98) {
		shadow_flush_all(g->mem.shadow);
	} else if (what < 99) {
		check_all(g);
	} else {
		guest_die(g);
	}
}

/* What is mapped is counted in the slot and in the reverse map, and nowhere else. */
static void check_counts(struct guest_model *g)
{
	const struct slot *s = gmem_find(&g->mem, picture(g) >> PAGE_SHIFT);
	u32 present = 0;

	assert_int_equal(s->kind, SLOT_DEVICE);
	for (u32 i = 0; i < s->pages; i++)
		present += entry_at(g, (s->base + i) << PAGE_SHIFT) != 0;
	assert_int_equal(s->mapped, present);
	assert_int_equal(g->mem.shadow->rmap.used, present);
}

static void test_random(void **state)
{
	u32 switches = screen_switches(), starts = 0;

	(void)state;
	rnd_state = 20260101;
	for (u32 step = 0; step < 60000; step++) {
		struct guest_model *g = &guest[random_below(GUESTS)];
		bool was = g->alive;

		one_step(g);
		starts += g->alive && !was;
		if (g->alive && step % 16 == 0)
			check_counts(g);
	}
	assert_true(screen_switches() - switches > 5000);
	assert_true(starts > 300);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, display_setup, display_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_header),
		TEST(test_registers),
		TEST(test_edges_of_the_picture),
		TEST(test_switch),
		TEST(test_move),
		TEST(test_too_large),
		TEST(test_every_allocation_may_fail),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
