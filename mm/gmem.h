/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's physical memory: sorted slots, and the one door to its RAM. For the rooms that read or
 * write a guest's memory; none of them sees how it is translated (mm/pager.h).
 */
#ifndef MM_GMEM_H
#define MM_GMEM_H

#include "mm/frame.h"

/* ---- Guest physical memory (mm/gmem.c) --------------------------------------------------- */

enum slot_kind {
	SLOT_RAM,    /* frames found through gmem.frames */
	SLOT_WINDOW, /* every access traps to ops->read and ops->write */
	SLOT_DEVICE, /* real memory that is not the guest's own: mapped page by page on first touch
		      */
};

struct gmem;

/* What a first touch may answer. */
enum touch {
	TOUCH_RETRY,  /* look again: the handler has changed something (or has not: it is asked a
		       * few times, then the guest gets its fault) */
	TOUCH_REFUSE, /* the guest gets a page fault */
};

struct slot_ops {
	const char *name;
	/* size is 1, 2 or 4; gpa is inside the slot and the access does not leave it. */
	u32 (*read)(void *ctx, gpa_t gpa, unsigned size);
	void (*write)(void *ctx, gpa_t gpa, unsigned size, u32 value);
	/* SLOT_DEVICE: the guest touched a page that is nowhere. May map pages with gmem_place(),
	 * add and remove slots, end the guest. */
	enum touch (*fault)(void *ctx, struct gmem *m, gfn_t gfn, bool write);
};

struct slot {
	gfn_t base;
	u32 pages;
	enum slot_kind kind;
	enum cache_type cache; /* how a SLOT_DEVICE must be mapped; the others are always cached */
	const struct slot_ops *ops;
	void *ctx;
	pfn_t *place; /* SLOT_DEVICE: the frame behind each page; n = 0: nowhere. The maker's own,
			 or NULL: gmem_add_slot makes it */
	bool ram;     /* SLOT_DEVICE: the frames are RAM of ours at present: `cache` is asked of the
			 guest all the same, but the mapping is a cached one */
	u32 mapped;   /* SLOT_DEVICE: shadow entries that map its pages now */
};

#define GMEM_SLOTS 40

struct gmem {
	struct frame_owner *owner;
	struct slot slot[GMEM_SLOTS]; /* sorted by base, never overlapping */
	u32 slots;
	u32 ram_pages; /* RAM is [0, ram_pages) */
	u32 scrubbed;  /* of which that many are cleared */
	pfn_t *frames; /* gfn -> frame, ram_pages entries */
	struct arena *arena;
	struct shadow *shadow; /* what caches our translations; NULL: nothing yet */
	const struct gmem_cache_ops *cache;
};

/* What a cache of translations must do for the memory it is over. */
struct gmem_cache_ops {
	/* Be ready to find the users of so many device pages more. False: no memory. */
	bool (*reserve)(struct shadow *s, struct arena *a, u32 pages);
	/* Forget these device pages, wherever they are mapped. */
	void (*revoke)(struct shadow *s, gfn_t first, u32 count);
};

/* Give the guest `bytes` (page multiple) of RAM at 0, not yet cleared. On failure nothing is
 * held. */
MUST_CHECK enum hv_status gmem_init(struct gmem *m, struct arena *a, struct frame_owner *o,
				    u32 bytes);
/* Clear so many pages more of it. True: all is clear, and a guest may have it. */
bool gmem_scrub(struct gmem *m, u32 pages);
void gmem_release(struct gmem *m);
/* HV_BUSY: overlaps another one; HV_BADARG: empty or past 4 GiB; HV_NOMEM. */
MUST_CHECK enum hv_status gmem_add_slot(struct gmem *m, const struct slot *s);
/* Take a slot away (not RAM), whatever maps it first. False: there is none with this base. */
bool gmem_remove_slot(struct gmem *m, gfn_t base);
/* Valid until slots are added or removed. NULL: a hole. */
const struct slot *gmem_find(const struct gmem *m, gfn_t gfn);
/* The same, quick for the first slot above RAM: that is the bus's window, as a rule. */
static inline const struct slot *gmem_find_window(const struct gmem *m, gfn_t gfn)
{
	const struct slot *s = &m->slot[1];

	return m->slots > 1 && gfn - s->base < s->pages ? s : gmem_find(m, gfn);
}
/* gmem_find() for those who keep the slot's accounts. */
static inline struct slot *gmem_slot(struct gmem *m, gfn_t gfn)
{
	return (struct slot *)(uintptr_t)gmem_find(m, gfn);
}

