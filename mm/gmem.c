/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's physical memory: a sorted list of slots, RAM found frame by frame through an array.
 * guest_read(), guest_write() and guest_ptr() are the one door through which a guest-supplied
 * address becomes a pointer, guest_stretches() the one through which it gets to a device.
 */
#include "mm/gmem.h"
#include "lib/log.h"
#include "lib/string.h"

enum hv_status gmem_init(struct gmem *m, struct arena *a, struct frame_owner *o, u32 bytes)
{
	static const struct slot_ops ram_ops = {.name = "ram"};
	u32 pages = bytes >> PAGE_SHIFT;
	struct slot ram = {.pages = pages, .kind = SLOT_RAM, .cache = CACHE_WB, .ops = &ram_ops};

	memset(m, 0, sizeof(*m));
	m->owner = o;
	m->arena = a;
	if (!pages || bytes & ~PAGE_MASK)
		return HV_BADARG;
	m->frames = arena_alloc(a, pages * sizeof(*m->frames));
	if (!m->frames)
		return HV_NOMEM;
	if (frame_alloc_many(o, m->frames, pages) != HV_OK)
		return HV_NOMEM;
	m->ram_pages = pages;
	return gmem_add_slot(m, &ram);
}

bool gmem_scrub(struct gmem *m, u32 pages)
{
	for (; pages && m->scrubbed < m->ram_pages; pages--)
		frame_clear(m->frames[m->scrubbed++]);
	return m->scrubbed == m->ram_pages;
}

void gmem_release(struct gmem *m)
{
	if (m->ram_pages) /* else it may never have been made: of a guest that was left out */
		frame_free_many(m->owner, m->frames, m->ram_pages);
	m->ram_pages = 0;
	m->slots = 0;
}

/* New pages begin nowhere; the reverse map must exist before the first of them is mapped. */
static bool device_slot_make(struct gmem *m, struct slot *s)
{
	u32 pages = s->pages;

	for (u32 i = 0; i < m->slots; i++)
		pages += m->slot[i].kind == SLOT_DEVICE ? m->slot[i].pages : 0;
	if (!m->shadow || !m->cache->reserve(m->shadow, m->arena, pages))
		return false;
	s->mapped = 0;
	if (!s->place)
		s->place = arena_alloc(m->arena, s->pages * sizeof(*s->place));
	return s->place;
}

enum hv_status gmem_add_slot(struct gmem *m, const struct slot *s)
{
	struct slot copy = *s;
	u32 at = 0;

	if (!s->pages || s->pages > 1u << 20 || s->base > (1u << 20) - s->pages)
		return HV_BADARG;
	if (m->slots == GMEM_SLOTS)
		return HV_NOMEM;
	while (at < m->slots && m->slot[at].base < s->base)
		at++;
	if (at && m->slot[at - 1].base + m->slot[at - 1].pages > s->base)
		return HV_BUSY;
	if (at < m->slots && s->base + s->pages > m->slot[at].base)
		return HV_BUSY;
	if (s->kind == SLOT_DEVICE && !device_slot_make(m, &copy))
		return HV_NOMEM;
	memmove(&m->slot[at + 1], &m->slot[at], (m->slots - at) * sizeof(*s));
	m->slot[at] = copy;
	m->slots++;
	return HV_OK;
}

bool gmem_remove_slot(struct gmem *m, gfn_t base)
{
	struct slot *s = gmem_slot(m, base);

	if (!s || s->base != base || s->kind == SLOT_RAM)
		return false;
	gmem_unmap(m, base, s->pages);
	m->slots--;
	memmove(s, s + 1, (size_t)(&m->slot[m->slots] - s) * sizeof(*s));
	return true;
}

void gmem_unmap(struct gmem *m, gfn_t first, u32 count)
{
	if (m->shadow)
		m->cache->revoke(m->shadow, first, count);
}

void gmem_place(struct gmem *m, gfn_t gfn, pfn_t frame)
{
	struct slot *s = gmem_slot(m, gfn);

	BUG_ON(!s || s->kind != SLOT_DEVICE);
	if (s->place[gfn - s->base].n == frame.n)
		return;
	gmem_unmap(m, gfn, 1);
	s->place[gfn - s->base] = frame;
}

