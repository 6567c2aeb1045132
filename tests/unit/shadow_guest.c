/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See shadow_guest.h. */
#include "tests/unit/shadow_guest.h"

#include "tests/unit/support.h"

#include <string.h>

struct model m;
u64 random_state;

u32 rnd(u32 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 16 & 0xffffffffu) * n >> 32);
}

bool chance(u32 percent)
{
	return rnd(100) < percent;
}

bool pae(void)
{
	return m.gf == &pt_format_pae;
}

/* ---- The guest's tables: a few indices of each level ------------------------------------- */

struct layout lay;

u32 pde_shift(void)
{
	return pae() ? 21 : 22;
}

static void make_layout(void)
{
	static const u32 pte2[4] = {0, 1, 512, 1023}, pte3[4] = {0, 1, 256, 511};
	u32 kernel = m.kernel_base >> pde_shift(), top = SWITCHER_BASE >> pde_shift();

	memcpy(lay.pte, pae() ? pte3 : pte2, sizeof(lay.pte));
	lay.pdes = 0;
	lay.pde[lay.pdes++] = 0;
	lay.pde[lay.pdes++] = 1;
	if (pae()) {
		lay.pde[lay.pdes++] = 511;
		if (kernel > 512 + 3)
			lay.pde[lay.pdes++] = 512 + 3;
	} else {
		lay.pde[lay.pdes++] = 200;
	}
	lay.pde[lay.pdes++] = kernel - 1;
	lay.kernel_pdes = 0;
	lay.kernel_pde[lay.kernel_pdes++] = kernel;
	lay.kernel_pde[lay.kernel_pdes++] = kernel + 1;
	lay.kernel_pde[lay.kernel_pdes++] = kernel + (top - kernel) / 2;
	lay.kernel_pde[lay.kernel_pdes++] = top - 1;
	m.vas = 0;
	for (u32 k = 0; k < 4; k++) {
		for (u32 i = 0; i < lay.pdes; i++)
			m.va[m.vas++] = (lay.pde[i] << pde_shift()) + (lay.pte[k] << PAGE_SHIFT);
		for (u32 i = 0; i < lay.kernel_pdes; i++)
			m.va[m.vas++] =
				(lay.kernel_pde[i] << pde_shift()) + (lay.pte[k] << PAGE_SHIFT);
	}
	assert_true(m.vas <= MODEL_VAS);
}

static u64 random_flags(void)
{
	u64 e = 0;

	e |= chance(88) ? PTE_P : 0;
	e |= chance(70) ? PTE_W : 0;
	e |= chance(70) ? PTE_U : 0;
	e |= chance(50) ? PTE_A : 0;
	e |= chance(50) ? PTE_D : 0;
	if (chance(15)) /* PWT, PCD, PAT, G and the bits for the guest's own use */
		e |= rnd(16) << 7 | (rnd(4) << 3 & (PTE_PWT | PTE_PCD));
	return e;
}

u64 random_pte(void)
{
	u32 gfn = chance(92) ? GFN_DATA + rnd(MODEL_PAGES - GFN_DATA) : rnd(MODEL_PAGES);
	u64 e = random_flags();

	if (chance(3))
		gfn = MODEL_WINDOW + rnd(4);
	if (chance(2))
		gfn = chance(50) ? MODEL_PAGES : 0xfffffu;
	if (pae() && chance(3))
		e |= chance(50) ? PTE_NX : 1ull << (52 + rnd(11));
	if (pae() && chance(1))
		e |= 1ull << 36;
	if (m.nx && chance(25))
		e |= PTE_NX;
	return (u64)gfn << PAGE_SHIFT | e;
}

/* A directory entry; G and what is ignored there may be set, PS is illegal. */
static u64 random_pde(u32 first_leaf, u32 leaves)
{
	u64 e = (u64)(first_leaf + rnd(leaves)) << PAGE_SHIFT | (random_flags() & ~(u64)PTE_PS);

	if (chance(2))
		e |= PTE_PS;
	if (chance(1))
		e = (e & 0xfff) | (u64)MODEL_PAGES << PAGE_SHIFT;
	if (pae() && chance(1))
		e |= 1ull << (52 + rnd(11));
	if (m.nx && chance(15))
		e |= PTE_NX;
	return e;
}

