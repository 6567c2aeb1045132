/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/display.c devices/screen.c devices/bus.c devices/ports.c devices/pci/pci.c */
/* SOURCES: devices/pci/membar.c tests/unit/fake_host.c mm/format.c mm/arena.c mm/gmem.c mm/rmap.c
 */
/* SOURCES: mm/shadow.c mm/shadow_announce.c mm/shadow_device.c mm/shadow_fault.c mm/shadow_pool.c
 * mm/shadow_repair.c mm/shadow_roots.c mm/walk.c */
/*
 * Displays that share a screen, with the real slots and shadow tables below them. The model is
 * plain: for each guest, what it wrote last into each page of its picture. After thousands of
 * touches, moves of BARs, changes of the screen, deaths and failed starts every mapping still
 * leads to those bytes, and at the end every frame is back.
 */
#include "devices/display.h"
#include "devices/host/framebuffer.h"
#include "devices/screen.h"
#include "lib/x86.h"
#include "mm/shadow.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

#define GUESTS	  4u
#define RAM_PAGES 64u
#define FB_FRAME  0xfd000u
#define FB_PAGES  64u
#define PICTURE	  40u /* pages at most */
#define FRAME(e)  ((u32)(((e)&0x000ffffffffff000ull) >> PAGE_SHIFT))

/* ---- The real screen, and the rest of devices/ ---------------------------------------------- */

static u8 screen_bytes[FB_PAGES * PAGE_SIZE];
static u32 mode_width, mode_height, modes_set;

const char *framebuffer_find(const struct framebuffer_info *loader)
{
	(void)loader;
	return "fake";
}

bool framebuffer_fixed(u32 *width, u32 *height)
{
	*width = *height = 0;
	return false;
}

u32 framebuffer_stride(u32 width, u32 height)
{
	return width * 4 * height <= sizeof(screen_bytes) ? width * 4 : 0;
}

void framebuffer_set(u32 width, u32 height)
{
	mode_width = width;
	mode_height = height;
	modes_set++;
}

void *framebuffer_memory(void)
{
	return screen_bytes;
}

pfn_t framebuffer_frame(u32 page)
{
	assert_true(page < FB_PAGES);
	return (pfn_t){FB_FRAME + page};
}

void vdev_reset(struct vdev *d)
{
	(void)d;
	fail();
}

bool vdev_poll(struct vdev *d)
{
	(void)d;
	fail();
	return false;
}

/* ---- Guests ------------------------------------------------------------------------------- */

static struct guest_model {
	bool alive;
	char name[8];
	struct frame_owner owner;
	struct arena arena;
	struct gmem mem;
	struct bus *bus;
	pfn_t special[3];
	struct display_mode mode;
	u32 pages, bar_bytes;
	u8 page[PICTURE]; /* the byte that fills it */
} guest[GUESTS];

static u32 rnd_state = 1, free_before;

static u32 rnd(u32 n)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 17;
	rnd_state ^= rnd_state << 5;
	return rnd_state % n;
}

static const struct bus_ops no_ops;

/* False: out of memory somewhere on the way; nothing is held then. */
static void die(struct guest_model *g);
static bool start(struct guest_model *g, u32 width, u32 height)
{
	u32 i = (u32)(g - guest);
	bool ok;

	memset(g, 0, sizeof(*g));
	g->alive = true;
	snprintf(g->name, sizeof(g->name), "g%u", i);
	g->owner.name = g->name;
	arena_init(&g->arena, &g->owner);
	ok = gmem_init(&g->mem, &g->arena, &g->owner, RAM_PAGES * PAGE_SIZE) == HV_OK;
	for (u32 k = 0; ok && k < 3; k++)
		ok = frame_alloc(&g->owner, true, &g->special[k]) == HV_OK;
	ok = ok && shadow_create(&g->arena, &g->mem, 40, g->special);
	if (ok)
		g->bus = bus_create(&g->arena, &g->mem, &no_ops, NULL, g->name);
	ok = g->bus && bus_add_display(g->bus, width, height) == HV_OK;
	if (!ok) {
		die(g);
		return false;
	}
	assert_true(bus_display(g->bus, &g->mode));
	g->pages = (width * 4 * height + PAGE_SIZE - 1) / PAGE_SIZE;
	for (g->bar_bytes = PAGE_SIZE; g->bar_bytes < g->pages * PAGE_SIZE;)
		g->bar_bytes *= 2;
	return true;
}

