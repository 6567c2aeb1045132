/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest with page tables of its own and a model of what the CPU would make of them, next to
 * the shadow pager under test. The guest's tables use a small set of indices, so that every
 * address that can be mapped at all is in model.va[], and any other shadow entry is an error.
 *
 * For each address the model remembers what the guest's tables have allowed since the guest last
 * announced a change of it: that, and nothing else, is what the shadow may still hold.
 */
#ifndef TESTS_UNIT_SHADOW_MODEL_H
#define TESTS_UNIT_SHADOW_MODEL_H

#include "mm/shadow.h"

#define PAE_ADDRESS 0x000ffffffffff000ull /* in an entry of 64 bits */

#define MODEL_PAGES  160u /* of guest RAM */
#define MODEL_TOPS   22u  /* more than the pager keeps roots */
#define MODEL_VAS    48u
#define MODEL_SEEN   48u
#define MODEL_WINDOW 512u /* guest frames 512..515 trap */

/* Guest frames by use. Top-level tables come first (PAE ones share a page), then: */
#define GFN_TOP		1u
#define GFN_USER_MID	32u /* PAE: page directories of the user half */
#define GFN_KERNEL_MID	44u
#define GFN_USER_LEAF	48u
#define GFN_KERNEL_LEAF 64u
#define GFN_DATA	80u

static inline bool is_pae(const struct pt_format *f)
{
	return f == &pt_format_pae;
}

struct seen {
	u32 n; /* over MODEL_SEEN: too many, anything goes */
	u64 entry[MODEL_SEEN];
};

struct model {
	struct frame_owner owner;
	struct arena arena;
	struct gmem mem;
	struct shadow *s;
	const struct pt_format *gf;
	pfn_t special[3];
	u32 frames_before;
	gva_t kernel_base;
	u32 tops, current;
	bool nx;	     /* bit 63 of the guest's entries means something */
	bool linear, strict; /* strict: the guest keeps the contract, so the model is exact */
	bool stale[MODEL_TOPS];
	u32 vas;
	gva_t va[MODEL_VAS];
	struct seen user[MODEL_TOPS][MODEL_VAS], kernel[MODEL_VAS];
	u64 judged;				    /* present shadow entries compared */
	void (*device)(struct model *m, u64 entry); /* called for each that maps a device slot */
};

/* What the CPU would find at an address. */
enum ref_kind { REF_ABSENT, REF_BAD, REF_PAGE };
struct ref {
	enum ref_kind kind;
	u64 pte;
	u32 rights; /* PTE_W and PTE_U of all levels, the leaf included */
	u64 nx;	    /* PTE_NX when any level has it */
	gpa_t pte_at;
	u64 pde; /* of the directory that names the leaf table */
	gpa_t pde_at;
};

extern u32 model_high;	   /* high frames that stay free, with PAE */
extern bool model_all_low; /* also with PAE: nothing is beyond the quick ways' reach */
void model_start(struct model *m, const struct pt_format *gf, const struct pt_format *sf,
		 gva_t kernel_base, u32 pool);
void model_end(struct model *m); /* everything must be free again */

gpa_t model_top(const struct model *m, u32 t);
struct ref model_walk(const struct model *m, gpa_t top, gva_t va);
u64 model_get(const struct model *m, gpa_t at); /* a guest entry, by its format's size */
void model_set(struct model *m, gpa_t at, u64 entry);
bool model_is_kernel(const struct model *m, gva_t va);

/* The entry that the shadow tables of a root hold for va; *rights as the CPU combines them. */
u64 model_shadow(const struct model *m, const struct root *r, gva_t va, u32 *rights);
struct root *model_root(const struct model *m, u32 t); /* NULL: not cached */

/* The guest's tables may have changed. */
void model_observe(struct model *m);
/* The guest has announced a change of [va, va+span) in a table (span 0: all 4 GiB). */
void model_announced(struct model *m, u32 t, gva_t va, u64 span);
void model_announced_kernel(struct model *m, gva_t va, u64 span);

/* All that must hold at any time. */
void model_check(struct model *m);

#endif
