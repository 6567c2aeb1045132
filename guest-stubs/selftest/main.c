/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * selftest: looks at the hypervisor from inside a well-behaved guest. Each test prints
 * "PASS name" or "FAIL name: what was wrong"; the last line counts them.
 *
 *   only=TEXT  just the tests whose name begins with TEXT
 *   from=TEXT  begin with the first such test
 *   nx=use     set NX although the CPU does not have it, which must end the guest
 */
#include "guest-stubs/lib/pci.h"
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

static void prepare(void)
{
	traps_init();
	paging_init();
	pte_slot(kernel_root, HIGH_PLACE, true); /* before any root copies the kernel half */
	user_root = root_new();
	if (!user_root || !user_init(user_root))
		panic("selftest: too little memory");
	root_load(user_root);
}

void guest_main(void)
{
	static const struct test *const groups[] = {
		paging_tests,	   execute_tests, space_tests,	trap_tests,   user_tests,
		instruction_tests, time_tests,	  device_tests, folded_tests,
	};
	u32 passed = 0, failed = 0, g;
	char only[32], from[32];

	option("only", only, sizeof(only));
	option("from", from, sizeof(from));
	prepare();
	for (g = 0; g < ARRAY_LEN(groups); g++) {
		const struct test *t;

		for (t = groups[g]; t->name; t++) {
			const char *wrong;

			if (!strncmp(t->name, from, strlen(from)))
				from[0] = '\0';
			if (from[0] || strncmp(t->name, only, strlen(only)))
				continue;
			wrong = t->run();
			irq_off();
			pci_forget();
			if (wrong)
				printf("FAIL %s: %s\n", t->name, wrong);
			else
				printf("PASS %s\n", t->name);
			wrong ? failed++ : passed++;
		}
	}
	printf("selftest: %u passed, %u failed\n", passed, failed);
	if (failed)
		panic("selftest: %u failed", failed);
}
