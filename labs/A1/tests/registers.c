/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A1: what the guest finds in its registers when it comes back. */
#include "labs/check.h"

#define FLAGS 0x8d5u /* CF PF AF ZF SF OF */

extern u32 seen[7]; /* by that name for the assembler */
u32 seen[7];

static void general(void)
{
	__asm__ volatile(
		"pushal\n"
		"movl $0, %%eax; movl $0x22222222, %%ebx; movl $0x33333333, %%ecx\n"
		"movl $0x44444444, %%edx; movl $0x55555555, %%esi; movl $0x66666666, %%edi\n"
		"movl $0x77777777, %%ebp\n"
		"int $0x1f\n"
		"movl %%eax, seen; movl %%ebx, seen+4; movl %%ecx, seen+8; movl %%edx, seen+12\n"
		"movl %%esi, seen+16; movl %%edi, seen+20; movl %%ebp, seen+24\n"
		"popal"
		:
		:
		: "memory", "cc");
	CHECK_ALL("general", {"EAX", seen[0], HC_FLUSH_ASYNC}, {"EBX", seen[1], 0x22222222},
		  {"ECX", seen[2], 0x33333333}, {"EDX", seen[3], 0x44444444},
		  {"ESI", seen[4], 0x55555555}, {"EDI", seen[5], 0x66666666},
		  {"EBP", seen[6], 0x77777777});
}

static u32 flags_behind_call(u32 flags)
{
	__asm__ volatile("pushl %0; popfl; int $0x1f; pushfl; popl %0; cld"
			 : "+r"(flags)
			 : "a"(HC_FLUSH_ASYNC), "b"(0), "c"(0), "d"(0), "S"(0)
			 : "memory", "cc");
	return flags;
}

static void segments(void)
{
	u32 ds, es, fs, gs;

	__asm__ volatile("movw %w0, %%fs; movw %w1, %%gs" : : "r"(GUEST_KERNEL_DS), "r"(0));
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	__asm__ volatile("movl %%ds, %0; movl %%es, %1; movl %%fs, %2; movl %%gs, %3"
			 : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
	CHECK_ALL("segments", {"DS", ds & 0xffff, GUEST_KERNEL_DS},
		  {"ES", es & 0xffff, GUEST_KERNEL_DS}, {"FS", fs & 0xffff, GUEST_KERNEL_DS},
		  {"GS", gs & 0xffff, 0});
}

/* A call that copies, over the end of a page: a hypervisor that goes on backwards gets other
 * entries. */
static void direction(void)
{
	static const u32 entries[] = {0x1111, 0x0040b200, 0x2222, 0x0040b200, 0x3333, 0x0040b200};
	static u8 pages[2 * PAGE_SIZE] ALIGNED(4096);
	u8 *tls = pages + PAGE_SIZE - 4;
	u32 flags = 0x402, limit = 0;

	memcpy(tls, entries, sizeof(entries));
	__asm__ volatile("pushl %0; popfl; int $0x1f; pushfl; popl %0; cld"
			 : "+r"(flags)
			 : "a"(HC_LOAD_TLS), "b"(phys(tls)), "c"(0), "d"(0), "S"(0)
			 : "memory", "cc");
	__asm__ volatile("lsll %1, %0" : "+r"(limit) : "r"((GDT_TLS_MIN + 1) * 8 + 1) : "cc");
	CHECK_ALL("direction", {"the limit of the second entry", limit, 0x2222},
		  {"DF behind the call", flags & 0x400, 0x400});
}

void guest_main(void)
{
	general();
	check_eq("flags", flags_behind_call(FLAGS | 2) & FLAGS, FLAGS);
	segments();
	direction();
	power_off();
}
