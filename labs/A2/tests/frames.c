/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: the frames of traps that ring 1 makes itself. */
#include "guest-stubs/lib/trap.h"
#include "labs/check.h"

#define NOWHERE	    0x7ffff123u /* no page is there */
#define BEYOND	    0x1f8u	/* a selector behind the end of the table */
#define DIV_EBX	    0xf3f7u	/* the bytes of the instructions */
#define UD2	    0x0b0fu
#define MOV_GS_EAX  0xe88eu
#define MOV_EAX_MEM 0x008bu

static struct frame last;

static void divide(u32 unused)
{
	(void)unused;
	__asm__ volatile("xorl %%edx, %%edx; movl $7, %%eax; xorl %%ebx, %%ebx; divl %%ebx"
			 :
			 :
			 : "eax", "ebx", "edx");
}

static void invalid(u32 unused)
{
	(void)unused;
	__asm__ volatile("ud2");
}

static void load_gs(u32 selector)
{
	__asm__ volatile("movw %w0, %%gs" : : "a"(selector));
}

static void read(u32 address)
{
	__asm__ volatile("movl (%%eax), %%eax" : "+a"(address));
}

static void note(struct frame *f)
{
	memcpy(&last, f, offsetof(struct frame, esp));
}

static u32 flags_in_handler;

static void skip(struct frame *f)
{
	__asm__ volatile("pushfl; popl %0; pushl %1; popfl"
			 : "=&r"(flags_in_handler)
			 : "i"(2 /* all clear, but for the bit that is always 1 */)
			 : "memory", "cc");
	note(f);
	f->eip += 2; /* movw to GS */
}

/* Nested Task is set where the trap comes from; with it an IRET of the handler would be a return to
 * another task. */
static void nested_task(void)
{
	trap_handler[VECTOR_GP] = skip;
	__asm__ volatile(
		"pushfl; orl %1, (%%esp); popfl; movw %w0, %%gs; pushfl; andl %2, (%%esp); popfl"
		:
		: "a"(BEYOND), "i"(EFLAGS_NT), "i"(~EFLAGS_NT)
		: "memory", "cc");
	trap_handler[VECTOR_GP] = NULL;
	CHECK_ALL("nested-task", {"NT in EFLAGS", last.eflags & EFLAGS_NT, EFLAGS_NT},
		  {"NT in the handler", flags_in_handler & EFLAGS_NT, 0});
}

static void tried(const char *name, void (*fn)(u32), u32 arg, u32 vector, u32 error, u32 code)
{
	u32 trapped = probe(fn, arg);

	CHECK_ALL(name, {"trapped", trapped, 1}, {"vector", probe_frame.vector, vector},
		  {"error code", probe_frame.error, error}, {"CS", probe_frame.cs, GUEST_KERNEL_CS},
		  {"the instruction at EIP", *(u16 *)probe_frame.eip, code},
		  {"IF in EFLAGS", probe_frame.eflags & EFLAGS_IF, 0},
		  {"IOPL in EFLAGS", probe_frame.eflags & EFLAGS_IOPL, 0});
}

void guest_main(void)
{
	u32 after;

	traps_init();
	tried("divide", divide, 0, VECTOR_DIVIDE, 0, DIV_EBX);
	tried("invalid", invalid, 0, VECTOR_INVALID, 0, UD2);
	tried("protection", load_gs, BEYOND, VECTOR_GP, BEYOND, MOV_GS_EAX);
	tried("page-fault", read, NOWHERE, VECTOR_PF, 0, MOV_EAX_MEM);
	if (probe_cr2 != NOWHERE)
		printf("not ok page-fault: CR2: expected %x, seen %x\n", NOWHERE, probe_cr2);

	trap_handler[VECTOR_BREAKPOINT] = note;
	__asm__ volatile("stc; int3\n1: movl $1b, %0" : "=r"(after) : : "memory", "cc");
	CHECK_ALL("breakpoint", {"vector", last.vector, VECTOR_BREAKPOINT},
		  {"EIP", last.eip, after}, {"CF in EFLAGS", last.eflags & EFLAGS_CF, EFLAGS_CF});
	nested_task();
	power_off();
}