u64 random_user_pde(void)
{
	return random_pde(GFN_USER_LEAF, GFN_KERNEL_LEAF - GFN_USER_LEAF);
}

u64 random_kernel_pde(void)
{
	return random_pde(GFN_KERNEL_LEAF, GFN_DATA - GFN_KERNEL_LEAF);
}

/* PAE: which quarters of the address space are the kernel's. */
u32 kernel_quarter(void)
{
	return m.kernel_base >> 30;
}

gpa_t pde_at_2level(u32 t, u32 index)
{
	return model_top(&m, t) + index * 4;
}

gpa_t kernel_pde_at_pae(u32 index)
{
	return (GFN_KERNEL_MID + index / 512 - kernel_quarter()) * PAGE_SIZE + index % 512 * 8;
}

u64 random_pdpte(void)
{
	u64 e = (u64)(GFN_USER_MID + rnd(GFN_KERNEL_MID - GFN_USER_MID)) << PAGE_SHIFT | PTE_P;

	if (chance(5))
		e &= ~(u64)PTE_P;
	if (chance(2))
		e |= chance(50) ? PTE_W : 1ull << 52;
	return e;
}

void write_kernel_pde(u32 index, u64 e)
{
	if (pae())
		model_set(&m, kernel_pde_at_pae(index), e);
	else
		for (u32 t = 0; t < m.tops; t++)
			model_set(&m, pde_at_2level(t, index), e);
}

/* Tables before the pager hears of the first one. */
static void fill_tables(void)
{
	for (u32 gfn = GFN_USER_LEAF; gfn < GFN_DATA; gfn++)
		for (u32 k = 0; k < 4; k++)
			model_set(&m, gfn * PAGE_SIZE + lay.pte[k] * (pae() ? 8 : 4), random_pte());
	for (u32 i = 0; i < lay.kernel_pdes; i++)
		write_kernel_pde(lay.kernel_pde[i], random_kernel_pde());
	if (!pae()) {
		for (u32 t = 0; t < m.tops; t++)
			for (u32 i = 0; i < lay.pdes; i++)
				model_set(&m, pde_at_2level(t, lay.pde[i]), random_user_pde());
		return;
	}
	for (u32 t = 0; t < m.tops; t++)
		for (u32 q = 0; q < 4; q++)
			model_set(&m, model_top(&m, t) + q * 8,
				  q < kernel_quarter()
					  ? random_pdpte()
					  : (GFN_KERNEL_MID + q - kernel_quarter()) * PAGE_SIZE |
						    (u64)PTE_P);
	for (u32 gfn = GFN_USER_MID; gfn < GFN_KERNEL_MID; gfn++)
		for (u32 i = 0; i < lay.pdes; i++)
			model_set(&m, gfn * PAGE_SIZE + lay.pde[i] % 512 * 8, random_user_pde());
}

/* PAE: any quarter may hold any user directory, so addresses come from all of them. */
static void add_pae_vas(void)
{
	struct layout l = lay;

	if (!pae())
		return;
	lay.pdes = 0;
	m.vas = 0;
	for (u32 q = 0; q < kernel_quarter(); q++)
		for (u32 i = 0; i < 2; i++)
			lay.pde[lay.pdes++] = q * 512 + (i ? 511 : 0);
	for (u32 k = 0; k < 4; k++) {
		for (u32 i = 0; i < lay.pdes; i++)
			m.va[m.vas++] = (lay.pde[i] << 21) + (lay.pte[k] << PAGE_SHIFT);
		for (u32 i = 0; i < l.kernel_pdes; i++)
			m.va[m.vas++] = (l.kernel_pde[i] << 21) + (lay.pte[k] << PAGE_SHIFT);
	}
	assert_true(m.vas <= MODEL_VAS && lay.pdes <= ARRAY_LEN(lay.pde));
}

void guest_tables(u32 tops)
{
	m.tops = tops;
	make_layout();
	add_pae_vas();
	fill_tables();
}

bool announce(gpa_t top, gva_t va)
{
	return shadow_set_pte(m.s, top, va);
}
