/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest may ask of the shadow pager: random operations, each checked against the model of
 * the CPU. */
#ifndef TESTS_UNIT_SHADOW_OPS_H
#define TESTS_UNIT_SHADOW_OPS_H

#include "tests/unit/shadow_guest.h"
#include "tests/unit/support.h"

extern u32 seed, step;		/* which run, and how far it is: to be told when it fails */
extern u32 evictions, recycles; /* of roots, of tables: a test had better see some */

extern u32 quick_answers[SHADOW_KILL + 1]; /* of the fast path, by verdict */

void op_new_pgtable(void);
void random_op(void);

#endif
