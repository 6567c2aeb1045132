/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small pieces of machine code run in ring 3 for tests, one at a time. For every guest. */
#ifndef GUEST_LIB_USER_H
#define GUEST_LIB_USER_H

#include "guest-stubs/lib/trap.h"

#define USER_CODE  0x08048000u /* one page, where the code runs */
#define USER_STACK 0x08000000u /* top of its stack, one page */

/* Position-independent code, as a string of instructions. */
#define USER_CODE_BLOB(name, code)                                                                \
	__asm__(".pushsection .rodata\n" #name "_start:\n" code "\n" #name "_end:\n.popsection"); \
	extern const char name##_start[], name##_end[]

/* Give the root a page for code and one for the stack. False: out of memory. */
bool user_init(u32 root);
/* Copy code to its page and fill *f so that probe_user(f) starts it there. */
void user_frame(struct frame *f, const char *start, const char *end);

/* Run a blob with EBX set; the trap that ended it is in f. */
#define RUN_USER(f, blob, value)                            \
	do {                                                \
		user_frame(&(f), blob##_start, blob##_end); \
		(f).ebx = (value);                          \
		probe_user(&(f));                           \
	} while (0)

#endif
