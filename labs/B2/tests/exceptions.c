/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions reach their handlers, with the frame that the CPU pushed, and the code that trapped
 * goes on as if nothing were. */
#include "labs/harness/harness.h"
#include "labs/kernel/trap.h"

static struct trap_frame last; /* of the last trap; esp and ss are not there */
static u32 traps, skip, answer;

static void keep(struct trap_frame *f)
{
	memcpy(&last, f, offsetof(struct trap_frame, esp));
	traps++;
	f->eip += skip; /* over the instruction, where it would trap again */
	f->eax = answer;
}

static void check_frame(u32 vector, u32 error, u32 count)
{
	check_equal("traps so far", count, traps);
	check_equal("the vector", vector, last.vector);
	check_equal("the error code", error, last.error);
	check_equal("CS of the kernel", GUEST_KERNEL_CS, last.cs);
	note(last.vector << 16 | last.error);
}

/* ---- Which gates a program of ring 3 may use: `int n`, run on pages that are opened for it
 * ------- */
#define FLAT_LOW       0x0000ffffu /* base 0, 4 GiB (SDM vol. 3, 3.4.5) */
#define FLAT_CODE_HIGH 0x00cffb00u /* DPL 3, 32 bits, code */
#define FLAT_DATA_HIGH 0x00cff300u
#define ENTRIES	       1024
#define USER_PAGE      4u /* an entry's bit (SDM vol. 3, 4.3): ring 3 may use the page */

extern u32 boot_directory[ENTRIES], boot_table[ENTRIES]; /* entry.S */
u32 user_enter(struct trap_frame *f, u32 *esp);		 /* trap.S */
NORETURN void user_leave(u32 esp, u32 answer);

static u32 kernel_esp;

static void leave(struct trap_frame *f)
{
	user_leave(kernel_esp, f->vector << 16 | f->error);
}

static void segment(u32 index, u32 high)
{
	hcall(HC_LOAD_GDT_ENTRY, index, FLAT_LOW, high);
}

static void open_for_programs(void)
{
	u32 i;

	segment(GDT_USER_CS, FLAT_CODE_HIGH);
	segment(GDT_USER_DS, FLAT_DATA_HIGH);
	for (i = 0; i < ENTRIES; i++)
		boot_table[i] |= USER_PAGE;
	boot_directory[KERNEL_BASE / (ENTRIES * PAGE_SIZE)] |= USER_PAGE;
	hcall(HC_FLUSH_TLB, 1, 0, 0);
}

/* The trap that ends `int n` in ring 3: its vector, and its error code in the lower half. */
static u32 int_n(u32 n)
{
	static u8 code[] = {0xcd, 0, 0x0f, 0x0b}; /* int n; ud2 */
	static u32 stack[64];
	struct trap_frame f = {.es = GUEST_USER_DS,
			       .ds = GUEST_USER_DS,
			       .eip = (u32)code,
			       .cs = GUEST_USER_CS,
			       .eflags = EFLAGS_IF | 2,
			       .esp = (u32)(stack + ARRAY_LEN(stack)),
			       .ss = GUEST_USER_DS};

	code[1] = (u8)n;
	return user_enter(&f, &kernel_esp);
}

static void rings(void)
{
	static const u32 closed[] = {TRAP_DIVIDE, 5, 6, TRAP_PAGE_FAULT, LGUEST_IRQ_BASE},
			 open[] = {TRAP_BREAKPOINT, TRAP_OVERFLOW, LGUEST_SYSCALL_VECTOR};
	u32 i;

	open_for_programs();
	for (i = 0; i <= LGUEST_SYSCALL_VECTOR; i++)
		if (i < LGUEST_IRQ_BASE || i == LGUEST_SYSCALL_VECTOR)
			trap_register(i, leave);
	for (i = 0; i < ARRAY_LEN(open); i++)
		check(int_n(open[i]) == open[i] << 16,
		      "a program to use int %u, seen that it may not", open[i]);
	for (i = 0; i < ARRAY_LEN(closed); i++)
		check(int_n(closed[i]) == (TRAP_GP << 16 | closed[i] * 8 | 2),
		      "a general protection fault of int %u in a program, seen that it passes",
		      closed[i]);
	note(i);
	part("rings");
}

