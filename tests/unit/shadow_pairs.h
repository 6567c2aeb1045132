/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats of a guest's and of shadow tables that go together, and what is the same with each.
 */
#ifndef TESTS_UNIT_SHADOW_PAIRS_H
#define TESTS_UNIT_SHADOW_PAIRS_H

#include "lib/x86.h"
#include "tests/unit/shadow_guest.h"
#include "tests/unit/support.h"

#define PAIRS 3u

struct shadow_pair {
	const struct pt_format *guest, *shadow;
};

extern const struct shadow_pair pair[PAIRS];

#define KERNEL 0xc0000000u
#define FLAGS  (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)

struct shadow_result fault_ok(gva_t va, u32 error);

#endif
