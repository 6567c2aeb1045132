/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shadow pager: a guest's page tables, cached in the CPU's format. For the guest's CPU
 * (hv/vcpu/), who makes a guest, and the monitor.
 */
#ifndef MM_PAGER_H
#define MM_PAGER_H

#include "mm/gmem.h"
#include "mm/paging.h"

/* ---- Shadow page tables (mm/shadow.c and friends) ---------------------------------------- */

struct shadow;

enum shadow_verdict {
	SHADOW_OK,	/* filled: let the guest try again */
	SHADOW_REFLECT, /* the guest's own fault; `error` is what the CPU would have pushed */
	SHADOW_WINDOW, /* trapped slot: emulate the instruction; `gpa` is where it goes. `error` not
			* 0: so will every access to the page with these rights, and the guest's
			* tables are marked as the CPU would */
	SHADOW_KILL,   /* illegal guest tables; `why` says what */
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
	u32 shows;	   /* groups used again after a flush had hidden them */
	u32 drops;	   /* entries a repair took away or changed */
	u32 revokes;	   /* device mappings taken away */
	u32 evictions;	   /* roots that gave way to another */
	u32 recycles;	   /* tables taken back because the pool was empty */
	u32 tables, roots; /* frames in use as leaf tables / cached roots */
};

/* `pool` frames at least are for tables; more, in proportion to the guest's RAM, are taken while
 * the machine has plenty. `special` are the switcher's frames: code, this vcpu's state page, its
 * register page. Starts in linear mode. */
MUST_CHECK struct shadow *shadow_create(struct arena *a, struct gmem *m, u32 pool,
					const pfn_t special[3]);
void shadow_destroy(struct shadow *s); /* gives all frames back */
/* Others need memory: keep no more than was taken at the start. */
void shadow_give_back(struct shadow *s);
/* For the CPU: the current root, always in this place. */
const u32 *shadow_cr3(const struct shadow *s);

/* The guest's table format; must be set before the first NEW_PGTABLE is carried out. */
void shadow_set_format(struct shadow *s, const struct pt_format *f);
const struct pt_format *shadow_guest_format(const struct shadow *s);
/* Everything at or above is the same in every guest root. 4 MiB aligned, below the reserve. */
void shadow_set_kernel_base(struct shadow *s, gva_t base);

/* Each returns NULL, or the reason why the guest must die. */
const char *shadow_new_pgtable(struct shadow *s, gpa_t top);
/* An entry of a leaf table was changed, by its top-level table and the address it maps. False: it
 * is not the guest's to name, who must die. */
MUST_CHECK bool shadow_set_pte(struct shadow *s, gpa_t top, gva_t va);
/* Many were, and most will not be used soon. The number of those before the first that is not the
 * guest's to name. */
struct pte_name {
	gpa_t top;
	gva_t va;
	u32 others[3]; /* so far apart are those of a guest's ring */
};
MUST_CHECK u32 shadow_set_ptes(struct shadow *s, const struct pte_name *name, u32 count);
const char *shadow_set_pgd(struct shadow *s, gpa_t top, u32 index);
const char *shadow_set_pmd(struct shadow *s, gpa_t page, u32 index);
void shadow_flush_user(struct shadow *s);
void shadow_flush_all(struct shadow *s);
void shadow_invalidate_page(struct shadow *s, gva_t va); /* current root only, like INVLPG */
/* The CPU sees nothing there from now on, until an access has faulted, or anything is announced. */
void shadow_hide(struct shadow *s, gva_t va);

/* Resolve the page fault (va, error as pushed by the CPU). */
struct shadow_result shadow_fault(struct shadow *s, gva_t va, u32 error);
/* The most frequent part of it: SHADOW_OK, or SHADOW_REFLECT with the guest's error code in *error,
 * or SHADOW_WINDOW with the page there, where nothing is left to be marked; SHADOW_KILL: nothing
 * was decided, shadow_fault() must. */
enum shadow_verdict shadow_fault_quick(struct shadow *s, gva_t va, u32 *error);
/* Make a page present and writable in the shadow now; NULL or the reason it is impossible. */
const char *shadow_pin(struct shadow *s, gva_t va);
/* `len` bytes of RAM (within a page) as the CPU would reach them by what it sees now; NULL when it
 * would fault first, and wherever that is not seen quickly: shadow_translate() knows. Valid until
 * the next call that changes anything. `access` as there. */
MUST_CHECK void *shadow_ptr(struct shadow *s, gva_t va, u32 len, u32 access);
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

/* ---- For people who ask why (mm/explain.c) ------------------------------------------------ */

#define TABLE_LEVELS 3

struct table_level {
	u8 level;      /* 0: the leaf table */
	bool readable; /* the entry is where the table can be, at that physical address */
	u64 at, entry;
};

/* The way of an address down the current tables, to where it ends; how many levels that were. The
 * guest's own: 0 in linear mode, addresses are the guest's. The CPU's: the machine's. */
u32 shadow_explain_guest(struct shadow *s, gva_t va, struct table_level out[TABLE_LEVELS]);
u32 shadow_explain_cpu(struct shadow *s, gva_t va, struct table_level out[TABLE_LEVELS]);

#endif
