/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traps from ring 3: frames on the SET_STACK stack, system calls through both kinds of gate, gate
 * privilege, page-fault codes. */
#include "guest-stubs/selftest/selftest.h"

#define VECTOR_UNUSED 0x81
#define ERROR_OF(vec) ((vec)*8 + 2) /* error code of a refused int: the IDT bit is 2 */

static struct frame last;
static u32 last_if, calls;

USER_CODE_BLOB(u_divide, "movl $0x1234, %ecx; xorl %edx, %edx; xorl %ebx, %ebx; divl %ebx");
USER_CODE_BLOB(u_syscall, "movl $5, %eax; int $0x80; movl %eax, %edx; ud2");
USER_CODE_BLOB(u_syscalls, "movl $1000, %ecx; 1: int $0x80; loop 1b; ud2");
USER_CODE_BLOB(u_hypercall, "movl $2, %eax; xorl %ebx, %ebx; movl $1, %ecx; int $0x1f");
USER_CODE_BLOB(u_int_gp, "int $13");
USER_CODE_BLOB(u_int_pf, "int $14");
USER_CODE_BLOB(u_int_double, "int $8");
USER_CODE_BLOB(u_int_irq, "int $0x20");
USER_CODE_BLOB(u_int_unused, "int $0x81");
USER_CODE_BLOB(u_int3, "int3; ud2");
USER_CODE_BLOB(u_cli, "cli");
USER_CODE_BLOB(u_hlt, "hlt");
USER_CODE_BLOB(u_in, "inb $0x80, %al");
USER_CODE_BLOB(u_cr, "movl %cr0, %eax");
USER_CODE_BLOB(u_lgdt, "lgdt (%esp)");
USER_CODE_BLOB(u_sysenter, "sysenter");
USER_CODE_BLOB(u_read, "movl (%ebx), %eax; ud2");
USER_CODE_BLOB(u_write, "movl %eax, (%ebx); ud2");
USER_CODE_BLOB(u_jump, "jmp *%ebx");
USER_CODE_BLOB(u_gs, "movl %gs:0, %eax; ud2");
USER_CODE_BLOB(u_popf, "pushfl; andl $~0x200, (%esp); orl $0x3000, (%esp); popfl; pushfl;"
		       "popl %eax; ud2");
USER_CODE_BLOB(u_step, "pushfl; orl $0x100, (%esp); popfl; nop; nop; nop");
USER_CODE_BLOB(u_nt, "pushfl; orl $0x4000, (%esp); popfl; int $0x80; ud2");

#define CHECK_TRAP(f, vec, code)                         \
	do {                                             \
		CHECK_EQ((f).vector, vec, "vector");     \
		CHECK_EQ((f).error, code, "error code"); \
		CHECK_EQ((f).cs, GUEST_USER_CS, "cs");   \
	} while (0)

static void system_call(struct frame *f)
{
	last = *f;
	last_if = lguest_data.irq_enabled & EFLAGS_IF;
	f->eax += 100;
	calls++;
}

static const char *frame_of_ring3(void)
{
	struct frame f;

	RUN_USER(f, u_divide, 0);
	CHECK_TRAP(f, VECTOR_DIVIDE, 0);
	CHECK_EQ(f.eip, USER_CODE + (u32)(u_divide_end - u_divide_start) - 2, "eip");
	CHECK_EQ(f.ss, GUEST_USER_DS, "ss");
	CHECK_EQ(f.esp, USER_STACK, "esp");
	CHECK_EQ(f.ecx, 0x1234, "ecx");
	CHECK_EQ(f.eflags & EFLAGS_IF, EFLAGS_IF, "IF in the frame");
	return NULL;
}

static const char *call_through(u32 type, u32 if_in_handler)
{
	struct frame f;

	trap_handler[LGUEST_SYSCALL_VECTOR] = system_call;
	trap_set_gate(LGUEST_SYSCALL_VECTOR, type, 3);
	calls = 0;
	RUN_USER(f, u_syscall, 0);
	CHECK_EQ(calls, 1, "system calls");
	CHECK_EQ(last.eax, 5, "eax in the handler");
	CHECK_EQ(last.eip, USER_CODE + 7, "eip in the frame");
	CHECK_EQ(last.cs, GUEST_USER_CS, "cs in the frame");
	CHECK_EQ(last.esp, USER_STACK, "esp in the frame");
	CHECK_EQ(last.ss, GUEST_USER_DS, "ss in the frame");
	CHECK_EQ(last.eflags & EFLAGS_IF, EFLAGS_IF, "IF in the frame");
	CHECK_EQ(last_if, if_in_handler, "virtual IF in the handler");
	CHECK_TRAP(f, VECTOR_INVALID, 0);
	CHECK_EQ(f.edx, 105, "value returned");
	CHECK_EQ(f.eflags & EFLAGS_IF, EFLAGS_IF, "IF after the call");
	RUN_USER(f, u_syscalls, 0);
	CHECK_EQ(calls, 1001, "system calls");
	return NULL;
}

