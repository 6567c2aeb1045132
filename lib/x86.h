/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions C has no word for, and the bits of the registers they touch. For every room.
 * "SDM" is Intel 64 and IA-32 Architectures Software Developer's Manual. */
#ifndef LIB_X86_H
#define LIB_X86_H

/* These two are for assembler sources as well. SDM vol. 3, 6.3.1 and 6.13: the number of
 * vectors, and those for which the CPU pushes an error code (8, 10-14, 17). */
#define VECTORS		   256
#define VECTORS_WITH_ERROR 0x00027d00

#ifndef __ASSEMBLER__
#include "lib/base.h"

/* SDM vol. 3, 2.5: control registers. */
#define CR0_PE 0x00000001u
#define CR0_MP 0x00000002u
#define CR0_EM 0x00000004u
#define CR0_TS 0x00000008u
#define CR0_ET 0x00000010u
#define CR0_NE 0x00000020u
#define CR0_WP 0x00010000u
#define CR0_AM 0x00040000u
#define CR0_NW 0x20000000u
#define CR0_CD 0x40000000u
#define CR0_PG 0x80000000u

#define CR4_TSD	       0x00000004u
#define CR4_PSE	       0x00000010u
#define CR4_PAE	       0x00000020u
#define CR4_MCE	       0x00000040u
#define CR4_PGE	       0x00000080u
#define CR4_OSFXSR     0x00000200u
#define CR4_OSXMMEXCPT 0x00000400u

/* SDM vol. 1, 3.4.3: EFLAGS. */
#define EFLAGS_CF    0x00000001u
#define EFLAGS_FIXED 0x00000002u
#define EFLAGS_PF    0x00000004u
#define EFLAGS_AF    0x00000010u
#define EFLAGS_ZF    0x00000040u
#define EFLAGS_SF    0x00000080u
#define EFLAGS_TF    0x00000100u
#define EFLAGS_IF    0x00000200u
#define EFLAGS_DF    0x00000400u
#define EFLAGS_OF    0x00000800u
#define EFLAGS_IOPL  0x00003000u
#define EFLAGS_NT    0x00004000u
#define EFLAGS_RF    0x00010000u
#define EFLAGS_VM    0x00020000u
#define EFLAGS_AC    0x00040000u
#define EFLAGS_ID    0x00200000u
/* What a guest may have: no IOPL, no virtual-8086 mode, nothing of its extensions. */
#define EFLAGS_GUEST                                                                            \
	(EFLAGS_CF | EFLAGS_FIXED | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_TF | \
	 EFLAGS_IF | EFLAGS_DF | EFLAGS_OF | EFLAGS_NT | EFLAGS_RF | EFLAGS_AC | EFLAGS_ID)

/* SDM vol. 3, 6.3.1: exception vectors. */
enum vector {
	VEC_DE = 0,
	VEC_DB = 1,
	VEC_NMI = 2,
	VEC_BP = 3,
	VEC_OF = 4,
	VEC_BR = 5,
	VEC_UD = 6,
	VEC_NM = 7,
	VEC_DF = 8,
	VEC_TS = 10,
	VEC_NP = 11,
	VEC_SS = 12,
	VEC_GP = 13,
	VEC_PF = 14,
	VEC_MF = 16,
	VEC_AC = 17,
	VEC_MC = 18,
	VEC_XM = 19,
};

_Static_assert(VECTORS_WITH_ERROR == (BIT(VEC_DF) | BIT(VEC_TS) | BIT(VEC_NP) | BIT(VEC_SS) |
				      BIT(VEC_GP) | BIT(VEC_PF) | BIT(VEC_AC)),
	       "the vectors that push an error code");

/* SDM vol. 3, 4.7: page-fault error code. */
#define PF_PRESENT 0x01u
#define PF_WRITE   0x02u
#define PF_USER	   0x04u
#define PF_RSVD	   0x08u
#define PF_FETCH   0x10u

/* SDM vol. 3, 17.2.4: debug control register. */
#define DR7_ENABLE 0x000000ffu /* L0 G0 ... L3 G3 */
#define DR7_EXACT  0x00000200u /* GE: older CPUs report data accesses late without it */
#define DR7_IDLE   0x00000400u /* reads as one */

#define MSR_SYSENTER_CS	 0x174u
#define MSR_SYSENTER_ESP 0x175u
#define MSR_SYSENTER_EIP 0x176u
#define MSR_EFER	 0xc0000080u
#define EFER_NXE	 0x800u

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;
	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;
	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;
	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

/* `count` 16-bit words between a port and memory. */
static inline void insw(u16 port, void *to, u32 count)
{
	__asm__ volatile("cld; rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void outsw(u16 port, const void *from, u32 count)
{
	__asm__ volatile("cld; rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

/* The delay old ISA boards need between two accesses; port 0x80 is the POST display. */
static inline void io_wait(void)
{
	outb(0x80, 0);
}

static inline void cpu_pause(void)
{
	__asm__ volatile("rep; nop" ::: "memory");
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;
	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;
	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)));
}

static inline void cpuid(u32 leaf, u32 out[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
			 : "a"(leaf), "c"(0));
}

#ifdef __i386__
#define CR_ACCESSORS(n)                                                     \
	static inline u32 read_cr##n(void)                                  \
	{                                                                   \
		u32 v;                                                      \
		__asm__ volatile("movl %%cr" #n ", %0" : "=r"(v));          \
		return v;                                                   \
	}                                                                   \
	static inline void write_cr##n(u32 v)                               \
	{                                                                   \
		__asm__ volatile("movl %0, %%cr" #n : : "r"(v) : "memory"); \
	}
CR_ACCESSORS(0)
CR_ACCESSORS(2)
CR_ACCESSORS(3)
CR_ACCESSORS(4)
#undef CR_ACCESSORS

#define DR_ACCESSORS(n)                                                     \
	static inline u32 read_dr##n(void)                                  \
	{                                                                   \
		u32 v;                                                      \
		__asm__ volatile("movl %%dr" #n ", %0" : "=r"(v));          \
		return v;                                                   \
	}                                                                   \
	static inline void write_dr##n(u32 v)                               \
	{                                                                   \
		__asm__ volatile("movl %0, %%dr" #n : : "r"(v) : "memory"); \
	}
DR_ACCESSORS(0)
DR_ACCESSORS(1)
DR_ACCESSORS(2)
DR_ACCESSORS(3)
DR_ACCESSORS(6)
DR_ACCESSORS(7)
#undef DR_ACCESSORS

static inline u32 read_eflags(void)
{
	u32 v;
	__asm__ volatile("pushfl; popl %0" : "=r"(v));
	return v;
}
#endif

static inline void invlpg(const volatile void *p)
{
	__asm__ volatile("invlpg (%0)" : : "r"(p) : "memory");
}

static inline void irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}

static inline void irq_enable(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void clts(void)
{
	__asm__ volatile("clts");
}

static inline void wbinvd(void)
{
	__asm__ volatile("wbinvd" ::: "memory");
}

#endif /* __ASSEMBLER__ */

#endif
