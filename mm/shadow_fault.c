/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page faults of a guest: fill the cache, reflect, or say that the device window was meant. */
#include "lib/x86.h"
#include "mm/walk.h"

static struct shadow_result done(enum shadow_verdict v)
{
	return (struct shadow_result){.verdict = v};
}

static struct shadow_result die(const char *why)
{
	return (struct shadow_result){.verdict = SHADOW_KILL, .why = why};
}

/* The guest's own fault. The CPU computed the P bit from our tables; the guest's decide. */
static struct shadow_result reflect_fault(struct shadow *s, u32 error, bool present)
{
	s->stats.reflects++;
	error &= s->reported;
	return (struct shadow_result){.verdict = SHADOW_REFLECT,
				      .error = error | (present ? PF_PRESENT : 0)};
}

/* `error` tells who need not translate again: there is nothing left to mark. */
static struct shadow_result in_window(struct shadow *s, gpa_t gpa, u64 pte, u32 error)
{
	u32 need = error & PF_WRITE ? PTE_A | PTE_D : PTE_A;

	s->stats.window++;
	return (struct shadow_result){.verdict = SHADOW_WINDOW,
				      .gpa = gpa,
				      .error = (pte & need) == need ? PF_PRESENT : 0};
}

/* A fault on anything but RAM. True: `out` is the answer; false: go on and map it. */
static bool not_ram(struct shadow *s, gpa_t gpa, u64 pte, u32 error, struct shadow_result *out)
{
	gfn_t gfn = gpa >> PAGE_SHIFT;
	const struct slot *slot = gmem_find(s->mem, gfn);
	u64 bits;
	pfn_t at;

	if (slot && slot->kind == SLOT_WINDOW)
		*out = in_window(s, gpa, pte, error);
	else if (!slot)
		*out = die("bad page table entry");
	else if (!device_cache_bits(slot->cache, pte, &bits))
		*out = die("device memory mapped with the wrong cache type");
	else if (gmem_touch(s->mem, gfn, error & PF_WRITE, &at))
		return false;
	else if ((slot = gmem_find(s->mem, gfn)) != NULL && slot->kind == SLOT_WINDOW)
		*out = in_window(s, gpa, pte, error); /* the handler made it one */
	else
		*out = reflect_fault(s, error, true);
	return true;
}

/* No guest tables yet: the address is the guest physical one. RAM: a whole leaf table at once. */
static struct shadow_result linear_fault(struct shadow *s, gva_t va, u32 error)
{
	/* What a guest cannot say without tables is taken as right. */
	const u64 pte = PTE_P | PTE_W | PTE_A | PTE_D | PTE_PCD;
	u32 slot = slot_of(s, va), first = slot_va(s, slot) >> PAGE_SHIFT;
	gfn_t gfn = va >> PAGE_SHIFT;
	struct shadow_result r;
	bool fresh;
	void *leaf;

	if (gfn >= s->mem->ram_pages && !gmem_find(s->mem, gfn))
		return in_window(s, va, pte,
				 error); /* where nothing is; the emulator's callbacks know */
	if (gfn >= s->mem->ram_pages && not_ram(s, va, pte, error, &r))
		return r;
	leaf = leaf_make(s, s->current, slot, &fresh);
	for (u32 i = 0; i < leaf_entries(s) && first + i < s->mem->ram_pages; i++) {
		leaf_show(leaf_of(leaf), i / GROUP);
		pt_set(s->sf, leaf, i,
		       (u64)s->mem->frames[first + i].n << PAGE_SHIFT | PTE_P | PTE_W | PTE_A |
			       PTE_D);
	}
	if (gfn >= s->mem->ram_pages)
		leaf_set(s, leaf, gfn - first, spte_for_device(s, gfn, pte, PTE_W),
			 (u64)gfn << PAGE_SHIFT);
	s->stats.fills++;
	return done(SHADOW_OK);
}

/* An error code's bits are those of the entry that refuses; NX is moved to the fetch's place. */
_Static_assert(PF_WRITE == PTE_W && PF_USER == PTE_U && RIGHT_NX >> 27 == PF_FETCH, "same bits");