void gmem_clear(struct gmem *m, gfn_t base, bool ram)
{
	struct slot *s = gmem_slot(m, base);

	BUG_ON(!s || s->kind != SLOT_DEVICE || s->base != base);
	gmem_unmap(m, base, s->pages);
	memset(s->place, 0, s->pages * sizeof(*s->place));
	s->ram = ram;
}

const struct slot *gmem_find(const struct gmem *m, gfn_t gfn)
{
	for (u32 i = 0; i < m->slots; i++)
		if (gfn - m->slot[i].base < m->slot[i].pages)
			return &m->slot[i];
	return NULL;
}

/* How often a first-touch handler is asked about one touch. */
#define TOUCH_TRIES 4

bool gmem_touch(struct gmem *m, gfn_t gfn, bool write, pfn_t *at)
{
	/* The handler may do what it likes to the slots, so everything is looked up anew. */
	for (u32 i = 0; i <= TOUCH_TRIES; i++) {
		const struct slot *s = gmem_find(m, gfn);

		if (!s || s->kind != SLOT_DEVICE)
			return false;
		*at = s->place[gfn - s->base];
		if (at->n)
			return true;
		if (i == TOUCH_TRIES || !s->ops->fault ||
		    s->ops->fault(s->ctx, m, gfn, write) == TOUCH_REFUSE)
			return false;
	}
	return false;
}

bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len)
{
	u64 ram = (u64)m->ram_pages << PAGE_SHIFT;

	return len <= ram && at <= ram - len;
}

void *guest_ptr(struct gmem *m, gpa_t at, u32 len)
{
	u32 offset = at & ~PAGE_MASK;
	u8 *near = guest_near(m, at, len);

	if (near)
		return near;
	if (!guest_ram_ok(m, at, len) || len > PAGE_SIZE - offset)
		return NULL;
	if (at >> PAGE_SHIFT >= m->ram_pages) /* an empty stretch at the very end */
		return NULL;
	return (u8 *)frame_map(m->frames[at >> PAGE_SHIFT]) + offset;
}

void guest_ptr_put(void *p)
{
	frame_unmap(p);
}

/* Copy page by page; the range was checked. */
static void copy(const struct gmem *m, gpa_t at, u8 *buf, u32 len, bool to_guest)
{
	while (len) {
		u32 offset = at & ~PAGE_MASK, n = MIN(len, PAGE_SIZE - offset);
		u8 *p = (u8 *)frame_map(m->frames[at >> PAGE_SHIFT]) + offset;

		if (to_guest)
			memcpy(p, buf, n);
		else
			memcpy(buf, p, n);
		frame_unmap(p);
		at += n;
		buf += n;
		len -= n;
	}
}

bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len)
{
	const u8 *near = guest_near(m, at, len);

	if (near) {
		memcpy(dst, near, len);
		return true;
	}
	if (!guest_ram_ok(m, at, len))
		return false;
	copy(m, at, dst, len, false);
	return true;
}

bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len)
{
	u8 *near = guest_near(m, at, len);

	if (near) {
		memcpy(near, src, len);
		return true;
	}
	if (!guest_ram_ok(m, at, len))
		return false;
	copy(m, at, (u8 *)(uintptr_t)src, len, true);
	return true;
}

static void append(struct stretches *to, u64 at, u32 bytes)
{
	struct stretch *last = &to->list[to->count ? to->count - 1 : 0];

	if (to->count && last->at + last->bytes == at)
		last->bytes += bytes;
	else
		to->list[to->count++] = (struct stretch){at, bytes};
	to->bytes += bytes;
}

bool guest_stretches(const struct gmem *m, gpa_t at, u32 len, struct stretches *to)
{
	if (!guest_ram_ok(m, at, len) || len > 0xffffffffu - to->bytes)
		return false;
	while (len && to->count < to->room) {
		u32 offset = at & ~PAGE_MASK, n = MIN(len, PAGE_SIZE - offset);

		append(to, ((u64)m->frames[at >> PAGE_SHIFT].n << PAGE_SHIFT) + offset, n);
		at += n;
		len -= n;
	}
	return true;
}