TEST(b2_gates)
{
	u32 low = 0, high = 0, got;

	trap_register(TRAP_BREAKPOINT, keep);
	trap_register(TRAP_DIVIDE, keep);
	trap_register(TRAP_GP, keep);
	trap_register(6, keep);

	answer = random_number();
	__asm__ volatile("int3\n1:\tmovl $1b, %1" : "=a"(got), "=r"(low) : : "memory");
	check_frame(TRAP_BREAKPOINT, 0, 1);
	check_equal("EIP, which a breakpoint leaves behind the instruction", low, last.eip);
	check_equal("what the handler put into EAX", answer, got);
	part("breakpoint");

	skip = 2;
	__asm__ volatile("1:\tdivl %%ecx\n\tmovl $1b, %0"
			 : "=r"(low), "+d"(high)
			 : "a"(1), "c"(0)
			 : "memory");
	check_frame(TRAP_DIVIDE, 0, 2);
	check_equal("EIP of the division", low, last.eip);
	part("divide");

	__asm__ volatile("ud2" : "=a"(got) : : "memory");
	check_frame(6, 0, 3);
	part("invalid");
	rings();
}

/* All registers come back as they were; a handler sees them and may change them. */
TEST(b2_registers)
{
	u32 in[6], out[6], i, round;

	trap_register(TRAP_BREAKPOINT, keep);
	skip = 0;
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 6; i++)
			in[i] = random_number();
		answer = random_number();
		__asm__ volatile("push %%ebp\n\t"
				 "movl %%edx, %%ebp\n\t"
				 "pushl %%esi\n\t"
				 "movl 0(%%esi), %%eax\n\t"
				 "movl 4(%%esi), %%ebx\n\t"
				 "movl 8(%%esi), %%ecx\n\t"
				 "movl 12(%%esi), %%edx\n\t"
				 "movl 16(%%esi), %%edi\n\t"
				 "movl 20(%%esi), %%esi\n\t"
				 "pushl %%ebp\n\t"
				 "int3\n\t"
				 "popl %%ebp\n\t"
				 "movl %%eax, 0(%%ebp)\n\t"
				 "movl %%ebx, 4(%%ebp)\n\t"
				 "movl %%ecx, 8(%%ebp)\n\t"
				 "movl %%edx, 12(%%ebp)\n\t"
				 "movl %%edi, 16(%%ebp)\n\t"
				 "movl %%esi, 20(%%ebp)\n\t"
				 "popl %%esi\n\t"
				 "popl %%ebp"
				 : "+d"(*(u32 *[1]){out})
				 : "S"(in)
				 : "eax", "ebx", "ecx", "edi", "memory", "cc");
		check_equal("EAX, as the handler sees it", in[0], last.eax);
		check_equal("EBX, as the handler sees it", in[1], last.ebx);
		check_equal("ECX, as the handler sees it", in[2], last.ecx);
		check_equal("EDX, as the handler sees it", in[3], last.edx);
		check_equal("EDI, as the handler sees it", in[4], last.edi);
		check_equal("ESI, as the handler sees it", in[5], last.esi);
		check_equal("EAX, as the handler left it", answer, out[0]);
		for (i = 1; i < 6; i++)
			check_equal("a register that the handler left alone", in[i], out[i]);
		note(out[0] ^ last.edi);
	}
	check_equal("traps", 50, traps);
}

/* What nobody deals with is told in words. The address is the seed's. */
TEST(b2_explain_read)
{
	u32 at = 0x40000000 + (random_number() & 0x3ffffffc);

	note(*(volatile u32 *)at);
}

TEST(b2_explain_null)
{
	*(volatile u32 *)(random_number() & 0xffc) =
		1; /* the member of a structure that is not there */
}

TEST(b2_explain_gp)
{
	__asm__ volatile("movl %0, %%es"
			 :
			 : "r"(random_number() & 0xf8));	/* a selector of ring 0 */
	__asm__ volatile("movw %0, %%es" : : "r"((u16)0x1238)); /* past the end of the table */
}
