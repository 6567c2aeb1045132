/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What system calls answer; the exit status is the number of the first that answers something else.
 */
#include "labs/harness/program/program.h"

#define KERNEL ((void *)0xc0100000)

static char text[] = "calls: a text that the kernel reads from the program\n";

/* Do the registers that a call does not answer in stay as they are? */
static int registers_stay(void)
{
	u32 b = 0x11111111, c = 0x22222222, d = 0x33333333, s = 0x44444444, answer = 99;

	__asm__ volatile("int $0x80"
			 : "+a"(answer), "+b"(b), "+c"(c), "+d"(d), "+S"(s)
			 :
			 : "memory");
	return answer == (u32)SYS_UNKNOWN && b == 0x11111111 && c == 0x22222222 &&
	       d == 0x33333333 && s == 0x44444444;
}

int main(u32 arg)
{
	char buffer[8];
	u32 now = (u32)system_call(SYS_TICKS, 0, 0, 0);

	if (write(text, sizeof(text) - 1) != sizeof(text) - 1)
		return 1;
	if (write(text, 0) != 0)
		return 2;
	if (!registers_stay())
		return 3;
	if (system_call(SYS_COUNT, 0, 0, 0) != SYS_UNKNOWN ||
	    system_call(0x80000000, 0, 0, 0) != SYS_UNKNOWN)
		return 4;
	if (write(KERNEL, 16) != SYS_FAULT)
		return 5;
	if (write((void *)0, 16) != SYS_FAULT)
		return 6;
	if (write((void *)0xbffffff8, 16) != SYS_FAULT) /* into the kernel */
		return 7;
	if (write((void *)0xfffffff0, 0x20) != SYS_FAULT) /* wraps around */
		return 8;
	if (system_call(SYS_READ, (u32)buffer, sizeof(buffer), 0) != 0) /* nobody types */
		return 9;
	if ((u32)system_call(SYS_TICKS, 0, 0, 0) - now > 100)
		return 10;
	return (int)arg;
}
