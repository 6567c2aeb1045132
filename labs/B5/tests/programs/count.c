/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computes without ever giving way. */
#include "labs/harness/program/program.h"

static volatile u32 kept;

int main(u32 arg)
{
	u32 i, x = arg;

	kept = arg;
	system_call(SYS_SLEEP, 2, 0, 0);
	system_call(SYS_YIELD, 0, 0, 0);
	for (i = 0; i < 12000000; i++) {
		x = x * 1664525 + 1013904223;
		__asm__("" : "+r"(x)); /* each round is done, whatever the compiler knows */
	}
	return kept == arg ? (int)(x >> 24) : 99;
}
