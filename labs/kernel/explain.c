/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a trap means, in words: the table of SDM vol. 3, 6.15, as far as a kernel in ring 1 meets
 * it. */
#include "labs/kernel/trap.h"

static const char *const meaning[TRAP_EXCEPTIONS] = {
	[TRAP_DIVIDE] = "a division by zero, or a quotient that is too large",
	[1] = "a single step",
	[TRAP_BREAKPOINT] = "a breakpoint (int3)",
	[TRAP_OVERFLOW] = "an overflow (into)",
	[5] = "an index out of bounds (bound)",
	[6] = "an instruction that does not exist: was data executed, or a function pointer wrong?",
	[7] = "the FPU, which this kernel does not use",
	[10] = "a bad task segment",
	[11] = "a segment that is not present",
	[12] = "a bad stack segment",
	[TRAP_GP] = "an instruction or a selector that this ring may not use",
	[TRAP_PAGE_FAULT] = "a page fault",
	[16] = "an error of the FPU",
	[17] = "an access that is not aligned",
};

static void explain_page_fault(const struct trap_frame *f)
{
	u32 va = lguest_data.cr2;

	printf("  it %s %p, ",
	       va == f->eip		? "ran"
	       : f->error & FAULT_WRITE ? "wrote to"
					: "read from",
	       (void *)va);
	if (!(f->error & FAULT_PRESENT))
		puts("where no page is mapped");
	else if (f->error & FAULT_USER)
		puts("where a program may not do that");
	else
		puts("a page that may not be written");
	if (va < PAGE_SIZE)
		puts(": a null pointer");
	puts("\n");
}

void trap_explain(const struct trap_frame *f)
{
	const char *what = f->vector < TRAP_EXCEPTIONS ? meaning[f->vector] : "an interrupt";

	printf("%s: %s (vector %u, error 0x%x), in %s at %p\n", from_user(f) ? "program" : "kernel",
	       what ? what : "a trap without a name", f->vector, f->error,
	       from_user(f) ? "ring 3" : "ring 1", (void *)f->eip);
	if (f->vector == TRAP_PAGE_FAULT)
		explain_page_fault(f);
	printf("  eax=%p ebx=%p ecx=%p edx=%p\n", (void *)f->eax, (void *)f->ebx, (void *)f->ecx,
	       (void *)f->edx);
	printf("  esi=%p edi=%p ebp=%p flags=%p\n", (void *)f->esi, (void *)f->edi, (void *)f->ebp,
	       (void *)f->eflags);
}
