/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: mm/fo*.c mm/[!fhw]*.c mm/walk.c tests/unit/shadow_model.c
 * tests/unit/shadow_check.c tests/unit/fake_host.c
 * tests/unit/support.c */
/*
 * What a guest writes into its page tables: every pattern of flags at each level, with frames at
 * the borders of RAM, of a device window, of the hypervisor's own frames and of the format, for
 * addresses up to the switcher's and over it, and every kind of access. What the shadow tables
 * hold afterwards, also when a single entry was announced, is a frame of this guest's RAM with no
 * right that its entries do not give, none to write before it is dirty, and the switcher's pages
 * stay as they are.
 */
#include "lib/x86.h"
#include "tests/bounds/choose.h"
#include "tests/unit/fake_host.h"
#include "tests/unit/shadow_model.h"
#include "tests/unit/support.h"

#define KERNEL 0xc0000000u
#define PLACE  0x00400000u
#define LEAF   GFN_USER_LEAF
#define MIDDLE GFN_USER_MID

static struct model m;
static bool pae;

/* Where the entry of a level is for va, and what is right there. */
static gpa_t entry_at(u32 level, gva_t va)
{
	u32 size = pae ? 8 : 4;

	if (level == 0)
		return LEAF * PAGE_SIZE + (va >> 12 & (pae ? 0x1ff : 0x3ff)) * size;
	if (level == 2)
		return model_top(&m, 0) + (va >> 30) * size;
	return pae ? MIDDLE * PAGE_SIZE + (va >> 21 & 0x1ff) * size
		   : model_top(&m, 0) + (va >> 22) * size;
}

static u64 good(u32 level)
{
	if (level == 0)
		return (u64)GFN_DATA << PAGE_SHIFT | PTE_P | PTE_W | PTE_U;
	return (u64)(level == 2 ? MIDDLE : LEAF) << PAGE_SHIFT | PTE_P |
	       (level == 1 ? PTE_W | PTE_U : 0);
}

static u64 odd_entry(bool all)
{
	static const u64 high[] = {0, PTE_NX, 1ull << 52, 1ull << 62, 1ull << 36};
	const u32 frame[] = {GFN_DATA,
			     0,
			     MODEL_PAGES - 1,
			     MODEL_PAGES,
			     MODEL_WINDOW,
			     0xfffff,
			     m.special[0].n,
			     m.special[2].n,
			     HOST_LOW_BASE >> PAGE_SHIFT};
	u64 e = (u64)CHOOSE(frame) << PAGE_SHIFT;

	e |= all ? choose(512) | (choose(2) ? 0xe00u : 0) : choose(8) | (choose(2) ? 0x1e0u : 0);
	return pae ? e | CHOOSE(high) : e;
}

/* What the shadow holds for va, by what the guest's entries say now. Returns its rights. */
static u32 judge(gva_t va)
{
	u64 pte = model_get(&m, entry_at(0, va)), pde = model_get(&m, entry_at(1, va));
	u32 rights, may = (u32)(pte & pde) & (PTE_W | PTE_U);
	u64 e = model_shadow(&m, m.s->current, va, &rights);
	bool ours = false;

	if (!e)
		return 0;
	for (u32 i = 0; i < m.mem.ram_pages; i++)
		ours |= m.mem.frames[i].n == (e & 0x000ffffffffff000ull) >> PAGE_SHIFT;
	MUST(ours && pte & pde & PTE_P && !(rights & ~may));
	MUST(!(rights & PTE_W) || pte & PTE_D);
	return rights | PTE_P;
}

static void put_all(gva_t va, u32 odd, u64 odd_one)
{
	for (u32 level = 0; level < (pae ? 3u : 2u); level++)
		model_set(&m, entry_at(level, va), level == odd ? odd_one : good(level));
}

/* A leaf entry changes that was in use, and is announced by itself. */
static void announce(gva_t va, u64 entry)
{
	put_all(va, ~0u, 0);
	shadow_flush_all(m.s);
	(void)shadow_fault(m.s, va, PF_WRITE);
	model_set(&m, entry_at(0, va), entry);
	MUST(shadow_set_pte(m.s, model_top(&m, 0), va) == (va < SWITCHER_BASE));
	if (va < SWITCHER_BASE)
		judge(va);
}

/* The same, but a flush finds it. */
static void flush(gva_t va, u64 entry)
{
	put_all(va, ~0u, 0);
	shadow_flush_all(m.s);
	(void)shadow_fault(m.s, va, PF_WRITE);
	model_set(&m, entry_at(0, va), entry);
	shadow_flush_all(m.s);
	if (va < SWITCHER_BASE)
		judge(va);
}

static void trial(void)
{
	static const gva_t place[] = {PLACE,	     KERNEL,	    SWITCHER_BASE - PAGE_SIZE,
				      SWITCHER_BASE, SWITCHER_CODE, SWITCHER_REGS};
	static const u32 accesses[] = {0, PF_WRITE, PF_USER, PF_WRITE | PF_USER, PF_FETCH};
	u32 odd = choose(pae ? 3 : 2), where = choose(ARRAY_LEN(place)), access = CHOOSE(accesses);
	u64 entry = odd_entry(!where && odd < 2);
	gva_t va = place[where];
	struct shadow_result got;
	u32 rights;

	if (!odd && access == PF_WRITE)
		announce(va, entry);
	if (!odd && access == PF_USER)
		flush(va, entry);
	put_all(va, odd, entry);
	shadow_flush_all(m.s);
	got = shadow_fault(m.s, va, access);
	if (va >= SWITCHER_BASE) {
		MUST(got.verdict == SHADOW_REFLECT);
	} else {
		rights = judge(va);
		MUST(rights || got.verdict != SHADOW_OK);
		MUST(got.verdict != SHADOW_OK || !(access & ~rights & (PF_WRITE | PF_USER)));
	}
	if (choices.cases % 1024 == 0)
		model_check(&m);
}

_Static_assert(PF_WRITE == PTE_W && PF_USER == PTE_U, "rights and accesses are compared");

int main(void)
{
	static const struct {
		const struct pt_format *guest, *shadow;
		bool nx;
	} pair[] = {{&pt_format_2level, &pt_format_2level, false},
		    {&pt_format_2level, &pt_format_pae, false},
		    {&pt_format_pae, &pt_format_pae, false},
		    {&pt_format_pae, &pt_format_pae, true}};

	for (u32 i = 0; i < ARRAY_LEN(pair); i++) {
		host_has_nx = pair[i].nx;
		pae = pair[i].guest == &pt_format_pae;
		model_start(&m, pair[i].guest, pair[i].shadow, KERNEL, 100);
		for (u32 level = 0; level < (pae ? 3 : 2); level++)
			model_set(&m, entry_at(level, PLACE), good(level));
		if (shadow_new_pgtable(m.s, model_top(&m, 0)))
			return 1;
		m.linear = false;
		all_cases(trial);
		model_end(&m);
	}
	return 0;
}
