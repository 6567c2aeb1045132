/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests share: an address space to play in, accesses to it, and words for a failure. */
#include "guest-stubs/selftest/selftest.h"

u32 user_root;

static char why[128];

const char *fail(const char *fmt, ...)
{
	va_list va;

	va_start(va, fmt);
	vsnprintf(why, sizeof(why), fmt, va);
	va_end(va);
	return why;
}

void edit_pte(u32 root, u32 va, u32 entry)
{
	pte_write(pte_slot(root, va, true), entry);
}

u32 see_pte(u32 root, u32 va)
{
	return pte_read(pte_slot(root, va, false));
}

void read_at(u32 va)
{
	(void)*(volatile u32 *)va;
}

void write_at(u32 va)
{
	*(volatile u32 *)va = 0x600df00d;
}

void call_at(u32 va)
{
	__asm__ volatile("call *%0" : : "r"(va) : "eax", "edx", "memory");
}

u32 peek(u32 va)
{
	return *(volatile u32 *)va;
}

void poke(u32 va, u32 value)
{
	*(volatile u32 *)va = value;
}

void place_init(void)
{
	traps_init();
	paging_init();
	pte_slot(kernel_root, HIGH_PLACE, true); /* before any root copies the kernel half */
	user_root = root_new();
	if (!user_root || !user_init(user_root))
		panic("selftest: too little memory");
	root_load(user_root);
}
