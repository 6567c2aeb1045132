/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by gates and software interrupts. */
#include "guest-stubs/hostile/hostile.h"

#define ERROR_OF(vec) ((vec)*8 + 2)

USER_CODE_BLOB(u_hypercall, "movl $2, %eax; xorl %ebx, %ebx; movl $1, %ecx; int $0x1f");
USER_CODE_BLOB(u_int80, "int $0x80; ud2");

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
	hcall(HC_LOAD_IDT_ENTRY, vector, GUEST_KERNEL_CS << 16, GATE_HI(type, 3), 0);
}

const char *idt_past_end(void)
{
	static const u32 vectors[] = {
		256, 256 + VECTOR_BREAKPOINT, 256 + LGUEST_SYSCALL_VECTOR, 511, 0x7fffffff, ~0u};
	const char *wrong;
	u32 i;

	for (i = 0; i < ARRAY_LEN(vectors); i++) {
		set_idt(vectors[i], GATE_TRAP); /* a handler at 0 */
		set_idt(vectors[i], 5);
	}
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	wrong = user_int(VECTOR_BREAKPOINT);
	return wrong ? wrong : user_int(LGUEST_SYSCALL_VECTOR);
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
		      (at & 0xffff0000) | GATE_HI(GATE_TRAP, 3u), 0);
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
	      HV_BASE | GATE_HI(GATE_TRAP, 3u), 0);
	CHECK(probe(breakpoint, 0), "no trap");
	CHECK(trapped(VECTOR_PF) && probe_frame.eip == HV_BASE, "not a fault of the fetch");
	return NULL;
}

const char *int_0x80_without_gate(void)
{
	__asm__ volatile("int $0x80");
	return NULL;
}
