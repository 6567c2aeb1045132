/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page faults of a guest: fill the cache, reflect, or say that the device window was meant. */
#include "lib/x86.h"
#include "mm/shadow.h"

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

static struct shadow_result in_window(struct shadow *s, gpa_t gpa)
{
	s->stats.window++;
	return (struct shadow_result){.verdict = SHADOW_WINDOW, .gpa = gpa};
}

/* A fault on anything but RAM. True: `out` is the answer; false: go on and map it. */
static bool not_ram(struct shadow *s, gpa_t gpa, u64 pte, u32 error, struct shadow_result *out)
{
	gfn_t gfn = gpa >> PAGE_SHIFT;
	const struct slot *slot = gmem_find(s->mem, gfn);
	u64 bits;
	pfn_t at;

	if (slot && slot->kind == SLOT_WINDOW)
		*out = in_window(s, gpa);
	else if (!slot)
		*out = die("bad page table entry");
	else if (!device_cache_bits(slot->cache, pte, &bits))
		*out = die("device memory mapped with the wrong cache type");
	else if (gmem_touch(s->mem, gfn, error & PF_WRITE, &at))
		return false;
	else if ((slot = gmem_find(s->mem, gfn)) != NULL && slot->kind == SLOT_WINDOW)
		*out = in_window(s, gpa); /* the handler made it one */
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
		return in_window(s, va); /* where nothing is; the emulator's callbacks know */
	if (gfn >= s->mem->ram_pages && not_ram(s, va, pte, error, &r))
		return r;
	leaf = leaf_make(s, s->current, slot, &fresh);
	for (u32 i = 0; i < leaf_entries(s) && first + i < s->mem->ram_pages; i++)
		pt_set(s->sf, leaf, i,
		       (u64)s->mem->frames[first + i].n << PAGE_SHIFT | PTE_P | PTE_W | PTE_A |
			       PTE_D);
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

struct shadow_result shadow_fault(struct shadow *s, gva_t va, u32 error)
{
	struct walk w;
	struct shadow_result r;
	void *leaf;
	u32 index;
	gfn_t gfn;

	if (va >= SWITCHER_BASE)
		return reflect_fault(s, error, false);
	if (s->linear)
		return linear_fault(s, va, error);
	switch (walk(s, s->current->top, va, false, &w)) {
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
	    not_ram(s, gfn << PAGE_SHIFT | (va & ~PAGE_MASK), w.pte, error, &r))
		return r;
	/* Mark the directory, and look again at what that, or a first touch, may have changed. */
	if ((!w.marked || gfn >= s->mem->ram_pages) &&
	    walk(s, s->current->top, va, true, &w) != WALK_OK)
		return done(SHADOW_OK); /* the guest's tables map themselves; try again */
	walk_mark(s, &w, error & PF_WRITE ? PTE_A | PTE_D : PTE_A);
	index = pt_index(s->sf, 0, va);
	leaf = leaf_use(s, va, index, &w);
	leaf_set_used(s, leaf, index, spte_for(s, w.pte, w.rights), w.pte);
	s->stats.fills++;
	return done(SHADOW_OK);
}

const char *shadow_pin(struct shadow *s, gva_t va)
{
	static const char bad[] = "bad stack page";
	const u32 writable = PTE_P | PTE_W;
	void *leaf;

	if (va >= SWITCHER_BASE)
		return bad;
	leaf = leaf_hooked(s, s->current, slot_of(s, va));
	if (leaf && (pt_get(s->sf, leaf, pt_index(s->sf, 0, va)) & writable) == writable)
		return NULL;
	return shadow_fault(s, va, PF_WRITE).verdict == SHADOW_OK ? NULL : bad;
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
