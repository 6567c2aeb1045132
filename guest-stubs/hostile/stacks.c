/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by stacks, nested faults and debugging. */
#include "guest-stubs/hostile/hostile.h"

USER_CODE_BLOB(u_int80, "int $0x80; ud2");
USER_CODE_BLOB(u_icebp, ".byte 0xf1; ud2");
USER_CODE_BLOB(u_dr7, "movl %eax, %dr7");
USER_CODE_BLOB(u_align, "pushfl; orl $0x40000, (%esp); popfl; movl -7(%esp), %eax; ud2");

/* ---- Stacks ------------------------------------------------------------------------------- */

static void set_stack(u32 ss, u32 esp, u32 pages)
{
	hcall(HC_SET_STACK, ss, esp, pages, 0);
}

const char *stack_ring0(void)
{
	set_stack(GDT_HV_DS * 8, (u32)boot_stack_top, 1);
	return NULL;
}

const char *stack_too_many_pages(void)
{
	set_stack(GUEST_KERNEL_DS, (u32)boot_stack_top, 3);
	return NULL;
}

const char *stack_at_zero(void)
{
	set_stack(GUEST_KERNEL_DS, 0, 1);
	return NULL;
}

const char *stack_in_hypervisor(void)
{
	set_stack(GUEST_KERNEL_DS, HV_BASE + 6 * PAGE_SIZE, 1);
	return NULL;
}

const char *stack_in_window(void)
{
	set_stack(GUEST_KERNEL_DS, window() + 0x40, 1);
	return NULL;
}

const char *stack_unmapped(void)
{
	set_stack(GUEST_KERNEL_DS, PLACE + PAGE_SIZE, 1);
	return NULL;
}

/* Enter ring 3 by hand: probe_user() would set a good stack. */
extern void probe_user_enter(u32 frame);

const char *stack_taken_away(void)
{
	struct frame f;

	map_page(kernel_root, PLACE, page_alloc() | READ_WRITE);
	set_stack(GUEST_KERNEL_DS, PLACE + PAGE_SIZE, 1);
	map_page(kernel_root, PLACE, 0);
	flush_tlb(FLUSH_ALL);
	user_frame(&f, u_int80_start, u_int80_end);
	probe(probe_user_enter, (u32)&f);
	return NULL;
}

const char *fault_in_fault_handler(void)
{
	/* The handler is an instruction that faults; each fault takes some more of the stack. */
	static const u8 handler[] = {0xa1, 0, 0, 0, 0x70}; /* mov 0x70000000,%eax */

	map_page(kernel_root, PLACE, page_alloc() | READ_WRITE);
	map_page(kernel_root, PLACE + 2 * PAGE_SIZE, page_alloc() | READ_WRITE);
	memcpy((void *)PLACE, handler, sizeof(handler));
	hcall(HC_LOAD_IDT_ENTRY, VECTOR_PF, GUEST_KERNEL_CS << 16, PLACE | GATE_HI(GATE_TRAP, 0u),
	      0);
	__asm__ volatile("movl %0, %%esp; movl 0x70000000, %%eax"
			 :
			 : "r"(PLACE + 3 * PAGE_SIZE)
			 : "eax", "memory");
	return NULL;
}

const char *stack_misaligned(void)
{
	static u8 stack[3 * PAGE_SIZE] ALIGNED(4096);
	static const u32 offsets[] = {1, 2, 3, PAGE_SIZE - 1, 0};
	struct frame f;
	u32 i;

	trap_handler[LGUEST_SYSCALL_VECTOR] = note;
	for (i = 0; i < ARRAY_LEN(offsets); i++) {
		set_stack(GUEST_KERNEL_DS, (u32)stack + 2 * PAGE_SIZE + offsets[i], 2);
		user_frame(&f, u_int80_start, u_int80_end);
		seen.ss = 0;
		probe(probe_user_enter, (u32)&f);
		CHECK(seen.ss == GUEST_USER_DS && seen.eip == USER_CODE + 2, "the frame is wrong");
		CHECK(trapped(VECTOR_INVALID), "no return to ring 3");
	}
	return NULL;
}

const char *stack_read_only(void)
{
	map_page(kernel_root, PLACE, page_alloc() | READ_ONLY);
	set_stack(GUEST_KERNEL_DS, PLACE + PAGE_SIZE, 1);
	return NULL;
}

