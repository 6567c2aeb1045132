/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arenas: a guest's descriptors, tables and device buffers are taken from one and go together
 * when it ends, so nothing of a dead guest can be forgotten.
 */
#include "mm/frame.h"

#define ARENA_ALIGN 16u
#define CHUNK_PAGES 4u

struct arena_chunk {
	struct arena_chunk *next;
	pfn_t frame;
	u32 pages;
	u32 used; /* bytes, this header included */
};

_Static_assert((ARENA_ALIGN & (ARENA_ALIGN - 1)) == 0 && ARENA_ALIGN >= sizeof(u64),
	       "any type may lie in an arena");
_Static_assert(sizeof(struct arena_chunk) <= PAGE_SIZE, "a header takes a page at most");

void arena_init(struct arena *a, struct frame_owner *o)
{
	a->owner = o;
	a->chunks = NULL;
}

static struct arena_chunk *add_chunk(struct arena *a, u32 pages)
{
	struct arena_chunk *c;
	pfn_t f;

	if (frame_alloc_run(a->owner, pages, &f) != HV_OK)
		return NULL;
	c = frame_ptr(f);
	c->frame = f;
	c->pages = pages;
	c->used = ALIGN_UP((u32)sizeof(*c), ARENA_ALIGN);
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

/* Big pieces get a chunk of their own, the header on a page before them. */
static void *alloc_pages(struct arena *a, size_t bytes)
{
	struct arena_chunk *c = add_chunk(a, 1 + (u32)((bytes + PAGE_SIZE - 1) / PAGE_SIZE));

	if (!c)
		return NULL;
	c->used = c->pages * PAGE_SIZE;
	return (char *)c + PAGE_SIZE;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_chunk *c;
	void *p;

	if (bytes >= PAGE_SIZE)
		return bytes > MIB(64) ? NULL : alloc_pages(a, bytes);
	bytes = ALIGN_UP(bytes, (size_t)ARENA_ALIGN);
	for (c = a->chunks; c; c = c->next)
		if (bytes <= c->pages * PAGE_SIZE - c->used)
			break;
	if (!c)
		c = add_chunk(a, CHUNK_PAGES);
	if (!c)
		return NULL;
	p = (char *)c + c->used;
	c->used += (u32)bytes;
	return p;
}

void arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		frame_free_run(a->owner, c->frame, c->pages);
	}
	a->chunks = NULL;
}
