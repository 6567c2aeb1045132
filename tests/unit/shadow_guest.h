/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest of the shadow pager's tests: random page tables over a few indices of each level, and
 * the random numbers that everything is made of. One guest (`m`) at a time.
 */
#ifndef TESTS_UNIT_SHADOW_GUEST_H
#define TESTS_UNIT_SHADOW_GUEST_H

#include "tests/unit/shadow_model.h"

struct layout {
	u32 pde[6], pdes; /* by va >> 22 or >> 21, the user half's */
	u32 kernel_pde[4], kernel_pdes;
	u32 pte[4];
};

extern struct model m;
extern struct layout lay;
extern u64 random_state; /* not 0 */

u32 rnd(u32 n); /* below n */
bool chance(u32 percent);

/* Make the layout of a started model and fill all tables with random entries. */
void guest_tables(u32 tops);

bool pae(void); /* the guest's format */
u32 pde_shift(void);
u64 random_pte(void);
u64 random_user_pde(void);
u64 random_kernel_pde(void);
u64 random_pdpte(void);
u32 kernel_quarter(void); /* PAE: the first quarter that is the kernel's */
gpa_t pde_at_2level(u32 t, u32 index);
gpa_t kernel_pde_at_pae(u32 index);
void write_kernel_pde(u32 index, u64 e); /* in all tables */

/* SET_PTE: false when the guest must die for it. */
bool announce(gpa_t top, gva_t va);

#endif
