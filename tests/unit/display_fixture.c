/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See display_fixture.h. */
#include "tests/unit/display_fixture.h"
#include "devices/host/framebuffer.h"
#include "devices/screen.h"
#include "lib/x86.h"
#include "tests/unit/fake_host.h"

#include <stdio.h>
#include <string.h>

u8 screen_bytes[FB_PAGES * PAGE_SIZE];
u32 mode_width, mode_height, modes_set;

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

struct guest_model guest[GUESTS];

u32 rnd_state = 1, free_before;

u32 random_below(u32 n)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 17;
	rnd_state ^= rnd_state << 5;
	return rnd_state % n;
}

static const struct bus_ops no_ops;

bool guest_start(struct guest_model *g, u32 width, u32 height)
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
		guest_die(g);
		return false;
	}
	assert_true(bus_display(g->bus, &g->mode));
	g->pages = (width * 4 * height + PAGE_SIZE - 1) / PAGE_SIZE;
	for (g->bar_bytes = PAGE_SIZE; g->bar_bytes < g->pages * PAGE_SIZE;)
		g->bar_bytes *= 2;
	return true;
}

void guest_die(struct guest_model *g)
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

int display_setup(void **state)
{
	(void)state;
	host_reset(2000, 0, &pt_format_pae);
	memset(guest, 0, sizeof(guest));
	memset(screen_bytes, 0xee, sizeof(screen_bytes));
	modes_set = 0;
	free_before = frame_free_count();
	return 0;
}

int display_teardown(void **state)
{
	(void)state;
	frame_fail_after(0);
	for (u32 i = 0; i < GUESTS; i++)
		if (guest[i].alive)
			guest_die(&guest[i]);
	assert_null(screen_shown());
	assert_int_equal(frame_free_count(), free_before);
	return 0;
}

u32 register_in(struct guest_model *g, u32 reg)
{
	bus_port_out(g->bus, 0xcf8, 4, 0x80000800u | reg);
	return bus_port_in(g->bus, 0xcfc, 4);
}

void register_out(struct guest_model *g, u32 reg, u32 value)
{
	bus_port_out(g->bus, 0xcf8, 4, 0x80000800u | reg);
	bus_port_out(g->bus, 0xcfc, 4, value);
}

u64 entry_at(struct guest_model *g, gva_t va)
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

u8 *touch(struct guest_model *g, gva_t va)
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

gva_t picture(struct guest_model *g)
{
	return register_in(g, PCI_BAR2) & ~0xfu;
}

void draw(struct guest_model *g, u32 page, u8 byte)
{
	u8 *p = touch(g, picture(g) + page * PAGE_SIZE);

	assert_non_null(p);
	memset(p, byte, PAGE_SIZE);
	g->page[page] = byte;
}

void check_page(struct guest_model *g, u32 page)
{
	const u8 *p = touch(g, picture(g) + page * PAGE_SIZE);

	assert_non_null(p);
	assert_int_equal(p[0], g->page[page]);
	assert_int_equal(p[PAGE_SIZE - 1], g->page[page]);
	assert_true(memcmp(p, p + 1, PAGE_SIZE - 1) == 0);
}

void check_all(struct guest_model *g)
{
	for (u32 i = 0; i < g->pages; i++)
		check_page(g, i);
}