static void die(struct guest_model *g)
{
	if (g->bus)
		bus_detach(g->bus);
	/* No frame may go while it is mapped. */
	if (g->mem.shadow)
		assert_int_equal(g->mem.shadow->rmap.used, 0);
	if (g->mem.shadow)
		shadow_destroy(g->mem.shadow);
	for (u32 k = 0; k < 3; k++)
		if (g->special[k].n)
			frame_free(&g->owner, g->special[k]);
	gmem_release(&g->mem);
	arena_release(&g->arena);
	assert_int_equal(g->owner.frames, 0);
	g->alive = false;
	g->bus = NULL;
}

static int setup(void **state)
{
	(void)state;
	host_reset(2000, 0, &pt_format_pae);
	memset(guest, 0, sizeof(guest));
	memset(screen_bytes, 0xee, sizeof(screen_bytes));
	modes_set = 0;
	free_before = frame_free_count();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	frame_fail_after(0);
	for (u32 i = 0; i < GUESTS; i++)
		if (guest[i].alive)
			die(&guest[i]);
	assert_null(screen_shown());
	assert_int_equal(frame_free_count(), free_before);
	return 0;
}

static u32 cfg_in(struct guest_model *g, u32 reg)
{
	bus_port_out(g->bus, 0xcf8, 4, 0x80000800u | reg);
	return bus_port_in(g->bus, 0xcfc, 4);
}

static void cfg_out(struct guest_model *g, u32 reg, u32 value)
{
	bus_port_out(g->bus, 0xcf8, 4, 0x80000800u | reg);
	bus_port_out(g->bus, 0xcfc, 4, value);
}

/* The shadow entry at an address, linear mode; 0: none. */
static u64 entry_at(struct guest_model *g, gva_t va)
{
	struct shadow *s = g->mem.shadow;
	void *leaf = leaf_find(s, s->current, slot_of(s, va));

	return leaf ? pt_get(s->sf, leaf, pt_index(s->sf, 0, va)) : 0;
}

static u8 *bytes_of(u32 frame)
{
	if (frame >= FB_FRAME)
		return screen_bytes + (size_t)(frame - FB_FRAME) * PAGE_SIZE;
	return frame_ptr((pfn_t){frame});
}

/* Touch a page as the guest would; its bytes, or NULL for its own page fault. */
static u8 *touch(struct guest_model *g, gva_t va)
{
	struct shadow_result r;
	u64 e = entry_at(g, va);

	if (!e) {
		r = shadow_fault(g->mem.shadow, va, PF_WRITE);
		if (r.verdict == SHADOW_REFLECT)
			return NULL;
		assert_int_equal(r.verdict, SHADOW_OK);
		e = entry_at(g, va);
	}
	assert_true(e & PTE_P && e & PTE_W);
	/* The screen is write-combining, private frames are RAM like any other. */
	assert_int_equal(e & (PTE_PWT | PTE_PCD),
			 FRAME(e) >= FB_FRAME ? host_cache_bits(CACHE_WC) : 0);
	assert_int_equal(FRAME(e) >= FB_FRAME, screen_shown() == g->bus);
	return bytes_of(FRAME(e));
}

static gva_t picture(struct guest_model *g)
{
	return cfg_in(g, PCI_BAR2) & ~0xfu;
}

