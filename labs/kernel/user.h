/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B4: programs in ring 3, and what they ask the kernel for. */
#ifndef USER_H
#define USER_H

#include "labs/kernel/memory.h"
#include "labs/kernel/syscalls.h"

struct trap_frame;

#define USER_START     0x08048000u /* where a program is linked */
#define USER_STACK_TOP 0x40000000u
#define USER_STACK_MAX (64 * 1024u)

/* A program is a piece of the kernel's image, to be copied to USER_START. */
struct program {
	const char *name;
	const char *start, *end;
};
const struct program *program_find(const char *name); /* NULL: there is none of that name */

/* Run it to its end on this thread; arg arrives as the argument of its main(). What it gave exit(),
 * or PROGRAM_KILLED + the vector of the trap that ended it, or PROGRAM_NO_MEMORY. */
#define PROGRAM_KILLED	  0x100
#define PROGRAM_NO_MEMORY 0x200
u32 program_run(const struct program *p, u32 arg);
NORETURN void program_end(u32 status); /* of this thread's program; its program_run() returns */

void user_init(void); /* segments of ring 3, the gate of system calls */

/* The only ways to a program's memory. Any address and any length may be asked for: false when some
 * byte of it is not the program's to read (or to write), and then nothing is promised about the
 * copy. */
bool copy_from_user(void *to, u32 from, u32 n);
bool copy_to_user(u32 to, const void *from, u32 n);

void syscall(struct trap_frame *f); /* the handler of vector 0x80 */

#endif
