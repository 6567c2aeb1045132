/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A1: descriptors of every kind are loaded; LAR says what became of them (SDM vol. 2, LAR). */
#include "guest-stubs/lib/trap.h"
#include "labs/check.h"

#define SLOT	     20u
#define FLAT_LO	     0x0000ffffu
#define DATA_HI(dpl) (0x00cf9200u | (dpl) << 13)
#define CODE_HI(dpl) (0x00cf9a00u | (dpl) << 13)
#define GATE_HI(t)   (0x8000u | 3u << 13 | (t) << 8)
#define CONFORMING   0x400u
#define PRESENT	     0x8000u
#define DPL(rights)  ((rights) >> 13 & 3)

/* 0: there is nothing that this ring may see. */
static u32 rights(u32 index)
{
	u32 found = 0;

	__asm__ volatile("larl %1, %0" : "+r"(found) : "r"(index * 8 + 1) : "cc");
	return found;
}

static u32 becomes(u32 lo, u32 hi)
{
	hcall(HC_LOAD_GDT_ENTRY, SLOT, lo, hi, 0);
	return rights(SLOT);
}

static void system(void)
{
	static const u8 kinds[] = {1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 14, 15};

	for (u32 i = 0; i < ARRAY_LEN(kinds); i++) {
		u32 seen = becomes(0x00501000, 0xffc00000 | GATE_HI(kinds[i]));
		u32 limit = 0;

		__asm__ volatile("lsll %1, %0" : "+r"(limit) : "r"(SLOT * 8 + 1) : "cc");
		if (!seen && !limit)
			continue;
		printf("not ok system: expected nothing of a system descriptor of type %x, seen "
		       "%x\n",
		       kinds[i], seen);
		return;
	}
	puts("ok system\n");
}

static void load_gs(u32 selector)
{
	__asm__ volatile("movw %w0, %%gs" : : "r"(selector));
}

static void each(void)
{
	u32 data = becomes(FLAT_LO, DATA_HI(0)), code;

	CHECK_ALL("data-of-ring-0", {"DPL", DPL(data), 1}, {"access", data & 0x9f00, 0x9300},
		  {"loaded with a fault", probe(load_gs, SLOT * 8), 0});
	load_gs(0);
	code = becomes(FLAT_LO, CODE_HI(0));
	CHECK_ALL("code-of-ring-0", {"DPL", DPL(code), 1}, {"access", code & 0x9f00, 0x9b00});
	code = becomes(FLAT_LO, CODE_HI(0) | CONFORMING);
	CHECK_ALL("conforming", {"DPL", DPL(code), 1}, {"the conforming bit", code & CONFORMING, 0},
		  {"access", code & 0x9b00, 0x9b00});
	system();
	data = becomes(FLAT_LO, DATA_HI(3) & ~PRESENT);
	CHECK_ALL("not-present", {"the access of one that is not present", data, 0},
		  {"the access of the same when it is", becomes(FLAT_LO, DATA_HI(3)) & 0xff00,
		   0xf300});
}

static void ours(void)
{
	static const u8 slots[] = {0, GDT_HV_CS, GDT_HV_DS, GDT_TSS, GDT_DOUBLE_FAULT};
	u32 i, kept = 0;

	for (i = 0; i < ARRAY_LEN(slots); i++) {
		hcall(HC_LOAD_GDT_ENTRY, slots[i], 0, 0, 0);
		hcall(HC_LOAD_GDT_ENTRY, slots[i], FLAT_LO, DATA_HI(3), 0);
		kept += !rights(slots[i]);
	}
	check_eq("ours", kept, ARRAY_LEN(slots));
	check_eq("goes-on", becomes(FLAT_LO, DATA_HI(3)) & 0xff00, 0xf300);
}

void guest_main(void)
{
	char name[8];

	traps_init();
	option("case", name, sizeof(name));
	if (!strcmp(name, "ours"))
		ours();
	else
		each();
	power_off();
}
