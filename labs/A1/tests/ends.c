/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A1: an entry beyond the table; the code and the stack segment in use taken away. */
#include "labs/check.h"

#define FLAT_LO	       0x0000ffffu
#define READ_ONLY_DATA 0x00cfb000u
#define KERNEL_DATA_HI 0x00cfb200u

static void load(u32 index, u32 lo, u32 hi)
{
	hcall(HC_LOAD_GDT_ENTRY, index, lo, hi, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
}

void guest_main(void)
{
	char name[8];

	option("case", name, sizeof(name));
	if (!strcmp(name, "table"))
		load(GDT_ENTRIES, FLAT_LO, KERNEL_DATA_HI);
	else if (!strcmp(name, "code"))
		load(GDT_KERNEL_CS, 0, 0);
	else
		load(GDT_KERNEL_DS, FLAT_LO, READ_ONLY_DATA);
	puts("it went on\n");
	power_off();
}
