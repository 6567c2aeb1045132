/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's memory: physical frames, who holds them, and arenas of them. For every room above
 * mm/.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include "lib/base.h"

/* ---- Physical frames (mm/frame.c) ------------------------------------------------------- */

/* Whoever holds frames is an owner: a guest, or a part of the hypervisor. */
struct frame_owner {
	const char *name;
	u32 frames; /* held now */
	u32 limit;  /* never more than this; 0 = no limit */
};

/* Memory as the machine's hardware names it. */
struct stretch {
	u64 at;
	u32 bytes;
};

/* One stretch of usable RAM, page aligned, in bytes; given by boot/ in ascending order. */
struct ram_range {
	u64 start, end;
};

/* Take over all frames of the ranges. `reserved` are stretches inside them (our image, modules)
 * that stay allocated for ever. Places its own bitmap. */
void frame_init(const struct ram_range *ram, u32 n, const struct ram_range *reserved, u32 nres);

/* One frame, zeroed. `low`: must be reachable by frame_ptr(). HV_NOMEM changes nothing. */
MUST_CHECK enum hv_status frame_alloc(struct frame_owner *o, bool low, pfn_t *out);
/* `count` frames for a guest's RAM, with whatever was last in them: none may be seen before
 * frame_clear(). HV_NOMEM changes nothing. */
MUST_CHECK enum hv_status frame_alloc_many(struct frame_owner *o, pfn_t *out, u32 count);
void frame_free_many(struct frame_owner *o, const pfn_t *f, u32 count);
void frame_clear(pfn_t f);
/* `count` (1..) physically contiguous low frames, zeroed. */
MUST_CHECK enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out);
/* So many contiguous low frames, zeroed, the first one's number a multiple of it. */
#define FRAME_BLOCK 32u
MUST_CHECK enum hv_status frame_alloc_block(struct frame_owner *o, pfn_t *out);
void frame_free(struct frame_owner *o, pfn_t f);
void frame_free_run(struct frame_owner *o, pfn_t f, u32 count);
/* Is any byte of [start, end) RAM of the machine? */
bool frame_overlaps_ram(u64 start, u64 end);
u32 frame_free_count(void);
u32 frame_free_low_count(void); /* of those, for tables */
u32 frame_total_count(void);

/* Test hook: the n-th allocation from now (1 = the next) fails once; 0 = off. */
void frame_fail_after(u32 n);
/* Allocations asked for since boot: the range for frame_fail_after. */
u32 frame_alloc_calls(void);

/* Frames below are in the 1:1 map; those above 4 GiB (PAE) come through a small window. */
#define LOW_LIMIT   ((u64)0xfe000000u) /* local APIC and firmware lie above */
#define WINDOW_BASE 0xff800000u

/* The hypervisor's pointer to a low frame. Never for a frame that may be high. */
static inline void *frame_ptr(pfn_t f)
{
	return (void *)(uintptr_t)(f.n << PAGE_SHIFT);
}

static inline bool frame_is_low(pfn_t f)
{
	return f.n < (u32)(LOW_LIMIT >> PAGE_SHIFT);
}

void *frame_map_high(pfn_t f);
void frame_unmap_high(void *p);

/* Any frame: valid until the matching frame_unmap, a few at a time, strictly nested. */
static inline void *frame_map(pfn_t f)
{
	return frame_is_low(f) ? frame_ptr(f) : frame_map_high(f);
}

static inline void frame_unmap(const void *p)
{
	if ((uintptr_t)p >= WINDOW_BASE)
		frame_unmap_high((void *)(uintptr_t)p);
}

enum cache_type { CACHE_WB, CACHE_WT, CACHE_WC, CACHE_UC };

/* Memory of a device, like frame_map(). */
void *frame_map_device(pfn_t f, enum cache_type cache);

/* ---- Arenas (mm/arena.c): memory that lives and dies with its owner ---------------------- */

struct arena {
	struct frame_owner *owner;
	struct arena_chunk *chunks;
};

void arena_init(struct arena *a, struct frame_owner *o);
/* Zeroed, 16-byte aligned; page aligned when bytes >= PAGE_SIZE. NULL when out of memory. */
MUST_CHECK void *arena_alloc(struct arena *a, size_t bytes);
void arena_release(struct arena *a); /* gives every frame back; the arena is empty after it */

#endif
