/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the shadow pager; private to mm/.
 *
 * The guest's tables are the truth, ours are a cache of them. A root is the shadow of one guest
 * top-level table. Seen from here every format is a flat row of directory slots, each covering
 * one leaf table (4 MiB with 2 levels, 2 MiB with PAE): slot = va >> sf->shift[1]. The slots at
 * and above kernel_base belong to `kernel`, a root without a guest table; all roots point at
 * its leaf tables, so a kernel mapping is changed once for all of them.
 *
 * After a flush all that is cached may be stale. What was used since the last one but one (the CPU
 * sets Accessed) is compared with the guest's at once; the rest is hidden: entries lose P and keep
 * their address until one of their group is used. So a flush costs what was used, and it looks at
 * no table, and at no group of entries, in which the CPU sees nothing.
 */
#ifndef MM_SHADOW_H
#define MM_SHADOW_H

#include "lib/log.h"
#include "mm/format.h"
#include "mm/pager.h"
#include "switcher/switcher.h"

#define DIR_TABLES   4 /* PAE: one a GiB; 2-level uses the first */
#define GROUP	     16u
#define GROUP_WORDS  2 /* a bit a group of the 1024 entries of the larger format */
#define SHADOW_ROOTS 16u
#define ROOTS_MAX    256u
#define ROOT_HASH    64u

/* What is known of a leaf table beside the table. */
struct leaf {
	struct leaf *next, **at; /* in one of its root's lists */
	struct root *root;
	u32 slot;
	u32 shown[GROUP_WORDS];	 /* groups with entries that the CPU sees */
	u32 filled[GROUP_WORDS]; /* groups with entries at all */
};

_Static_assert(GROUP * 32 * GROUP_WORDS == 1u << 10, "a bit for each group of the larger format");
_Static_assert(DIR_TABLES == 1u << 2, "a directory for each entry of a PAE top level");

struct root {
	bool live;
	bool stale;	       /* a FLUSH_TLB of everything came while another root was current */
	bool hashed;	       /* it can be found by its `top` */
	gpa_t top;	       /* the guest's table ... */
	u32 *table;	       /* ... and where that is; NULL: not in a low frame */
	u64 used;	       /* clock when it was last current */
	pfn_t pdpt;	       /* PAE: the four-entry top; n = 0 otherwise */
	pfn_t dir[DIR_TABLES]; /* n = 0: not there yet */
	struct leaf *shown, *hidden; /* its own leaf tables: does the CPU see something in them? */
	struct root *next;	     /* of the same hash */
};

/* Frames for tables come in blocks, aligned, so that a frame's address tells where its notes
 * are: on the first frame of the block. Free frames are all zero. */
#define BLOCK_FRAMES FRAME_BLOCK
#define BLOCK_BYTES  (BLOCK_FRAMES * PAGE_SIZE)

struct block {
	struct block *next;	 /* all of the pool */
	struct block *next_free; /* those with a free frame */
	u32 free;		 /* bit a frame */
	struct leaf leaf[BLOCK_FRAMES];
};
_Static_assert(sizeof(struct block) <= PAGE_SIZE, "the notes fit the first frame");

static inline struct leaf *leaf_of(const void *table)
{
	uintptr_t at = (uintptr_t)table;
	struct block *b = (struct block *)(at & ~(uintptr_t)(BLOCK_BYTES - 1));

	return &b->leaf[at / PAGE_SIZE % BLOCK_FRAMES];
}

static inline void *leaf_table(const struct leaf *l)
{
	uintptr_t block = (uintptr_t)l & ~(uintptr_t)(BLOCK_BYTES - 1);

	return (void *)(block + (size_t)(l - ((struct block *)block)->leaf) * PAGE_SIZE);
}

/* The reverse map of device pages (rmap.c). */
#define RMAP_MAX 8192u

struct rmap_node {
	u32 place; /* the shadow entry; 0 = free */
	gfn_t gfn;
	u16 next_place, next_gfn, prev_gfn;
};

