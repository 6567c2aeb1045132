/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says hello, and gives back what it was given, changed. */
#include "labs/harness/program/program.h"

int main(u32 arg)
{
	print("hello from ring 3\n");
	return (int)((arg * 7 + 3) & 0x7f);
}
