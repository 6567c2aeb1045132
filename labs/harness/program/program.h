/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program of ring 3 is written with: int main(u32 arg), and the system calls. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "labs/kernel/syscalls.h"

#include <stdint.h>

typedef uint32_t u32;
typedef int32_t s32;

int main(u32 arg);

static inline s32 system_call(u32 number, u32 a, u32 b, u32 c)
{
	s32 answer;

	__asm__ volatile("int $0x80"
			 : "=a"(answer)
			 : "0"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return answer;
}

static inline s32 write(const void *text, u32 len)
{
	return system_call(SYS_WRITE, (u32)text, len, 0);
}

static inline void print(const char *text)
{
	u32 n = 0;

	while (text[n])
		n++;
	write(text, n);
}

#endif
