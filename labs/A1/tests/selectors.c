/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A1: TLS entries, and selectors that are in a register when their descriptor changes. */
#include "guest-stubs/lib/trap.h"
#include "labs/check.h"

#define SLOT	     20u
#define FLAT_LO	     0x0000ffffu
#define DATA_HI(dpl) (0x00cf9200u | (dpl) << 13)
#define EXECUTE_ONLY 0x00cff800u

static u32 tls[2 * GDT_TLS_COUNT], words[] = {0xaaaa, 0xbbbb};

static void load_gs(u32 selector)
{
	__asm__ volatile("movw %w0, %%gs" : : "r"(selector));
}

static u32 gs(void)
{
	u32 selector;

	__asm__ volatile("movl %%gs, %0" : "=r"(selector));
	return selector & 0xffff;
}

static u32 word_behind(const void *base, u32 dpl)
{
	u32 at = (u32)base, v;

	tls[2] = at << 16 | 0xffff;
	tls[3] = (at & 0xff000000) | (0x00409200u | dpl << 13) | (at >> 16 & 0xff);
	hcall(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	__asm__ volatile("movw %w1, %%fs; movl %%fs:0, %0; movw %w2, %%fs"
			 : "=&r"(v)
			 : "r"((GDT_TLS_MIN + 1) * 8 + 1), "r"(0));
	return v;
}

static void threads(void)
{
	u32 rights = 0;

	check_eq("loaded", word_behind(&words[0], 3), 0xaaaa);
	check_eq("changed", word_behind(&words[1], 3), 0xbbbb);
	word_behind(&words[0], 0);
	__asm__ volatile("larl %1, %0" : "+r"(rights) : "r"((GDT_TLS_MIN + 1) * 8 + 1) : "cc");
	check_eq("tamed", rights >> 13 & 3, 1);
}

/* GS holds SLOT, which then becomes something else. */
static void stale(const char *name, u32 lo, u32 hi)
{
	u32 before, after;

	gdt_set(SLOT, FLAT_LO, DATA_HI(3));
	load_gs(SLOT * 8 + 3);
	before = gs();
	gdt_set(SLOT, lo, hi);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	after = gs();
	load_gs(0);
	CHECK_ALL(name, {"GS before", before, SLOT * 8 + 3}, {"GS after", after, 0});
}

void guest_main(void)
{
	char name[8];

	traps_init();
	option("case", name, sizeof(name));
	if (!strcmp(name, "tls")) {
		threads();
	} else if (!strcmp(name, "end")) {
		hcall(HC_LOAD_TLS, ram_bytes() - 16, 0, 0, 0);
		puts("it went on\n");
	} else {
		stale("removed", 0, 0);
		stale("out-of-reach", FLAT_LO, DATA_HI(1));
		stale("not-readable", FLAT_LO, EXECUTE_ONLY);
	}
	power_off();
}