static bool allowed(const struct walk *w, u32 error)
{
	u32 may = (u32)w->pte & w->rights, nx = (u32)(w->pte >> 32) | w->rights;

	return !(error & ((~may & (PF_WRITE | PF_USER)) | (nx >> 27 & PF_FETCH)));
}

SPECIALISED struct shadow_result resolve(const struct pt_format *gf, struct shadow *s, gva_t va,
					 u32 error)
{
	struct walk w;
	struct shadow_result r;
	void *leaf;
	u32 index;
	gfn_t gfn;

	switch (walk_full(gf, s, s->current->top, va, false, &w)) {
	case WALK_BAD:
		return die(w.why);
	case WALK_ABSENT:
		return reflect_fault(s, error, false);
	case WALK_OK:
		break;
	}
	if (!allowed(&w, error))
		return reflect_fault(s, error, true);
	gfn = gfn_of(s, w.pte);
	if (gfn == NO_GFN)
		return die("bad page table entry");
	if (gfn >= s->mem->ram_pages &&
	    not_ram(s, gfn << PAGE_SHIFT | (va & ~PAGE_MASK), w.pte, error, &r)) {
		if (r.verdict == SHADOW_WINDOW && !w.marked)
			r.error = 0;
		return r;
	}
	/* Mark the directory, and look again at what that, or a first touch, may have changed. */
	if ((!w.marked || gfn >= s->mem->ram_pages) &&
	    walk(s, s->current->top, va, true, &w) != WALK_OK)
		return done(SHADOW_OK); /* the guest's tables map themselves; try again */
	walk_mark(s, &w, error & PF_WRITE ? PTE_A | PTE_D : PTE_A);
	index = pt_index(s->sf, 0, va);
	leaf = leaf_use(s, va, index, &w);
	leaf_set_used(s, leaf, index, spte_make(gf, s, w.pte, w.rights), w.pte);
	s->stats.fills++;
	return done(SHADOW_OK);
}

/* A device window, marked as it must be, like in_window(). */
SPECIALISED enum shadow_verdict quick_window(struct shadow *s, u32 low, u32 need, u32 *found)
{
	const struct slot *slot = gmem_find_window(s->mem, low >> PAGE_SHIFT);

	if ((low & need) != need || !slot || slot->kind != SLOT_WINDOW)
		return SHADOW_KILL;
	s->stats.window++;
	*found = low & PAGE_MASK;
	return SHADOW_WINDOW;
}

/* The same for what nearly all faults are: RAM, in a table that we have. SHADOW_KILL: it is
 * something else. */
SPECIALISED enum shadow_verdict quick(const struct pt_format *gf, const struct pt_format *sf,
				      struct shadow *s, gva_t va, u32 *error)
{
	u32 rights, low, high, *table, index = pt_index(sf, 0, va), have;
	u32 *pte = quick_walk(gf, s, s->current->table, va, &rights);
	u32 need = *error & PF_WRITE ? PTE_A | PTE_D : PTE_A;

	if (!pte || (gf->levels == 3 && *error & PF_FETCH))
		return SHADOW_KILL;
	low = read_once(&pte[0]);
	high = gf->levels == 3 ? read_once(&pte[1]) : 0;
	if (!(low & PTE_P) || *error & ~(low & rights) & (PF_WRITE | PF_USER)) {
		if (high & ~(u32)(s->nx >> 32))
			return SHADOW_KILL; /* reserved bits count in present entries */
		s->stats.reflects++;
		*error = (*error & s->reported) | (low & PTE_P);
		return SHADOW_REFLECT;
	}
	if (high & ~(u32)(s->nx >> 32))
		return SHADOW_KILL;
	if (low >> PAGE_SHIFT >= s->mem->ram_pages)
		return quick_window(s, low, need, error);
	table = leaf_at(sf, s->current, va);
	if (!table)
		return SHADOW_KILL;
	have = table[index * (sf->entry_bytes / 4u)];
	if (have && !(have & PTE_P)) /* its neighbours come along */
		group_show(s, table, pte - index * (gf->entry_bytes / 4u), rights, index);
	if ((low & need) != need) {
		low |= need;
		*(volatile u32 *)pte = low;
	}
	if (!leaf_set_ram(gf, sf, s, table, leaf_of(table), index, low, high, rights))
		return SHADOW_KILL;
	s->stats.fills++;
	return SHADOW_OK;
}

