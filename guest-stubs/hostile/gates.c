/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by gates, software interrupts, stacks and debugging. */
#include "guest-stubs/hostile/hostile.h"

#define KERNEL_CS_HI(type, dpl) (0x8000u | (dpl) << 13 | (type) << 8)
#define ERROR_OF(vec)		((vec)*8 + 2)

USER_CODE_BLOB(u_hypercall, "movl $2, %eax; xorl %ebx, %ebx; movl $1, %ecx; int $0x1f");
USER_CODE_BLOB(u_int80, "int $0x80; ud2");
USER_CODE_BLOB(u_int3, "int3; ud2");
USER_CODE_BLOB(u_icebp, ".byte 0xf1; ud2");
USER_CODE_BLOB(u_dr7, "movl %eax, %dr7");
USER_CODE_BLOB(u_align, "pushfl; orl $0x40000, (%esp); popfl; movl -7(%esp), %eax; ud2");

const char *user_hypercall(void)
{
	struct frame f;

	RUN_USER(f, u_hypercall, 0);
	CHECK(f.vector == VECTOR_GP && f.error == 0xfa, "not #GP 0xfa");
	return NULL;
}

/* int n, n put into the code. */
static void int_bytes(char code[4], u32 n)
{
	code[0] = (char)0xcd;
	code[1] = (char)n;
	code[2] = 0x0f; /* ud2, should it come back */
	code[3] = 0x0b;
}

static const char *user_int(u32 n)
{
	char code[4];
	struct frame f;

	int_bytes(code, n);
	user_frame(&f, code, code + sizeof(code));
	probe_user(&f);
	if (n == VECTOR_BREAKPOINT || n == VECTOR_OVERFLOW || n == LGUEST_SYSCALL_VECTOR)
		return f.vector == n ? NULL : "an open gate is closed";
	CHECK(f.vector == VECTOR_GP && f.error == ERROR_OF(n), "int n in ring 3 is not #GP");
	return NULL;
}

static u32 irqs;

static void count_irq(u32 line)
{
	(void)line;
	irqs++;
}

const char *every_int(void)
{
	char code[4];
	u32 n;

	for (n = 1; n < LGUEST_IRQS; n++)
		irq_install(n, count_irq);
	for (n = 0; n < 256; n++) {
		const char *wrong = user_int(n);

		if (wrong)
			return wrong;
		if (n == LGUEST_TRAP)
			continue;
		int_bytes(code, n);
		CHECK(run_bytes(code, sizeof(code)), "int n in ring 1 did not trap");
	}
	CHECK(irqs == 0, "an int was taken for an interrupt");
	return NULL;
}

const char *open_error_gates(void)
{
	static const u8 vectors[] = {8, 10, 11, 12, 13, 14, 17};
	u32 i;

	for (i = 0; i < ARRAY_LEN(vectors); i++) {
		const char *wrong;

		trap_set_gate(vectors[i], GATE_TRAP, 3);
		wrong = user_int(vectors[i]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

const char *open_irq_gates(void)
{
	u32 n;

	for (n = 0; n < LGUEST_IRQS; n++) {
		const char *wrong;

		trap_set_gate(LGUEST_IRQ_BASE + n, GATE_INTERRUPT, 3);
		irq_install(n, count_irq);
		wrong = user_int(LGUEST_IRQ_BASE + n);
		if (wrong)
			return wrong;
	}
	CHECK(irqs == 0, "an int was taken for an interrupt");
	return NULL;
}

static void set_idt(u32 vector, u32 type)
{
	hcall(HC_LOAD_IDT_ENTRY, vector, GUEST_KERNEL_CS << 16, KERNEL_CS_HI(type, 3), 0);
}

const char *idt_past_end(void)
{
	set_idt(256, GATE_TRAP);
	return NULL;
}

const char *idt_task_gate(void)
{
	set_idt(LGUEST_SYSCALL_VECTOR, 5);
	return NULL;
}

const char *idt_16bit_interrupt_gate(void)
{
	set_idt(3, 6);
	return NULL;
}

const char *idt_16bit_trap_gate(void)
{
	set_idt(3, 7);
	return NULL;
}

const char *idt_call_gate(void)
{
	set_idt(0x80, 0xc);
	return NULL;
}

const char *idt_ignored(void)
{
	set_idt(2, 5);
	set_idt(8, 5);
	set_idt(15, 0xc);
	set_idt(LGUEST_TRAP, 5);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	return NULL;
}

static struct frame seen;

static void note(struct frame *f)
{
	seen = *f;
	__asm__ volatile("movl %%cs, %0" : "=r"(seen.error));
}

extern const u32 trap_vectors[256];

const char *gate_selectors(void)
{
	static const u16 selectors[] = {GDT_HV_CS * 8, GUEST_USER_CS, 0, GDT_TSS * 8, 0xffff};
	u32 at = trap_vectors[LGUEST_SYSCALL_VECTOR], i;
	struct frame f;

	trap_handler[LGUEST_SYSCALL_VECTOR] = note;
	for (i = 0; i < ARRAY_LEN(selectors); i++) {
		hcall(HC_LOAD_IDT_ENTRY, LGUEST_SYSCALL_VECTOR,
		      (at & 0xffff) | (u32)selectors[i] << 16,
		      (at & 0xffff0000) | KERNEL_CS_HI(GATE_TRAP, 3u), 0);
		seen.error = 0;
		RUN_USER(f, u_int80, 0);
		CHECK((seen.error & 0xffff) == GUEST_KERNEL_CS, "the handler's segment");
	}
	return NULL;
}

static void breakpoint(u32 unused)
{
	(void)unused;
	__asm__ volatile("int3");
}

/* The handler lies where nothing is mapped for anybody: the fetch faults, and that is all. */
const char *gate_into_hypervisor(void)
{
	hcall(HC_LOAD_IDT_ENTRY, VECTOR_BREAKPOINT, GUEST_KERNEL_CS << 16,
	      HV_BASE | KERNEL_CS_HI(GATE_TRAP, 3u), 0);
	CHECK(probe(breakpoint, 0), "no trap");
	CHECK(trapped(VECTOR_PF) && probe_frame.eip == HV_BASE, "not a fault of the fetch");
	return NULL;
}

const char *int_0x80_without_gate(void)
{
	__asm__ volatile("int $0x80");
	return NULL;
}

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
	hcall(HC_LOAD_IDT_ENTRY, VECTOR_PF, GUEST_KERNEL_CS << 16,
	      PLACE | KERNEL_CS_HI(GATE_TRAP, 0u), 0);
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

const char *alignment_check(void)
{
	struct frame f;

	RUN_USER(f, u_align, 0);
	/* Some emulators do not check alignment at all. */
	CHECK(f.vector == VECTOR_ALIGN || f.vector == VECTOR_INVALID, "another trap");
	return NULL;
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
	/* Some emulators do not know the instruction. */
	CHECK(f.vector == VECTOR_DEBUG || f.vector == VECTOR_INVALID, "another trap");
	return NULL;
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