struct rmap {
	struct rmap_node *node;
	u16 *by_place, *by_gfn; /* hash heads, `nodes` each */
	u32 nodes, used;
	u32 hand; /* the next node to give away */
};

struct shadow {
	struct gmem *mem;
	struct frame_owner *owner;
	const struct pt_format *gf, *sf; /* the guest's, ours */
	gva_t kernel_base;
	bool linear;
	u64 nx;	      /* PTE_NX where the guest's entries have it, else 0 */
	u32 reported; /* bits of an access that error codes repeat */
	u64 clock;
	struct root *root; /* all there may be: `roots` */
	u32 roots;
	struct root *hash[ROOT_HASH];
	struct root *current;
	u32 cr3; /* its address */
	struct root kernel;
	struct block *blocks, *free;
	u32 pool, in_use;	     /* frames, without those of the notes */
	u32 sure_blocks, max_blocks; /* taken at the start, and when there is plenty */
	u32 blocks_held;
	struct rmap rmap;
	struct shadow_stats stats;
};

/* Bits the CPU ignores. The entry maps a device page and has a node in the reverse map; it was used
 * before the last flush, if not since. */
#define SPTE_DEVICE 0x200u
#define SPTE_RECENT 0x400u
#define SPTE_USED   (PTE_A | SPTE_RECENT)
/* An entry that is hidden, whatever it maps. */
#define SPTE_HIDDEN PTE_D
_Static_assert(!(SPTE_HIDDEN & (PTE_P | SPTE_DEVICE)), "neither seen, nor with a node");
_Static_assert(PTE_D % PTE_W == 0 && PTE_D > PTE_W, "D is brought down to W by a division");
_Static_assert(!((SPTE_DEVICE | SPTE_RECENT) & ~0xe00u),
	       "bits 11:9 are ignored (SDM vol. 3, 4.3 and 4.4)");

static inline u32 slot_of(const struct shadow *s, gva_t va)
{
	return va >> s->sf->shift[1];
}

static inline u32 slot_count(const struct shadow *s)
{
	return 1u << (32 - s->sf->shift[1]);
}

static inline gva_t slot_va(const struct shadow *s, u32 slot)
{
	return slot << s->sf->shift[1];
}

static inline u32 leaf_entries(const struct shadow *s)
{
	return 1u << s->sf->bits[0];
}

static inline bool slot_is_kernel(const struct shadow *s, u32 slot)
{
	return slot >= slot_of(s, s->kernel_base);
}

static inline u64 dir_get(const struct shadow *s, const struct root *r, u32 slot)
{
	pfn_t d = r->dir[slot >> s->sf->bits[1]];

	return d.n ? pt_get(s->sf, frame_ptr(d), slot & ((1u << s->sf->bits[1]) - 1)) : 0;
}

/* The leaf table of a slot, or NULL when there is none. */
static inline void *leaf_find(const struct shadow *s, const struct root *r, u32 slot)
{
	u64 e = dir_get(s, slot_is_kernel(s, slot) ? &s->kernel : r, slot);

	return (void *)(uintptr_t)(e & s->sf->frame_mask);
}

/* A root's own, for the hot paths: what is the kernel's hangs there as well. */
SPECIALISED u32 *leaf_at(const struct pt_format *sf, const struct root *r, gva_t va)
{
	u32 slot = va >> sf->shift[1], *dir;
	pfn_t d = r->dir[slot >> sf->bits[1]];

	if (!d.n)
		return NULL;
	dir = frame_ptr(d);
	dir += (slot & ((1u << sf->bits[1]) - 1)) * (sf->entry_bytes / 4u);
	return (u32 *)(uintptr_t)(*dir & PAGE_MASK);
}

/* shadow_roots.c */
struct root *root_find(const struct shadow *s, gpa_t top);
void root_name(struct shadow *s, struct root *r, gpa_t top); /* it can be found from now on */
void root_forget(struct shadow *s, struct root *r);

