/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fake_gmem.h. The doors to guest memory keep mm/gmem.h's promises, in the plainest way. */
#include "tests/unit/fake_gmem.h"

#include "lib/cpu.h"

#include <stdlib.h>
#include <string.h>

/* Tests that do not link lib/cpu.c get a CPU that has nothing. */
__attribute__((weak)) struct cpu_features cpu;

u32 fake_arena_fail;
void (*fake_after_read)(struct gmem *m, gpa_t at, u32 len);
u64 fake_accesses;

struct arena_chunk {
	struct arena_chunk *next;
	void *bytes;
};

void arena_init(struct arena *a, struct frame_owner *o)
{
	a->owner = o;
	a->chunks = NULL;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_chunk *c;

	if (fake_arena_fail && --fake_arena_fail == 0)
		return NULL;
	c = malloc(sizeof(*c));
	c->bytes = calloc(1, bytes);
	c->next = a->chunks;
	a->chunks = c;
	return c->bytes;
}

void arena_release(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *c = a->chunks;

		a->chunks = c->next;
		free(c->bytes);
		free(c);
	}
}

void fake_guest_init(struct fake_guest *g, u32 ram_pages)
{
	memset(g, 0, sizeof(*g));
	g->owner.name = "fake";
	arena_init(&g->arena, &g->owner);
	g->mem.owner = &g->owner;
	g->mem.ram_pages = ram_pages;
	/* No frame is at hand, so that every access comes through the doors. */
	g->mem.frames = malloc(ram_pages * sizeof(*g->mem.frames));
	for (u32 i = 0; i < ram_pages; i++)
		g->mem.frames[i].n = ~0u;
	g->ram = calloc(ram_pages, PAGE_SIZE);
}

void fake_guest_free(struct fake_guest *g)
{
	arena_release(&g->arena);
	free(g->mem.frames);
	free(g->ram);
	g->mem.frames = NULL;
}

u8 *fake_ram(const struct gmem *m)
{
	/* By the owner, which a copy of the struct has too. */
	return container_of(m->owner, struct fake_guest, owner)->ram;
}

bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len)
{
	u64 end = (u64)at + len;

	return end <= (u64)m->ram_pages << PAGE_SHIFT;
}

bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len)
{
	fake_accesses++;
	if (!guest_ram_ok(m, at, len))
		return false;
	memcpy(dst, fake_ram(m) + at, len);
	if (fake_after_read)
		fake_after_read((struct gmem *)(uintptr_t)m, at, len);
	return true;
}

bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len)
{
	fake_accesses++;
	if (!guest_ram_ok(m, at, len))
		return false;
	memcpy(fake_ram(m) + at, src, len);
	return true;
}

/* The machine's addresses are the guest's here, and no page lies beside another. */
bool guest_stretches(const struct gmem *m, gpa_t at, u32 len, struct stretches *to)
{
	if (!guest_ram_ok(m, at, len))
		return false;
	while (len && to->count < to->room) {
		u32 n = MIN(len, PAGE_SIZE - at % PAGE_SIZE);

		to->list[to->count++] = (struct stretch){at, n};
		to->bytes += n;
		at += n;
		len -= n;
	}
	return true;
}

void *guest_ptr(struct gmem *m, gpa_t at, u32 len)
{
	if (!guest_ram_ok(m, at, len) || at % PAGE_SIZE + len > PAGE_SIZE)
		return NULL;
	return fake_ram(m) + at;
}

void guest_ptr_put(void *p)
{
	(void)p;
}

enum hv_status gmem_add_slot(struct gmem *m, const struct slot *s)
{
	if (m->slots == GMEM_SLOTS)
		return HV_NOMEM;
	m->slot[m->slots++] = *s;
	return HV_OK;
}

const struct slot *gmem_find(const struct gmem *m, gfn_t gfn)
{
	for (u32 i = 0; i < m->slots; i++)
		if (gfn >= m->slot[i].base && gfn - m->slot[i].base < m->slot[i].pages)
			return &m->slot[i];
	return NULL;
}