struct shadow_result shadow_fault(struct shadow *s, gva_t va, u32 error)
{
	if (va >= SWITCHER_BASE)
		return reflect_fault(s, error, false);
	if (s->linear)
		return linear_fault(s, va, error);
	return FORMAT_CALL(s->gf, resolve, s, va, error);
}

enum shadow_verdict shadow_fault_quick(struct shadow *s, gva_t va, u32 *error)
{
	if (va >= SWITCHER_BASE || s->linear)
		return SHADOW_KILL;
	return PAIR_CALL(s, quick, va, error);
}

/* Does the CPU see a page there that it may write to? */
SPECIALISED bool writable_by(const struct pt_format *sf, const struct shadow *s, gva_t va)
{
	const u32 *table = leaf_at(sf, s->current, va), both = PTE_P | PTE_W;

	return table && (table[pt_index(sf, 0, va) * (sf->entry_bytes / 4u)] & both) == both;
}

const char *shadow_pin(struct shadow *s, gva_t va)
{
	static const char bad[] = "bad stack page";

	if (va >= SWITCHER_BASE)
		return bad;
	if (FORMAT_CALL(s->sf, writable_by, s, va))
		return NULL;
	return shadow_fault(s, va, PF_WRITE).verdict == SHADOW_OK ? NULL : bad;
}

SPECIALISED void *ptr_by(const struct pt_format *sf, const struct shadow *s, gva_t va, u32 access)
{
	const u32 words = sf->entry_bytes / 4u, need = PTE_P | (access & (PTE_W | PTE_U));
	u32 low, *table = leaf_at(sf, s->current, va);

	if (!table)
		return NULL;
	table += pt_index(sf, 0, va) * words;
	low = table[0];
	if ((low & (need | SPTE_DEVICE)) != need || low >= (u32)LOW_LIMIT)
		return NULL;
	if (words == 2 && table[1] & (access & PF_FETCH ? ~0u : ~RIGHT_NX))
		return NULL;
	return (void *)(uintptr_t)((low & PAGE_MASK) | (va & ~PAGE_MASK));
}

void *shadow_ptr(struct shadow *s, gva_t va, u32 len, u32 access)
{
	if (va >= SWITCHER_BASE || (va & ~PAGE_MASK) > PAGE_SIZE - len)
		return NULL;
	return FORMAT_CALL(s->sf, ptr_by, s, va, access);
}

bool shadow_translate(struct shadow *s, gva_t va, u32 access, gpa_t *gpa, u32 *error)
{
	struct walk w;
	u64 at;

	*error = access & s->reported;
	if (va >= SWITCHER_BASE)
		return false;
	if (s->linear) {
		*gpa = va;
		return true;
	}
	if (walk(s, s->current->top, va, true, &w) != WALK_OK)
		return false;
	*error |= PF_PRESENT;
	if (!allowed(&w, access))
		return false;
	at = (w.pte & s->gf->frame_mask) | (va & ~PAGE_MASK);
	if (at >> 32)
		return false;
	walk_mark(s, &w, access & PF_WRITE ? PTE_A | PTE_D : PTE_A);
	*gpa = (gpa_t)at;
	return true;
}

bool shadow_peek(struct shadow *s, gva_t va, gpa_t *gpa)
{
	struct walk w;
	u64 at;

	if (va >= SWITCHER_BASE)
		return false;
	if (s->linear) {
		*gpa = va;
		return true;
	}
	if (walk(s, s->current->top, va, false, &w) != WALK_OK)
		return false;
	at = (w.pte & s->gf->frame_mask) | (va & ~PAGE_MASK);
	*gpa = (gpa_t)at;
	return !(at >> 32);
}

bool shadow_fetch(struct shadow *s, gva_t va, u32 access, gpa_t *gpa, u32 *error)
{
	if (s->nx)
		return shadow_translate(s, va, access | PF_FETCH, gpa, error);
	*error = access;
	return shadow_peek(s, va, gpa);
}
