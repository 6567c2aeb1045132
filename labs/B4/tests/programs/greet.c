/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says hello, and gives back what it was given, changed. */
#include "labs/harness/program/program.h"

static u32 zeros[2000], ones[3] = {1, 1, 1};

int main(u32 arg)
{
	u32 i;

	print("greet: hello from ring 3\n");
	for (i = 0; i < 2000; i++)
		arg += zeros[i]; /* memory that comes zeroed */
	zeros[7] = arg;		 /* and is new for each run */
	return (int)((arg * 7 + ones[0] + ones[1] + ones[2]) & 0x7f);
}