static void draw(struct guest_model *g, u32 page, u8 byte)
{
	u8 *p = touch(g, picture(g) + page * PAGE_SIZE);

	assert_non_null(p);
	memset(p, byte, PAGE_SIZE);
	g->page[page] = byte;
}

static void check_page(struct guest_model *g, u32 page)
{
	const u8 *p = touch(g, picture(g) + page * PAGE_SIZE);

	assert_non_null(p);
	assert_int_equal(p[0], g->page[page]);
	assert_int_equal(p[PAGE_SIZE - 1], g->page[page]);
	assert_true(memcmp(p, p + 1, PAGE_SIZE - 1) == 0);
}

static void check_all(struct guest_model *g)
{
	for (u32 i = 0; i < g->pages; i++)
		check_page(g, i);
}

/* ---- Tests -------------------------------------------------------------------------------- */

static void test_header(void **state)
{
	struct guest_model *g = &guest[0];
	u32 bar0, bar2;

	(void)state;
	assert_true(start(g, 200, 130)); /* 26 pages in a BAR of 32 */
	assert_int_equal(cfg_in(g, 0), 0x52311234);
	assert_int_equal(cfg_in(g, 8) >> 8, 0x038000);
	assert_int_equal(cfg_in(g, 4), PCI_COMMAND_MEMORY);
	bar0 = cfg_in(g, PCI_BAR0);
	bar2 = cfg_in(g, PCI_BAR2);
	assert_int_equal(bar2 & 0xf, 8); /* memory, 32 bits, prefetchable */
	assert_int_equal((bar2 & ~0xfu) % g->bar_bytes, 0);
	assert_int_equal(bar2 & ~0xfu, g->mode.address);
	assert_true(bar2 >= bar0 + PAGE_SIZE);
	/* Sizing, as PCI 2.2, 6.2.5.1 describes it. */
	cfg_out(g, PCI_BAR2, 0xffffffffu);
	assert_int_equal(cfg_in(g, PCI_BAR2), ~(g->bar_bytes - 1) | 8);
	cfg_out(g, PCI_BAR2, bar2);
	for (u32 reg = PCI_BAR0 + 4; reg < 0x28; reg += 4) {
		if (reg == PCI_BAR2)
			continue;
		cfg_out(g, reg, 0xffffffffu);
		assert_int_equal(cfg_in(g, reg), 0);
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
	assert_true(start(g, 200, 130));
	at = cfg_in(g, PCI_BAR0);
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
	assert_true(start(g, 200, 130));
	assert_non_null(touch(g, picture(g) + 25 * PAGE_SIZE));
	for (u32 page = 26; page < 32; page++)
		assert_null(touch(g, picture(g) + page * PAGE_SIZE));
	assert_int_equal(shadow_fault(g->mem.shadow, picture(g) + 32 * PAGE_SIZE, 0).verdict,
			 SHADOW_WINDOW);
}

static void test_switch(void **state)
{
	(void)state;
	assert_true(start(&guest[0], 200, 130));
	assert_true(start(&guest[1], 160, 100));
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
	die(&guest[0]);
	assert_ptr_equal(screen_shown(), guest[1].bus);
	assert_int_equal(screen_bytes[5], guest[1].page[0]);
	check_all(&guest[1]);
	die(&guest[1]);
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
	assert_true(start(g, 200, 130));
	for (u32 p = 0; p < g->pages; p++)
		draw(g, p, (u8)(p + 1));
	home = picture(g);
	away = home + 64 * g->bar_bytes;
	frames = g->owner.frames;
	for (u32 i = 0; i < 2000; i++) {
		gva_t to = i % 2 ? home : away + (i & 8) * g->bar_bytes;

		cfg_out(g, PCI_BAR2, to);
		assert_null(gmem_find(&g->mem, (i % 2 ? away : home) >> PAGE_SHIFT));
		check_page(g, i % g->pages);
	}
	assert_int_equal(g->owner.frames, frames);
	cfg_out(g, PCI_BAR2, 0);
	assert_int_equal(gmem_find(&g->mem, 0)->kind, SLOT_RAM);
	cfg_out(g, PCI_BAR2, cfg_in(g, PCI_BAR0)); /* rounded down: over RAM or the window */
	assert_int_equal(gmem_find(&g->mem, cfg_in(g, PCI_BAR0) >> PAGE_SHIFT)->kind, SLOT_WINDOW);
	assert_null(gmem_find(&g->mem, home >> PAGE_SHIFT));
	cfg_out(g, PCI_BAR2, home);
	check_all(g);
	cfg_out(g, PCI_COMMAND, 0);
	assert_null(gmem_find(&g->mem, home >> PAGE_SHIFT));
	assert_int_equal(shadow_fault(g->mem.shadow, home, 0).verdict, SHADOW_WINDOW);
	/* Nobody is told when the screen goes away and comes back meanwhile. */
	assert_true(start(&guest[1], 160, 100));
	assert_true(screen_show(guest[1].bus));
	cfg_out(g, PCI_COMMAND, PCI_COMMAND_MEMORY);
	check_all(g);
	cfg_out(g, PCI_COMMAND, 0);
	assert_true(screen_show(g->bus));
	cfg_out(g, PCI_COMMAND, PCI_COMMAND_MEMORY);
	check_all(g);
}

static void test_too_large(void **state)
{
	struct guest_model *g = &guest[0];

	(void)state;
	assert_false(start(g, 1600, 1200));
	assert_false(g->alive);
	assert_int_equal(frame_free_count(), free_before);
}

static void test_every_allocation_may_fail(void **state)
{
	u32 calls, n;

	(void)state;
	assert_true(start(&guest[1], 160, 100));
	draw(&guest[1], 3, 33);
	calls = frame_alloc_calls();
	assert_true(start(&guest[0], 200, 130));
	calls = frame_alloc_calls() - calls;
	die(&guest[0]);
	for (n = 1; n <= calls; n++) {
		u32 before = frame_free_count();

		frame_fail_after(n);
		assert_false(start(&guest[0], 200, 130));
		assert_int_equal(frame_free_count(), before);
		assert_ptr_equal(screen_shown(), guest[1].bus);
	}
	frame_fail_after(0);
	check_page(&guest[1], 3);
}

static void move_somewhere(struct guest_model *g)
{
	gva_t to = g->mode.address + rnd(4) * g->bar_bytes;

	switch (rnd(4)) {
	case 0: /* as Linux sizes it */
		cfg_out(g, PCI_COMMAND, 0);
		cfg_out(g, PCI_BAR2, 0xffffffffu);
		cfg_out(g, PCI_BAR2, to);
		cfg_out(g, PCI_COMMAND, PCI_COMMAND_MEMORY);
		break;
	case 1:
		cfg_out(g, PCI_BAR2, 0xffffffffu);
		cfg_out(g, PCI_BAR2, to);
		break;
	default:
		cfg_out(g, PCI_BAR2, to);
	}
}

static void one_step(struct guest_model *g)
{
	static const struct {
		u32 width, height;
	} size[] = {{160, 100}, {200, 130}, {320, 120}, {40, 20}};
	u32 s = rnd(ARRAY_LEN(size)), what = rnd(100);

	if (!g->alive) {
		if (what < 5)
			frame_fail_after(1 + rnd(150));
		(void)start(g, size[s].width, size[s].height);
		frame_fail_after(0);
	} else if (what < 55) {
		draw(g, rnd(g->pages), (u8)rnd(256));
	} else if (what < 80) {
		check_page(g, rnd(g->pages));
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
		die(g);
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
		struct guest_model *g = &guest[rnd(GUESTS)];
		bool was = g->alive;

		one_step(g);
		starts += g->alive && !was;
		if (g->alive && step % 16 == 0)
			check_counts(g);
	}
	assert_true(screen_switches() - switches > 5000);
	assert_true(starts > 300);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
