/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function says that is still to be written. For the files of the teaching kernel that
 * labs/cut has cut; it includes this header behind all others, so the compiler does not complain of
 * what the missing bodies would use.
 */
#ifndef LABS_KERNEL_TODO_H
#define LABS_KERNEL_TODO_H

#include "labs/kernel/types.h"

void early_write(
	const char *text,
	u32 len); /* of console.h, which a file that a test on the host builds cannot include */

#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-macros"

#define LAB_TODO_TEXT(lab, function) "lab " lab ": " function "() is not written yet"

/* Once, by the console that needs the least. */
#define LAB_TODO(lab, function)                                               \
	do {                                                                  \
		static const char text[] = LAB_TODO_TEXT(lab, function) "\n"; \
		static bool said;                                             \
		bool now = !said;                                             \
		said = true;                                                  \
		if (now)                                                      \
			early_write(text, sizeof(text) - 1);                  \
	} while (0)

/* Without any console: these are the guest's last words, which the hypervisor prints. */
#define LAB_TODO_EARLY(lab, function)                                    \
	do {                                                             \
		static const char text[] = LAB_TODO_TEXT(lab, function); \
		hcall(HC_SHUTDOWN, phys(text), SHUTDOWN_POWEROFF, 0);    \
	} while (0)

#endif
