/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel and its user programs share: addresses, system calls, the table of programs.
 * For both. */
#ifndef GUEST_SHELL_USER_H
#define GUEST_SHELL_USER_H

#include <stdint.h>

#define USER_BASE  0x08048000u /* where the programs are linked: user.ld */
#define USER_STACK 0x40000000u /* top of the stack, one page */

/* int 0x80: number in EAX, arguments in EBX and ECX, result in EAX. */
enum system_call { SYS_EXIT, SYS_WRITE, SYS_YIELD, SYS_SLEEP, SYS_ID, SYS_TIME, SYS_CALLS };

/* The image begins with these; a row without entry ends them. */
struct program {
	char name[12];
	uint32_t entry;
};

#endif
