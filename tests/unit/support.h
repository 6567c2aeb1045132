/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the unit tests share; see support.c. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include "lib/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants those three before it */

extern unsigned support_log_lines[4]; /* lines written, by level */
/* FUZZ_SEED of the environment, by which random tests differ from one run to the next; 0: the same
 * as ever. */
unsigned support_seed(void);

/* So many bytes of zeros below 4 GiB, as a machine's devices see them; for good. */
void *support_low_memory(size_t bytes);

extern jmp_buf *support_panic_jump; /* where panic() goes; NULL: the test aborts */

#endif