/* A page of a SLOT_DEVICE is at this frame from now on (n = 0: nowhere). What maps it now is
 * revoked. The frame must stay valid until it is placed elsewhere or the slot goes. */
void gmem_place(struct gmem *m, gfn_t gfn, pfn_t frame);
/* All pages of the SLOT_DEVICE at this base are nowhere from now on, and revoked. `ram`: of what
 * kind the frames are that will be placed there next. */
void gmem_clear(struct gmem *m, gfn_t base, bool ram);
/* The frame behind a page of a SLOT_DEVICE, its first-touch handler asked when it is nowhere.
 * False: it stays nowhere, or gfn is not in such a slot. Slots may have changed meanwhile. */
MUST_CHECK bool gmem_touch(struct gmem *m, gfn_t gfn, bool write, pfn_t *at);
/* Take [first, first+count) away from every shadow table: the next access faults again. The
 * places stay. For all pages: followed by gmem_place() they come back from elsewhere. */
void gmem_unmap(struct gmem *m, gfn_t first, u32 count);

/* The one door to guest RAM: false, and nothing done, when any byte of [at, at+len) is not
 * RAM. len may be any 32-bit value; a wrap is refused. */
MUST_CHECK bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len);
MUST_CHECK bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len);
bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len);
/* [at, at+len) where that is quickly seen to be RAM: within a page, in a low frame. NULL: it may be
 * all the same. */
static inline u8 *guest_near(const struct gmem *m, gpa_t at, u32 len)
{
	gfn_t gfn = at >> PAGE_SHIFT;

	if (gfn >= m->ram_pages || len > PAGE_SIZE - (at & ~PAGE_MASK) ||
	    !frame_is_low(m->frames[gfn]))
		return NULL;
	return (u8 *)frame_ptr(m->frames[gfn]) + (at & ~PAGE_MASK);
}

/* guest_read() and guest_write() of an object whose size the compiler knows. */
static inline bool guest_read_object(const struct gmem *m, gpa_t at, void *dst, u32 len)
{
	const u8 *near = guest_near(m, at, len);

	if (!near)
		return guest_read(m, at, dst, len);
	__builtin_memcpy(dst, near, len);
	/* A disk may write there at any moment: the copy is what is judged, and what is used. */
	__asm__ volatile("" ::: "memory");
	return true;
}

static inline bool guest_write_object(struct gmem *m, gpa_t at, const void *src, u32 len)
{
	u8 *near = guest_near(m, at, len);

	if (!near)
		return guest_write(m, at, src, len);
	__builtin_memcpy(near, src, len);
	return true;
}
#define GUEST_GET(m, at, object) guest_read_object((m), (at), &(object), sizeof(object))
#define GUEST_PUT(m, at, object) guest_write_object((m), (at), &(object), sizeof(object))

/* The same for an aligned word, which the hot paths live on. */
static inline bool guest_get32(const struct gmem *m, gpa_t at, u32 *value)
{
	const u8 *page;

	if (at >> PAGE_SHIFT >= m->ram_pages || at & 3)
		return false;
	page = frame_map(m->frames[at >> PAGE_SHIFT]);
	*value = *(const volatile u32 *)(const void *)(page + (at & ~PAGE_MASK));
	frame_unmap(page);
	return true;
}

static inline bool guest_set32(struct gmem *m, gpa_t at, u32 value)
{
	u8 *page;

	if (at >> PAGE_SHIFT >= m->ram_pages || at & 3)
		return false;
	page = frame_map(m->frames[at >> PAGE_SHIFT]);
	*(volatile u32 *)(void *)(page + (at & ~PAGE_MASK)) = value;
	frame_unmap(page);
	return true;
}

/* Where guest RAM lies for hardware that reads or writes it by itself. */
struct stretches {
	struct stretch *list; /* `room` of them */
	u32 room, count;
	u32 bytes; /* in all */
};
/* The same door for such hardware: append [at, at+len), or as much of it as there is room for. The
 * frames stay the guest's until gmem_release(). */
MUST_CHECK bool guest_stretches(const struct gmem *m, gpa_t at, u32 len, struct stretches *to);
/* Copy `len` bytes between memory of ours and the beginning of such a list. */
void stretches_copy(const struct stretch *list, u32 count, void *buf, u32 len, bool to_list);

/* A pointer to [at, at+len), which must not leave its page; NULL otherwise. Give it back
 * with guest_ptr_put() before the next guest_ptr of the same caller's caller. */
MUST_CHECK void *guest_ptr(struct gmem *m, gpa_t at, u32 len);
void guest_ptr_put(void *p);

#endif