/* shadow_pool.c: frames for tables and the tables that hang in a root */
bool pool_init(struct shadow *s, u32 frames);
void pool_release(struct shadow *s);
/* The leaf table of a slot, made when absent (*fresh then). May take tables from other roots or
 * other slots, never fails: shadow_create() sees to a pool that is large enough for one path. */
void *leaf_make(struct shadow *s, struct root *r, u32 slot, bool *fresh);
void leaf_drop(struct shadow *s, struct leaf *l);
/* The CPU sees an entry of this group from now on; nothing of the table any more. */
void leaf_show(struct leaf *l, u32 group);
void leaf_hide(struct leaf *l);
void root_make(struct shadow *s, struct root *r);
void root_drop(struct shadow *s, struct root *r);
void root_drop_leaves(struct shadow *s, struct root *r); /* all but the switcher's */
void kernel_release(struct shadow *s);			 /* all of it, at the end */

/* walk.c: the guest's own tables */
enum walk_end { WALK_OK, WALK_ABSENT, WALK_BAD };
struct walk {
	u64 pte;
	gpa_t table; /* the leaf table */
	gpa_t at;    /* the leaf entry */
	u32 rights;  /* of all levels above the leaf: see rights_below() */
	bool marked; /* the directory had its A bit before */
	const char *why;
};
/* Down to the leaf table of va. `touch`: set Accessed on the way, as the CPU would. */
enum walk_end walk_to_leaf(struct shadow *s, gpa_t top, gva_t va, bool touch, struct walk *w);
/* And the leaf entry; WALK_OK means present and legal. */
enum walk_end walk(struct shadow *s, gpa_t top, gva_t va, bool touch, struct walk *w);
/* Write Accessed/Dirty into the guest's leaf entry when they are missing. */
void walk_mark(struct shadow *s, struct walk *w, u32 bits);
bool table_ok(const struct shadow *s, gpa_t top);

/* NX is the one flag in a high word. Beside PTE_W and PTE_U, which every level must grant, rights
 * hold it at its place there, and any level can set it. */
#define RIGHT_NX ((u32)(PTE_NX >> 32))

_Static_assert(!(RIGHT_NX & (PTE_W | PTE_U)), "each right has a bit of its own");

SPECIALISED u32 rights_below(const struct pt_format *f, u32 rights, u64 entry)
{
	rights &= (u32)entry;
	return f->levels == 3 ? rights | ((u32)(entry >> 32) & RIGHT_NX) : rights;
}

/* NX for a leaf entry that was judged legal. */
SPECIALISED u64 entry_nx(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights)
{
	return f->levels == 3 ? (pte | (u64)rights << 32) & s->nx : 0;
}

/* The bits that must be 0. While EFER.NXE is clear bit 63 is one of them (SDM vol. 3, 4.4.2). */
SPECIALISED u64 entry_illegal(const struct pt_format *f, const struct shadow *s, unsigned level)
{
	return f->illegal[level] | (f->levels == 3 ? s->nx ^ PTE_NX : 0);
}

/* The part of spte_for() for a guest frame that is not RAM. */
u64 spte_for_device(const struct shadow *s, u64 gfn, u64 pte, u32 rights);
/* The cache bits of our entry for device memory of that type, or false when the guest's mapping, by
 * its own entry, does not fit. */
bool device_cache_bits(enum cache_type slot, u64 pte, u64 *bits);

/* The shadow entry for a guest leaf entry, or 0 when its next use must trap: absent, never
 * accessed, not RAM. Write access only when the guest's entry is dirty. Without Accessed: that is
 * set by the CPU, and tells a flush what is in use. */
u64 spte_general(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights);

/* What a guest's leaf entry and all above it grant: U, and W where the entry is dirty. Rows of
 * entries take mm/words.h's way, which branches nowhere. */
SPECIALISED u32 granted(u32 low, u32 rights)
{
	return low & rights & (low & PTE_D ? PTE_U | PTE_W : PTE_U);
}

/* Our entry for a frame; flags: those of a low word. */
SPECIALISED u64 spte_of(pfn_t f, u64 nx, u32 flags)
{
	return (u64)f.n << PAGE_SHIFT | nx | flags;
}

