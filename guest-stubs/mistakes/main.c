/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mistakes: what one does wrong in a first kernel, one thing for each `do=` word. The hypervisor's
 * report of the end must say what it was. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"

#define PLACE 0x50000000u /* nothing is there */

static void large_page(void)
{
	paging_init();
	*(u32 *)table_slot(kernel_root, PLACE) = PTE_KERNEL | 0x80;
	table_changed(kernel_root, PLACE);
	*word_at(PLACE) = 1;
}

static void load_table(void)
{
	static const struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) pointer = {7, 0};

	__asm__ volatile("lgdt %0" : : "m"(pointer));
}

static void load_idt(void)
{
	static const u16 pointer[3] = {7, 0, 0};

	__asm__ volatile("lidt %0" : : "m"(pointer));
}

static void load_task(void)
{
	__asm__ volatile("ltr %w0" : : "r"(0x80));
}

static void call_null(void)
{
	void (*volatile nobody)(void) = NULL;

	paging_init();
	pte_write(pte_slot(kernel_root, 0, false), 0);
	flush_tlb(FLUSH_ALL);
	nobody();
}

static u32 deeper(u32 n)
{
	volatile u32 array[64];

	array[n % 64] = n;
	return n == 0xffffffffu ? 0 : deeper(n + 1) + array[n % 64];
}

static void run_out(void)
{
	deeper(1);
}

static void stack_runs_out(void)
{
	u32 top = PLACE + 3 * PAGE_SIZE;

	paging_init();
	traps_init();
	map_page(kernel_root, PLACE + PAGE_SIZE, page_alloc() | PTE_KERNEL);
	map_page(kernel_root, PLACE + 2 * PAGE_SIZE, page_alloc() | PTE_KERNEL);
	hcall(HC_SET_STACK, GUEST_KERNEL_DS, top, 2, 0);
	__asm__ volatile("movl %0, %%esp; xorl %%ebp, %%ebp; call *%1" : : "r"(top), "r"(run_out));
}

static void reserved(void)
{
	paging_init();
	*word_at(0xffc00000u) = 1;
}

static void write_nothing(void)
{
	paging_init();
	*word_at(PLACE + 0x123) = 1;
}

static void write_null(void)
{
	paging_init();
	pte_write(pte_slot(kernel_root, 0, false), 0);
	flush_tlb(FLUSH_ALL);
	*word_at(4) = 1;
}

static void bad_call(void)
{
	hcall(77, 0, 0, 0, 0);
}

static void new_instruction(void)
{
	__asm__ volatile("ud2");
}

static void divide(void)
{
	__asm__ volatile("divl %1" : : "a"(1), "r"(0), "d"(0));
}

static void table_outside(void)
{
	paging_init();
	*(u32 *)table_slot(kernel_root, PLACE) = PTE_KERNEL | 0x7f000000;
	table_changed(kernel_root, PLACE);
	*word_at(PLACE) = 1;
}

static void page_outside(void)
{
	paging_init();
	pte_write(pte_slot(kernel_root, PLACE, true), PTE_KERNEL | 0x7f000000);
	flush_tlb(FLUSH_ALL);
	*word_at(PLACE) = 1;
}

/* These two live on, and do nothing any more. */
static void sleep_for_ever(void)
{
	puts("mistakes: asleep\n");
	for (;;)
		halt();
}

static void never_on(void)
{
	traps_init();
	clock_start(100);
	puts("mistakes: deaf\n");
	for (;;)
		;
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{"large-page", large_page}, {"lgdt", load_table},	    {"lidt", load_idt},
	{"ltr", load_task},	    {"null-call", call_null},	    {"stack", stack_runs_out},
	{"reserved", reserved},	    {"page-fault", write_nothing},  {"null-write", write_null},
	{"hypercall", bad_call},    {"ud", new_instruction},	    {"divide", divide},
	{"outside", table_outside}, {"page-outside", page_outside}, {"asleep", sleep_for_ever},
	{"deaf", never_on},
};

void guest_main(void)
{
	char what[16];

	option("do", what, sizeof(what));
	printf("mistakes: %s\n", what);
	for (u32 i = 0; i < ARRAY_LEN(mistakes); i++)
		if (strcmp(what, mistakes[i].name) == 0)
			mistakes[i].make();
	puts("mistakes: and nothing happened\n");
}
