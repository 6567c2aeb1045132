/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory: physical frames, arenas, the host address space, a guest's physical memory (slots)
 * and its shadow page tables. This is the room's one header; mm/ calls nothing above it.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "lib/base.h"

/* ---- Physical frames (mm/frame.c) ------------------------------------------------------- */

/* Whoever holds frames is an owner: a guest, or a part of the hypervisor. */
struct frame_owner {
	const char *name;
	u32 frames; /* held now */
	u32 limit;  /* never more than this; 0 = no limit */
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
void frame_free(struct frame_owner *o, pfn_t f);
void frame_free_run(struct frame_owner *o, pfn_t f, u32 count);
/* Is any byte of [start, end) RAM of the machine? */
bool frame_overlaps_ram(u64 start, u64 end);
u32 frame_free_count(void);
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

void *frame_map_high(pfn_t f);
void frame_unmap_high(void *p);

/* Any frame: valid until the matching frame_unmap, a few at a time, strictly nested. */
static inline void *frame_map(pfn_t f)
{
	return f.n < (u32)(LOW_LIMIT >> PAGE_SHIFT) ? frame_ptr(f) : frame_map_high(f);
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

/* ---- Page-table formats (mm/format.c) ---------------------------------------------------- */

/* Entry bits common to both formats (SDM vol. 3, 4.3 and 4.4). */
#define PTE_P	0x001u
#define PTE_W	0x002u
#define PTE_U	0x004u
#define PTE_PWT 0x008u
#define PTE_PCD 0x010u
#define PTE_A	0x020u
#define PTE_D	0x040u
#define PTE_PS	0x080u /* in a directory entry; PAT in a leaf */
#define PTE_G	0x100u
#define PTE_NX	0x8000000000000000ull

/* A table format is a value, not an #ifdef: levels are numbered from the leaf (0) upwards. */
struct pt_format {
	const char *name;
	u8 levels;	      /* 2 or 3 */
	u8 entry_bytes;	      /* 4 or 8 */
	u8 shift[3], bits[3]; /* where each level's index lies in an address */
	u64 frame_mask;	      /* address bits of an entry */
	u32 top_align;	      /* alignment of the top-level table, bytes */
	u64 illegal[3];	      /* per level: bits that must be 0 in a present guest entry */
};

extern const struct pt_format pt_format_2level, pt_format_pae;

static inline u32 pt_index(const struct pt_format *f, unsigned level, gva_t va)
{
	return va >> f->shift[level] & ((1u << f->bits[level]) - 1u);
}

static inline u64 pt_get(const struct pt_format *f, const void *table, u32 index)
{
	return f->entry_bytes == 8 ? ((const volatile u64 *)table)[index]
				   : ((const volatile u32 *)table)[index];
}

/* A 64-bit entry is never seen half written as present: P lies in the low word, which is cleared
 * first and written last. */
static inline void pt_set(const struct pt_format *f, void *table, u32 index, u64 entry)
{
	volatile u32 *w = (volatile u32 *)table + index;

	if (f->entry_bytes == 8) {
		w += index;
		w[0] = 0;
		w[1] = (u32)(entry >> 32);
	}
	w[0] = (u32)entry;
}

/* ---- The host address space (mm/host.c): physical memory at its own address -------------- */

/* Build the 1:1 map of the RAM ranges (4 MiB pages where the CPU has PSE), text read-only, guard
 * pages, page 0 absent, and switch paging on. Chooses the shadow format: PAE where there is
 * PAE. The hypervisor's own switcher pages are mapped too. Panics when memory is too small. */
void host_space_init(const struct ram_range *ram, u32 n);
/* Map a stretch of device memory and return its address; NULL when out of memory. */
void *host_map_device(u64 phys, u32 bytes, enum cache_type cache);
/* PWT and PCD for a page-table entry; write-combining becomes uncached on a CPU without PAT. */
u64 host_cache_bits(enum cache_type cache);
u32 host_root(void); /* CR3 of the hypervisor */
const struct pt_format *shadow_format(void);
/* Are pages without execution to be had (EFER.NXE is set then; SDM vol. 3, 4.1.4)? */
bool host_nx(void);

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

/* A pointer to [at, at+len), which must not leave its page; NULL otherwise. Give it back
 * with guest_ptr_put() before the next guest_ptr of the same caller's caller. */
MUST_CHECK void *guest_ptr(struct gmem *m, gpa_t at, u32 len);
void guest_ptr_put(void *p);

/* ---- Shadow page tables (mm/shadow.c and friends) ---------------------------------------- */

struct shadow;

enum shadow_verdict {
	SHADOW_OK,	/* filled: let the guest try again */
	SHADOW_REFLECT, /* the guest's own fault; `error` is what the CPU would have pushed */
	SHADOW_WINDOW,	/* trapped slot: emulate the instruction; `gpa` is where it goes */
	SHADOW_KILL,	/* illegal guest tables; `why` says what */
};

struct shadow_result {
	enum shadow_verdict verdict;
	u32 error;
	gpa_t gpa;
	const char *why;
};

struct shadow_stats {
	u32 fills;    /* entries installed because the guest touched them */
	u32 prefills; /* entries installed ahead of a touch */
	u32 reflects, window;
	u32 hooks;	   /* tables used again after a flush had hidden them */
	u32 drops;	   /* entries a repair took away or changed */
	u32 revokes;	   /* device mappings taken away */
	u32 evictions;	   /* roots that gave way to another */
	u32 recycles;	   /* tables taken back because the pool was empty */
	u32 tables, roots; /* frames in use as leaf tables / cached roots */
};

/* `pool` frames at most are used for tables (bounded by what the owner may hold). `special` are
 * the switcher's frames: code, this vcpu's state page, its register page. Starts in linear mode. */
MUST_CHECK struct shadow *shadow_create(struct arena *a, struct gmem *m, u32 pool,
					const pfn_t special[3]);
void shadow_destroy(struct shadow *s);	/* gives all frames back */
u32 shadow_cr3(const struct shadow *s); /* for the CPU, of the current root */

/* The guest's table format; must be set before the first NEW_PGTABLE is carried out. */
void shadow_set_format(struct shadow *s, const struct pt_format *f);
const struct pt_format *shadow_guest_format(const struct shadow *s);
/* Everything at or above is the same in every guest root. 4 MiB aligned, below the reserve. */
void shadow_set_kernel_base(struct shadow *s, gva_t base);

/* Room for the reverse map of device slots; false: no memory. gmem_add_slot() sees to it. */
MUST_CHECK bool shadow_reserve_rmap(struct shadow *s, struct arena *a, u32 pages);
/* Clear every shadow entry that maps these device pages, in all roots. See gmem_unmap(). */
void shadow_revoke(struct shadow *s, gfn_t first, u32 count);

/* Each returns NULL, or the reason why the guest must die. */
const char *shadow_new_pgtable(struct shadow *s, gpa_t top);
const char *shadow_set_pte(struct shadow *s, gpa_t top, gva_t va);
const char *shadow_set_pgd(struct shadow *s, gpa_t top, u32 index);
const char *shadow_set_pmd(struct shadow *s, gpa_t page, u32 index);
void shadow_flush_user(struct shadow *s);
void shadow_flush_all(struct shadow *s);
void shadow_invalidate_page(struct shadow *s, gva_t va); /* current root only, like INVLPG */

/* Resolve the page fault (va, error as pushed by the CPU). */
struct shadow_result shadow_fault(struct shadow *s, gva_t va, u32 error);
/* Make a page present and writable in the shadow now; NULL or the reason it is impossible. */
const char *shadow_pin(struct shadow *s, gva_t va);
/* Translate as an access of the guest would (rights of PF_WRITE | PF_USER | PF_FETCH in `access`
 * checked, accessed/dirty set). Works in linear mode. False: `*error` is the page-fault error code.
 */
MUST_CHECK bool shadow_translate(struct shadow *s, gva_t va, u32 access, gpa_t *gpa, u32 *error);
/* The same without side effects on the guest's tables, rights ignored. */
MUST_CHECK bool shadow_peek(struct shadow *s, gva_t va, gpa_t *gpa);
/* For the bytes of an instruction that the CPU began to execute: only with NX is there something
 * that it may not have checked. `access`: 0 or PF_USER. */
MUST_CHECK bool shadow_fetch(struct shadow *s, gva_t va, u32 access, gpa_t *gpa, u32 *error);

bool shadow_linear(const struct shadow *s);
/* Does bit 63 of the guest's entries forbid execution? Else it is reserved, or not there. */
bool shadow_nx(const struct shadow *s);
const struct shadow_stats *shadow_stats(const struct shadow *s);
/* Call `show` for each run of present shadow entries of the current root (for `maps`). */
void shadow_walk(struct shadow *s, void (*show)(void *ctx, gva_t va, u32 pages, u64 first_entry),
		 void *ctx);

#endif
