/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls: int $0x80, number in EAX, arguments in EBX, ECX, EDX; the answer comes in EAX. For
 * kernel and programs. */
#ifndef SYSCALLS_H
#define SYSCALLS_H

#define SYS_EXIT  0 /* status */
#define SYS_WRITE 1 /* text, length: the length, or SYS_FAULT */
#define SYS_READ  2 /* buffer, length: how many characters were waiting */
#define SYS_TICKS 3 /* clock ticks since the start */
#define SYS_SLEEP 4 /* ticks */
#define SYS_YIELD 5
#define SYS_COUNT 6

#define SYS_FAULT   (-14) /* an address was not the program's */
#define SYS_UNKNOWN (-38) /* no such call */

#endif