static const char *syscall_by_trap_gate(void)
{
	return call_through(GATE_TRAP, EFLAGS_IF);
}

static const char *syscall_by_interrupt_gate(void)
{
	const char *wrong = call_through(GATE_INTERRUPT, 0);

	trap_set_gate(LGUEST_SYSCALL_VECTOR, GATE_TRAP, 3);
	return wrong;
}

/* The stack may be page aligned: the frame goes below it. And it may move. */
static const char *stack_moves(void)
{
	static u8 other[2 * PAGE_SIZE] ALIGNED(4096);
	static const u32 offsets[] = {PAGE_SIZE, 2 * PAGE_SIZE, PAGE_SIZE + 8, 2 * PAGE_SIZE - 4};
	struct frame f, *at;
	u32 i;

	user_frame(&f, u_int3_start, u_int3_end);
	trap_handler[VECTOR_BREAKPOINT] = system_call;
	for (i = 0; i < ARRAY_LEN(offsets); i++) {
		memset(other, 0, sizeof(other));
		/* probe_user() would set its own stack: enter by hand, with the probe on top. */
		extern void probe_user_enter(u32 frame);

		set_kernel_stack(other + offsets[i]);
		probe(probe_user_enter, (u32)&f);
		at = (struct frame *)(other + offsets[i]) - 1;
		if (at->ss != GUEST_USER_DS || at->esp != USER_STACK ||
		    at->vector != VECTOR_INVALID)
			break;
	}
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	CHECK(i == ARRAY_LEN(offsets), "the frame is not below the stack pointer");
	return NULL;
}

static const char *gate_privilege(void)
{
	struct frame f;

	trap_set_gate(VECTOR_UNUSED, GATE_TRAP, 0);
	RUN_USER(f, u_hypercall, 0);
	CHECK_TRAP(f, VECTOR_GP, 0xfa);
	RUN_USER(f, u_int_gp, 0);
	CHECK_TRAP(f, VECTOR_GP, ERROR_OF(VECTOR_GP));
	RUN_USER(f, u_int_pf, 0);
	CHECK_TRAP(f, VECTOR_GP, ERROR_OF(VECTOR_PF));
	RUN_USER(f, u_int_double, 0);
	CHECK_TRAP(f, VECTOR_GP, ERROR_OF(8));
	RUN_USER(f, u_int_irq, 0);
	CHECK_TRAP(f, VECTOR_GP, ERROR_OF(0x20));
	RUN_USER(f, u_int_unused, 0);
	CHECK_TRAP(f, VECTOR_GP, ERROR_OF(VECTOR_UNUSED));
	CHECK_EQ(f.eip, USER_CODE, "eip of a refused int");
	RUN_USER(f, u_int3, 0);
	CHECK_TRAP(f, VECTOR_BREAKPOINT, 0);
	return NULL;
}

static const char *privileged_in_ring3(void)
{
	struct frame f;

	RUN_USER(f, u_cli, 0);
	CHECK_TRAP(f, VECTOR_GP, 0);
	RUN_USER(f, u_hlt, 0);
	CHECK_TRAP(f, VECTOR_GP, 0);
	RUN_USER(f, u_in, 0);
	CHECK_TRAP(f, VECTOR_GP, 0);
	RUN_USER(f, u_cr, 0);
	CHECK_TRAP(f, VECTOR_GP, 0);
	RUN_USER(f, u_lgdt, 0);
	CHECK_TRAP(f, VECTOR_GP, 0);
	CHECK_EQ(f.eip, USER_CODE, "eip of a refused instruction");
	RUN_USER(f, u_sysenter, 0);
	CHECK(f.vector == VECTOR_GP || f.vector == VECTOR_INVALID, "sysenter did something");
	return NULL;
}

