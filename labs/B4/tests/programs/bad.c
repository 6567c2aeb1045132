/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does what no program may; which of these things, its argument says. */
#include "labs/harness/program/program.h"

static void divide(void)
{
	u32 low, high = 0;

	__asm__ volatile("divl %2" : "=a"(low), "+d"(high) : "r"(0), "0"(1));
}

static void read_null(void)
{
	__asm__ volatile("movl 0x10, %%eax" : : : "eax");
}

static void read_kernel(void)
{
	__asm__ volatile("movl 0xc0100000, %%eax" : : : "eax");
}

static void write_kernel(void)
{
	__asm__ volatile("movl $0, 0xc0100000" : : : "memory");
}

static void run_kernel(void)
{
	((void (*)(void))0xc0100000)();
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void port(void)
{
	__asm__ volatile("outb %%al, $0x80" : : "a"(0));
}

static void hypercall(void)
{
	__asm__ volatile("int $0x1f"
			 :
			 : "a"(2), "b"(0), "c"(1)); /* power off, were this the kernel */
}

static void take_line(void)
{
	__asm__ volatile("int $0x20"); /* as if the timer had fired */
}

static void undefined(void)
{
	__asm__ volatile("ud2");
}

static u32 deeper(volatile u32 *up)
{
	volatile u32 here[256];

	here[0] = up ? up[0] + 1 : 0;
	return here[0] == 1000000 ? 0 : deeper(here) + here[0];
}

static void deep(void)
{
	deeper((volatile u32 *)0);
}

static void no_stack(void)
{
	__asm__ volatile("movl $0xc0200000, %esp\n\tpushl $0");
}

static void kernel_segment(void)
{
	__asm__ volatile("movw %w0, %%ds"
			 :
			 : "r"(0x68)); /* the kernel's data segment, with RPL 0 */
}

static void (*const what[])(void) = {divide, read_null, read_kernel,   write_kernel, run_kernel,
				     halt,   port,	hypercall,     take_line,    undefined,
				     deep,   no_stack,	kernel_segment};

int main(u32 arg)
{
	what[arg]();
	print("bad: nobody stopped me\n");
	return 99;
}
