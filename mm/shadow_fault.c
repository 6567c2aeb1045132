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
	error &= PF_WRITE | PF_USER;
	return (struct shadow_result){.verdict = SHADOW_REFLECT,
				      .error = error | (present ? PF_PRESENT : 0)};
}

static struct shadow_result in_window(struct shadow *s, gpa_t gpa)
{
	s->stats.window++;
	return (struct shadow_result){.verdict = SHADOW_WINDOW, .gpa = gpa};
}

static bool is_window(const struct shadow *s, u64 gfn)
{
	const struct slot *slot = gfn < 1u << 20 ? gmem_find(s->mem, (gfn_t)gfn) : NULL;

	return slot && slot->kind == SLOT_WINDOW;
}

/* No guest tables yet: the address is the guest physical one. A whole leaf table at once. */
static struct shadow_result linear_fault(struct shadow *s, gva_t va)
{
	u32 slot = slot_of(s, va), first = slot_va(s, slot) >> PAGE_SHIFT;
	gfn_t gfn = va >> PAGE_SHIFT;
	bool fresh;
	void *leaf;

	if (is_window(s, gfn))
		return in_window(s, va);
	if (gfn >= s->mem->ram_pages)
		return die("access outside of RAM before the first page table");
	leaf = leaf_make(s, s->current, slot, &fresh);
	for (u32 i = 0; i < leaf_entries(s) && first + i < s->mem->ram_pages; i++)
		pt_set(s->sf, leaf, i,
		       (u64)s->mem->frames[first + i].n << PAGE_SHIFT | PTE_P | PTE_W | PTE_A |
			       PTE_D);
	s->stats.fills++;
	return done(SHADOW_OK);
}

static bool allowed(const struct walk *w, u32 error)
{
	u32 may = (u32)w->pte & w->rights;

	return (!(error & PF_WRITE) || may & PTE_W) && (!(error & PF_USER) || may & PTE_U);
}

struct shadow_result shadow_fault(struct shadow *s, gva_t va, u32 error)
{
	u32 slot = slot_of(s, va);
	struct walk w;
	bool fresh;
	void *leaf;
	u64 gfn;

	if (va >= SWITCHER_BASE)
		return reflect_fault(s, error, false);
	if (s->linear)
		return linear_fault(s, va);
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
	gfn = (w.pte & s->gf->frame_mask) >> PAGE_SHIFT;
	if (gfn >= s->mem->ram_pages) {
		if (is_window(s, gfn))
			return in_window(s, (gpa_t)gfn << PAGE_SHIFT | (va & ~PAGE_MASK));
		return die("bad page table entry");
	}
	if (walk(s, s->current->top, va, true, &w) != WALK_OK)
		return done(SHADOW_OK); /* the guest's tables map themselves; try again */
	walk_mark(s, &w, error & PF_WRITE ? PTE_A | PTE_D : PTE_A);
	leaf = leaf_make(s, s->current, slot, &fresh);
	if (fresh)
		prefill(s, s->current, slot, leaf);
	pt_set(s->sf, leaf, pt_index(s->sf, 0, va), spte_for(s, w.pte, w.rights));
	s->stats.fills++;
	return done(SHADOW_OK);
}

const char *shadow_pin(struct shadow *s, gva_t va)
{
	static const char bad[] = "bad stack page";
	void *leaf;

	if (va >= SWITCHER_BASE)
		return bad;
	leaf = leaf_find(s, s->current, slot_of(s, va));
	if (leaf && pt_get(s->sf, leaf, pt_index(s->sf, 0, va)) & PTE_W)
		return NULL;
	return shadow_fault(s, va, PF_WRITE).verdict == SHADOW_OK ? NULL : bad;
}

bool shadow_translate(struct shadow *s, gva_t va, u32 access, gpa_t *gpa, u32 *error)
{
	struct walk w;
	u64 at;

	*error = access & (PF_WRITE | PF_USER);
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