/* The same, with what nearly all entries are in front: RAM, and nothing in a high word but
 * NX. */
SPECIALISED u64 spte_make(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights)
{
	u32 low = (u32)pte;
	u64 nx = entry_nx(f, s, pte, rights);

	if ((low & (PTE_P | PTE_A)) != (PTE_P | PTE_A))
		return 0;
	if ((pte & ~nx) >> 32 || low >> PAGE_SHIFT >= s->mem->ram_pages)
		return spte_general(f, s, pte, rights);
	return spte_of(s->mem->frames[low >> PAGE_SHIFT], nx, PTE_P | PTE_D | granted(low, rights));
}

static inline u64 spte_for(const struct shadow *s, u64 pte, u32 rights)
{
	return FORMAT_CALL(s->gf, spte_make, s, pte, rights);
}

#define NO_GFN 0xffffffffu

/* The guest frame of a leaf entry; NO_GFN: it lies past 4 GiB, where no slot can be. */
static inline gfn_t gfn_of(const struct shadow *s, u64 pte)
{
	u64 gfn = (pte & s->gf->frame_mask) >> PAGE_SHIFT;

	return gfn >> 20 ? NO_GFN : (gfn_t)gfn;
}

/* rmap.c */
bool rmap_init(struct rmap *m, struct arena *a, u32 pages);
void rmap_add(struct shadow *s, gfn_t gfn, void *leaf, u32 index);
void rmap_remove(struct shadow *s, const void *leaf, u32 index);
/* Clear every shadow entry that maps these device pages, in all roots. See gmem_unmap(). */
void rmap_revoke(struct shadow *s, gfn_t first, u32 count);
void rmap_remove_leaf(struct shadow *s, const void *leaf); /* before the table goes */

/* Replace an entry, device mappings accounted for; pte: the guest's that it was made of. */
static inline void leaf_set(struct shadow *s, void *table, u32 index, u64 entry, u64 pte)
{
	struct leaf *l = leaf_of(table);

	if (UNLIKELY(pt_get(s->sf, table, index) & SPTE_DEVICE))
		rmap_remove(s, table, index);
	if (UNLIKELY(entry & SPTE_DEVICE))
		rmap_add(s, gfn_of(s, pte), table, index);
	if (entry && !(l->shown[index / GROUP / 32] & BIT(index / GROUP % 32)))
		leaf_show(l, index / GROUP);
	pt_set(s->sf, table, index, entry);
}

/* The same for an entry that is about to be used: saves the CPU setting Accessed. */
static inline void leaf_set_used(struct shadow *s, void *table, u32 index, u64 entry, u64 pte)
{
	leaf_set(s, table, index, entry ? entry | PTE_A : 0, pte);
}

/* shadow_repair.c: bring cached entries in line with the guest's tables */
void repair_slot(struct shadow *s, struct root *r, gpa_t top, u32 slot);
void repair_range(struct shadow *s, struct root *r, gpa_t top, u32 first, u32 count);
/* All of a root that the CPU sees, after a flush. */
void refresh_root(struct shadow *s, struct root *r, gpa_t top);
/* The leaf table for va in the current root, and what it says of va and its neighbours up to
 * date. w: a walk of the guest's tables for va that came to the leaf table. */
void *leaf_prepare(struct shadow *s, gva_t va, const struct walk *w);
/* The group of entry `index` of our table was hidden by a flush: bring it up to date with the
 * guest's part of it, and let the CPU see it. */
void group_show(struct shadow *s, u32 *table, const u32 *guest, u32 rights, u32 index);

static inline void *leaf_use(struct shadow *s, gva_t va, u32 index, const struct walk *w)
{
	void *leaf = leaf_find(s, s->current, slot_of(s, va));
	u64 e = leaf ? pt_get(s->sf, leaf, index) : 0;

	return leaf && (!e || e & PTE_P) ? leaf : leaf_prepare(s, va, w);
}

#endif
