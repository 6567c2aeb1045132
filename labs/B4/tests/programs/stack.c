/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses as much stack as it is asked to, in KiB, and computes with it. */
#include "labs/harness/program/program.h"

static u32 sum(u32 kib, u32 x)
{
	volatile u32 here[240];
	u32 i;

	for (i = 0; i < 240; i++)
		here[i] = x + i;
	return kib > 1 ? sum(kib - 1, x + 1) + here[x % 240] : here[3];
}

int main(u32 arg)
{
	return (int)(sum(arg, arg) & 0x7f);
}