static const char *user_page_faults(void)
{
	struct frame f;
	u32 page = page_alloc();

	map_page(user_root, PLACE, page | PTE_P | PTE_W);
	RUN_USER(f, u_read, PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER | PF_PRESENT);
	CHECK_EQ(probe_cr2, PLACE, "cr2");
	RUN_USER(f, u_write, PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER | PF_PRESENT | PF_WRITE);
	map_page(user_root, PLACE, page | PTE_P | PTE_U);
	RUN_USER(f, u_read, PLACE);
	CHECK_TRAP(f, VECTOR_INVALID, 0);
	RUN_USER(f, u_write, PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER | PF_PRESENT | PF_WRITE);
	map_page(user_root, PLACE, 0);
	RUN_USER(f, u_read, PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER);
	RUN_USER(f, u_write, PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER | PF_WRITE);
	RUN_USER(f, u_jump, PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER | (nx() ? PF_FETCH : 0));
	CHECK_EQ(f.eip, PLACE, "eip of a missing instruction");
	map_page(user_root, PLACE, page | PTE_USER);
	RUN_USER(f, u_write, PLACE);
	CHECK_TRAP(f, VECTOR_INVALID, 0);
	CHECK_EQ(see_pte(user_root, PLACE) & (PTE_A | PTE_D), PTE_A | PTE_D, "a/d");
	return NULL;
}

/* Touched by the kernel first, so that the page is in the shadow: rights must still hold. */
static const char *user_sees_no_kernel(void)
{
	struct frame f;

	map_page(kernel_root, HIGH_PLACE, page_alloc() | PTE_KERNEL);
	poke(HIGH_PLACE, 1);
	RUN_USER(f, u_read, HIGH_PLACE);
	CHECK_TRAP(f, VECTOR_PF, PF_USER | PF_PRESENT);
	RUN_USER(f, u_write, (u32)guest_start);
	CHECK_EQ(f.vector, VECTOR_PF, "vector of a write to the kernel");
	RUN_USER(f, u_read, 0u - lguest_data.reserve_mem + PAGE_SIZE);
	CHECK_EQ(f.vector, VECTOR_PF, "vector of a read of the reserved range");
	RUN_USER(f, u_jump, 0u - lguest_data.reserve_mem + PAGE_SIZE);
	CHECK_EQ(f.vector, VECTOR_PF, "vector of a jump to the reserved range");
	return NULL;
}

static const char *user_segments(void)
{
	static u32 tls[6];
	struct frame f;

	map_page(user_root, PLACE, page_alloc() | PTE_USER);
	poke(PLACE, 0x715);
	tls[2] = (PLACE << 16) | 0xffff;
	tls[3] = (PLACE & 0xff000000) | 0x0040f200 | (PLACE >> 16 & 0xff);
	hcall(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	user_frame(&f, u_gs_start, u_gs_end);
	f.gs = (GDT_TLS_MIN + 1) * 8 | 3;
	probe_user(&f);
	CHECK_TRAP(f, VECTOR_INVALID, 0);
	CHECK_EQ(f.eax, 0x715, "word through gs");
	CHECK_EQ(f.gs, (GDT_TLS_MIN + 1) * 8 | 3, "gs");
	return NULL;
}

static const char *user_flags(void)
{
	struct frame f;

	RUN_USER(f, u_popf, 0);
	CHECK_TRAP(f, VECTOR_INVALID, 0);
	CHECK_EQ(f.eax & 0x3200, EFLAGS_IF, "IF and IOPL after popf");
	RUN_USER(f, u_step, 0);
	CHECK_TRAP(f, VECTOR_DEBUG, 0);
	CHECK_EQ(f.eip, USER_CODE + 10, "eip after one step");
	trap_handler[LGUEST_SYSCALL_VECTOR] = system_call;
	RUN_USER(f, u_nt, 0);
	CHECK_TRAP(f, VECTOR_INVALID, 0);
	return NULL;
}

const struct test user_tests[] = {
	{"frame_of_ring3", frame_of_ring3},
	{"syscall_by_trap_gate", syscall_by_trap_gate},
	{"syscall_by_interrupt_gate", syscall_by_interrupt_gate},
	{"stack_moves", stack_moves},
	{"gate_privilege", gate_privilege},
	{"privileged_in_ring3", privileged_in_ring3},
	{"user_page_faults", user_page_faults},
	{"user_sees_no_kernel", user_sees_no_kernel},
	{"user_segments", user_segments},
	{"user_flags", user_flags},
	{NULL, NULL},
};
