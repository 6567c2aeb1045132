/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traps and segments in ring 1: frames, error codes, the virtual interrupt flag. */
#include "guest-stubs/selftest/selftest.h"

#define TLS_SELECTOR ((GDT_TLS_MIN + 1) * 8 | 3)
#define PER_CPU	     27
#define DATA_HI(dpl) (0x00409200u | (dpl) << 13) /* present, data, writable, 1 MiB limit below */

static struct frame last; /* what a handler below saw */
static u32 last_if, seen;

static void note(struct frame *f)
{
	memcpy(&last, f, from_user(f) ? sizeof(*f) : offsetof(struct frame, esp));
	last_if = lguest_data.irq_enabled & EFLAGS_IF;
	seen++;
}

static void divide(u32 unused)
{
	(void)unused;
	__asm__ volatile("movl $0x1234, %%ecx; xorl %%edx, %%edx; movl $7, %%eax\n"
			 "xorl %%ebx, %%ebx; divl %%ebx"
			 :
			 :
			 : "eax", "ebx", "ecx", "edx");
}

static const char *frame_of_ring1(void)
{
	CHECK(probe(divide, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_DIVIDE, "vector");
	CHECK_EQ(probe_frame.error, 0, "error code");
	CHECK_EQ(probe_frame.cs, GUEST_KERNEL_CS, "cs");
	CHECK_EQ(probe_frame.ecx, 0x1234, "ecx");
	CHECK_EQ(probe_frame.eax, 7, "eax");
	CHECK_EQ(*(u16 *)probe_frame.eip, 0xf3f7, "bytes at eip"); /* divl %ebx */
	CHECK_EQ(probe_frame.eflags & EFLAGS_IF, 0, "IF in the frame");
	return NULL;
}

static void invalid(u32 unused)
{
	(void)unused;
	__asm__ volatile("ud2");
}

static const char *invalid_opcode(void)
{
	CHECK(probe(invalid, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_INVALID, "vector");
	CHECK_EQ(*(u16 *)probe_frame.eip, 0x0b0f, "bytes at eip");
	return NULL;
}

static const char *breakpoint(void)
{
	u32 after;

	trap_handler[VECTOR_BREAKPOINT] = note;
	__asm__ volatile("int3\n1: movl $1b, %0" : "=r"(after) : : "memory");
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	CHECK_EQ(last.vector, VECTOR_BREAKPOINT, "vector");
	CHECK_EQ(last.eip, after, "eip");
	return NULL;
}

/* A trap gate from ring 1 leaves the virtual flag as it was, in the frame and after it. */
static const char *trap_gate_keeps_if(void)
{
	u32 with, after_with, with_frame;

	trap_handler[VECTOR_BREAKPOINT] = note;
	irq_on();
	__asm__ volatile("int3" : : : "memory");
	with = last_if;
	with_frame = last.eflags & EFLAGS_IF;
	after_with = lguest_data.irq_enabled & EFLAGS_IF;
	irq_off();
	__asm__ volatile("int3" : : : "memory");
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	CHECK_EQ(with, EFLAGS_IF, "virtual IF in the handler, on before");
	CHECK_EQ(with_frame, EFLAGS_IF, "IF in the frame, on before");
	CHECK_EQ(after_with, EFLAGS_IF, "virtual IF after, on before");
	CHECK_EQ(last_if, 0, "virtual IF in the handler, off before");
	CHECK_EQ(last.eflags & EFLAGS_IF, 0, "IF in the frame, off before");
	CHECK_EQ(lguest_data.irq_enabled & EFLAGS_IF, 0, "virtual IF after, off before");
	return NULL;
}

/* An interrupt gate clears it; iret brings it back. Both from ring 1. */
static const char *interrupt_gate_clears_if(void)
{
	u32 with, with_frame, after;

	trap_set_gate(VECTOR_BREAKPOINT, GATE_INTERRUPT, 3);
	trap_handler[VECTOR_BREAKPOINT] = note;
	irq_on();
	__asm__ volatile("int3" : : : "memory");
	with = last_if;
	with_frame = last.eflags & EFLAGS_IF;
	after = lguest_data.irq_enabled & EFLAGS_IF;
	irq_off();
	__asm__ volatile("int3" : : : "memory");
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	trap_set_gate(VECTOR_BREAKPOINT, GATE_TRAP, 3);
	CHECK_EQ(with, 0, "virtual IF in the handler");
	CHECK_EQ(with_frame, EFLAGS_IF, "IF in the frame, on before");
	CHECK_EQ(after, EFLAGS_IF, "virtual IF after, on before");
	CHECK_EQ(last.eflags & EFLAGS_IF, 0, "IF in the frame, off before");
	CHECK_EQ(lguest_data.irq_enabled & EFLAGS_IF, 0, "virtual IF after, off before");
	return NULL;
}

static const char *registers_survive_traps(void)
{
	u32 a = 1, b = 2, c = 3, d = 4, s = 5, flags;

	trap_handler[VECTOR_BREAKPOINT] = note;
	__asm__ volatile("stc; int3; pushfl; popl %5"
			 : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+S"(s), "=D"(flags)
			 :
			 : "memory", "cc");
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	CHECK(a == 1 && b == 2 && c == 3 && d == 4 && s == 5, "a register changed");
	CHECK_EQ(flags & EFLAGS_CF, EFLAGS_CF, "carry");
	return NULL;
}

static const char *registers_survive_hypercalls(void)
{
	u32 a = HC_FLUSH_ASYNC, b = 0x22222222, c = 0x33333333, d = 0x44444444, s = 5, di = 6, cf;

	__asm__ volatile("stc; int $0x1f; pushfl; popl %c6"
			 : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+S"(s), "+D"(di)
			 : "i"(&last.eflags)
			 : "memory", "cc");
	cf = *(volatile u32 *)&last.eflags & EFLAGS_CF;
	CHECK(a == HC_FLUSH_ASYNC && b == 0x22222222 && c == 0x33333333 && d == 0x44444444 &&
		      s == 5 && di == 6,
	      "a register changed");
	CHECK_EQ(cf, EFLAGS_CF, "carry");
	return NULL;
}

static void step(u32 unused)
{
	(void)unused;
	__asm__ volatile("pushfl; orl $0x100, (%%esp); popfl\n"
			 "nop; movl $0x77, %%ebx; nop"
			 :
			 :
			 : "ebx", "cc", "memory");
}

static const char *single_step(void)
{
	CHECK(probe(step, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_DEBUG, "vector");
	CHECK_EQ(*(u8 *)(probe_frame.eip - 1), 0x90, "instruction before eip");
	CHECK_EQ(probe_frame.eflags & EFLAGS_TF, EFLAGS_TF, "TF in the frame");
	return NULL;
}

static void step_over_hlt(u32 unused)
{
	(void)unused;
	__asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; hlt; nop" : : : "cc", "memory");
}

/* The trap ends the halt before it has begun, with the interrupts off as well. */
static const char *single_step_of_hlt(void)
{
	irq_off();
	CHECK(probe(step_over_hlt, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_DEBUG, "vector");
	CHECK_EQ(*(u8 *)(probe_frame.eip - 1), 0xf4, "instruction before eip");
	return NULL;
}

static void load_gs(u32 selector)
{
	__asm__ volatile("movw %w0, %%gs" : : "r"(selector));
}

static const char *bad_selectors(void)
{
	CHECK(probe(load_gs, 0x1fb), "a selector past the table was loaded");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, 0x1f8, "error code");
	gdt_set(GDT_TLS_MIN, 0x0000ffff, DATA_HI(3) & ~0x8000u);
	CHECK(probe(load_gs, GDT_TLS_MIN * 8 | 3), "a selector that is not present was loaded");
	/* The hypervisor may keep such a descriptor as an empty one. */
	CHECK(probe_frame.vector == VECTOR_SEGMENT || probe_frame.vector == VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, GDT_TLS_MIN * 8, "error code");
	return NULL;
}

static u32 gs_word(u32 offset)
{
	u32 v;

	__asm__ volatile("movl %%gs:(%1), %0" : "=r"(v) : "r"(offset));
	return v;
}

/* Entry 7 (the second TLS one) with its base at p. */
static void make_tls(u32 tls[6], const void *p)
{
	u32 base = (u32)p;

	memset(tls, 0, 6 * sizeof(u32));
	tls[2] = base << 16 | 0xffff;
	tls[3] = (base & 0xff000000) | DATA_HI(3) | (base >> 16 & 0xff);
}

static const char *thread_local_segments(void)
{
	static u32 tls[6], storage[2] = {0xaaaa, 0xbbbb};

	make_tls(tls, &storage[0]);
	hcall(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	load_gs(TLS_SELECTOR);
	CHECK_EQ(gs_word(0), 0xaaaa, "word in the first segment");
	load_gs(0);
	make_tls(tls, &storage[1]);
	hcall(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	load_gs(TLS_SELECTOR);
	CHECK_EQ(gs_word(0), 0xbbbb, "word in the second segment");
	/* removed under a loaded register: the next entry must not fault in the hypervisor */
	memset(tls, 0, sizeof(tls));
	hcall(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	load_gs(0);
	return NULL;
}

static const char *descriptor_privilege_raised(void)
{
	static u32 storage = 0xcccc;
	u32 rights = 0, sel = PER_CPU * 8, base = (u32)&storage;

	gdt_set(PER_CPU, base << 16 | 0xffff,
		(base & 0xff000000) | DATA_HI(0) | (base >> 16 & 0xff));
	load_gs(sel); /* RPL 0, as Linux does for its per-CPU segment */
	CHECK_EQ(gs_word(0), 0xcccc, "word in the segment");
	__asm__ volatile("larl %1, %0" : "=r"(rights) : "r"(sel));
	CHECK_EQ(rights >> 13 & 3, 1, "privilege level");
	load_gs(0);
	return NULL;
}

static const char *segments_survive_traps(void)
{
	static u32 tls[6], storage = 0xdddd;

	make_tls(tls, &storage);
	hcall(HC_LOAD_TLS, phys(tls), 0, 0, 0);
	load_gs(TLS_SELECTOR);
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	(void)inb(0x80);
	CHECK_EQ(gs_word(0), 0xdddd, "word after a hypercall and a port");
	load_gs(0);
	return NULL;
}

static void overflow_trap(u32 unused)
{
	(void)unused;
	__asm__ volatile("movb $0x7f, %%al; addb $1, %%al; into" : : : "eax", "cc");
}

static const char *overflow(void)
{
	CHECK(probe(overflow_trap, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_OVERFLOW, "vector");
	return NULL;
}

static void int_0x40(u32 unused)
{
	(void)unused;
	__asm__ volatile("int $0x40");
}

/* Vectors from 0x20 on, but for the system call, belong to interrupts, whatever the gate says. */
static const char *interrupt_vectors_are_closed(void)
{
	trap_set_gate(0x40, GATE_TRAP, 3);
	CHECK(probe(int_0x40, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, 0x40 * 8 + 2, "error code");
	return NULL;
}

/* The kernel may call its own system calls. */
static const char *syscall_from_ring1(void)
{
	trap_handler[LGUEST_SYSCALL_VECTOR] = note;
	seen = 0;
	__asm__ volatile("int $0x80" : : : "memory");
	trap_handler[LGUEST_SYSCALL_VECTOR] = NULL;
	CHECK_EQ(seen, 1, "calls of the handler");
	CHECK_EQ(last.vector, LGUEST_SYSCALL_VECTOR, "vector");
	CHECK_EQ(last.cs, GUEST_KERNEL_CS, "cs");
	return NULL;
}

const struct test trap_tests[] = {
	{"frame_of_ring1", frame_of_ring1},
	{"invalid_opcode", invalid_opcode},
	{"breakpoint", breakpoint},
	{"overflow", overflow},
	{"trap_gate_keeps_if", trap_gate_keeps_if},
	{"interrupt_gate_clears_if", interrupt_gate_clears_if},
	{"registers_survive_traps", registers_survive_traps},
	{"registers_survive_hypercalls", registers_survive_hypercalls},
	{"single_step", single_step},
	{"single_step_of_hlt", single_step_of_hlt},
	{"bad_selectors", bad_selectors},
	{"thread_local_segments", thread_local_segments},
	{"descriptor_privilege_raised", descriptor_privilege_raised},
	{"segments_survive_traps", segments_survive_traps},
	{"interrupt_vectors_are_closed", interrupt_vectors_are_closed},
	{"syscall_from_ring1", syscall_from_ring1},
	{NULL, NULL},
};