const char *trap_on_read_only_stack(void)
{
	map_page(kernel_root, PLACE, page_alloc() | READ_ONLY);
	__asm__ volatile("movl %0, %%esp; int3" : : "r"(PLACE + PAGE_SIZE - 64) : "memory");
	return NULL;
}

/* Some emulators do not check alignment, or do not know an instruction: the program goes on to its
 * UD2, or has a #UD at once. */
static const char *trap_was(const struct frame *f, u32 vector)
{
	CHECK(f->vector == vector || f->vector == VECTOR_INVALID, "another trap");
	return NULL;
}

const char *alignment_check(void)
{
	struct frame f;

	RUN_USER(f, u_align, 0);
	return trap_was(&f, VECTOR_ALIGN);
}

/* ---- Debugging ---------------------------------------------------------------------------- */

static u32 steps, outside;
extern char stepped_start[], stepped_end[];

static void on_debug(struct frame *f)
{
	steps++;
	if (f->eip < (u32)stepped_start || f->eip > (u32)stepped_end)
		outside++;
	if (f->eip >= (u32)stepped_end)
		f->eflags &= ~EFLAGS_TF;
}

const char *single_steps(void)
{
	static u32 from[2], to[2];
	u32 device = window();

	trap_handler[VECTOR_DEBUG] = on_debug;
	__asm__ volatile("pushfl; orl $0x100, (%%esp); popfl\n"
			 "stepped_start: nop\n"
			 "movl $0, %%eax; int $0x1f; nop\n"
			 "inb $0x80, %%al; nop\n"
			 "movl (%2), %%eax; nop\n"
			 "movl $2, %%ecx; rep movsl; nop\n"
			 "stepped_end: nop; nop\n"
			 "pushfl; andl $~0x100, (%%esp); popfl"
			 : "+S"(*(u32 *[]){from}), "+D"(*(u32 *[]){to})
			 : "b"(device)
			 : "eax", "ecx", "memory", "cc");
	trap_handler[VECTOR_DEBUG] = NULL;
	CHECK(!outside, "a step outside of the code");
	/* 11 instructions lie between the labels; a step over int may count as one or as none, and
	 * a rep counts each round. */
	CHECK(steps >= 10 && steps <= 14, "too few or too many steps");
	return NULL;
}

/* icebp is one byte long, where it is not known. */
static void skip_icebp(struct frame *f)
{
	f->eip++;
}

const char *mov_ss_blocks(void)
{
	trap_handler[VECTOR_INVALID] = skip_icebp;
	trap_handler[VECTOR_DEBUG] = note;
	trap_handler[VECTOR_BREAKPOINT] = note;
	__asm__ volatile("movl %%ss, %%ecx\n"
			 "pushfl; orl $0x100, (%%esp); popfl\n"
			 "movl %%ecx, %%ss; int $0x1f; nop\n"
			 "movl %%ecx, %%ss; int3; nop\n"
			 "movl %%ecx, %%ss; .byte 0xf1; nop\n"
			 "pushfl; andl $~0x100, (%%esp); popfl"
			 :
			 : "a"(HC_FLUSH_ASYNC)
			 : "ecx", "memory", "cc");
	trap_handler[VECTOR_DEBUG] = NULL;
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	return NULL;
}

const char *icebp(void)
{
	struct frame f;

	RUN_USER(f, u_icebp, 0);
	return trap_was(&f, VECTOR_DEBUG);
}

const char *debug_registers(void)
{
	u32 dr7, text = HV_BASE + PAGE_SIZE;
	struct frame f;

	__asm__ volatile("movl %0, %%dr0; movl %0, %%dr1" : : "r"(text));
	__asm__ volatile("movl %0, %%dr7" : : "r"(0x000f03ff));
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	__asm__ volatile("movl %%dr7, %0" : "=r"(dr7));
	CHECK((dr7 & 0xff) == 0, "breakpoints were accepted");
	RUN_USER(f, u_dr7, 0);
	CHECK(f.vector == VECTOR_GP, "mov to dr7 in ring 3");
	return NULL;
}

const char *no_handlers(void)
{
	u32 v;

	for (v = 0; v < 32; v++)
		hcall(HC_LOAD_IDT_ENTRY, v, 0, 0, 0);
	__asm__ volatile("ud2");
	return NULL;
}
