/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What compilers make of a volatile access to a device: the access becomes the operand of whatever
 * is done with the value. Two registers serve as memory, the feature selectors of the console's
 * common configuration, which keep any 32 bits.
 */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/virtio.h"
#include "guest-stubs/selftest/selftest.h"

#define CONSOLE	   1 /* 00:01.0 */
#define CPUID_CMOV (1u << 15)
#define CPUID_CX8  (1u << 8)

static volatile u8 *cell;

/* The cell holds `value`. */
static bool holds(u32 value)
{
	u8 cap = pci_find_virtio_cap(CONSOLE, VIRTIO_CAP_COMMON);

	if (!cell && cap) {
		u32 bar = pci_read32(CONSOLE, PCI_BAR0) & ~0xfu;

		cell = map_device(bar + pci_read32(CONSOLE, cap + VIRTIO_CAP_OFFSET), 0x40);
	}
	if (cell)
		vwrite32(cell, value);
	return cell != NULL;
}

volatile u8 *device_cell16(u16 value)
{
	if (!holds(0))
		return NULL;
	vwrite16(cell + VC_QUEUE_SELECT, value);
	return cell + VC_QUEUE_SELECT;
}

static u32 features(void)
{
	u32 a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d;
}

/* One instruction with the cell as its operand and registers in and out. */
#define WITH_CELL(insn, ...) __asm__ volatile(insn:__VA_ARGS__ : "S"(cell) : "memory", "cc")

static const char *searches(void)
{
	u32 v = 77;
	u8 zero;

	CHECK(holds(0x00012340), "no console");
	WITH_CELL("bsfl (%%esi), %0", "+r"(v));
	CHECK_EQ(v, 6, "bsf");
	WITH_CELL("bsrl (%%esi), %0", "+r"(v));
	CHECK_EQ(v, 16, "bsr");
	WITH_CELL("rep; bsfl (%%esi), %0", "+r"(v)); /* tzcnt, if the CPU knows it: the same */
	CHECK_EQ(v, 6, "rep bsf");
	WITH_CELL("btl $8, (%%esi); setc %0", "=q"(zero));
	CHECK_EQ(zero, 1, "bt");
	vwrite32(cell, 0);
	WITH_CELL("bsfl (%%esi), %0; setz %1", "+r"(v), "=q"(zero));
	CHECK_EQ(zero, 1, "ZF of bsf of 0");
	return NULL;
}

static const char *products(void)
{
	u32 a = 1000, d = 0, v = 7;

	CHECK(holds(7), "no console");
	WITH_CELL("divl (%%esi)", "+a"(a), "+d"(d));
	CHECK(a == 142 && d == 6, "div");
	a = 0u - 1000;
	d = 0xffffffff;
	WITH_CELL("idivl (%%esi)", "+a"(a), "+d"(d));
	CHECK(a == 0u - 142 && d == 0u - 6, "idiv");
	a = 0x80000000;
	WITH_CELL("mull (%%esi)", "+a"(a), "=d"(d));
	CHECK(a == 0x80000000 && d == 3, "mul");
	WITH_CELL("imull (%%esi), %0", "+r"(v));
	CHECK_EQ(v, 49, "imul");
	WITH_CELL("imull $-3, (%%esi), %0", "=r"(v));
	CHECK_EQ(v, 0u - 21, "imul with a constant");
	return NULL;
}

static void divide_by_cell(u32 unused)
{
	(void)unused;
	__asm__ volatile("divl (%0)" : : "r"(cell), "a"(5), "d"(0) : "memory", "cc");
}

static const char *division_by_zero(void)
{
	CHECK(holds(0), "no console");
	CHECK(probe(divide_by_cell, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_DIVIDE, "vector");
	CHECK_EQ(*(u8 *)probe_frame.eip, 0xf7, "byte at eip");
	return NULL;
}

static const char *shifts(void)
{
	u32 v = 0xf0000000;
	u8 carry;

	CHECK(holds(0x80000001), "no console");
	WITH_CELL("shll (%%esi); setc %0", "=q"(carry));
	CHECK_EQ(carry, 1, "CF of shl");
	WITH_CELL("rorl $4, (%%esi)");
	CHECK_EQ(vread32(cell), 0x20000000, "shl and ror");
	WITH_CELL("movb $3, %%cl; sarl %%cl, (%%esi)", "=c"(v));
	CHECK_EQ(vread32(cell), 0x04000000, "sar");
	v = 0xf0000000;
	WITH_CELL("shldl $4, %0, (%%esi)", "+r"(v));
	CHECK_EQ(vread32(cell), 0x4000000f, "shld");
	return NULL;
}

static const char *exchanges(void)
{
	u32 v = 5, a, d;
	u8 same;

	CHECK(holds(10), "no console");
	WITH_CELL("lock; xaddl %0, (%%esi)", "+r"(v));
	CHECK(v == 10 && vread32(cell) == 15, "xadd");
	if (!(features() & CPUID_CX8))
		return NULL;
	vwrite32(cell, 0); /* the upper half is the features it selects, and read only */
	d = vread32(cell + VC_DEVICE_FEATURE);
	a = 0;
	__asm__ volatile("cmpxchg8b (%3); setz %2"
			 : "+a"(a), "+d"(d), "=q"(same)
			 : "S"(cell), "b"(1), "c"(0)
			 : "memory", "cc");
	CHECK(same == 1 && vread32(cell) == 1, "cmpxchg8b that matches");
	a = 0;
	d = 0;
	__asm__ volatile("cmpxchg8b (%3); setz %2"
			 : "+a"(a), "+d"(d), "=q"(same)
			 : "S"(cell), "b"(9), "c"(9)
			 : "memory", "cc");
	CHECK(same == 0 && a == 1 && d == vread32(cell + VC_DEVICE_FEATURE),
	      "cmpxchg8b that does not");
	return NULL;
}

static const char *conditions(void)
{
	u32 v = 1;

	CHECK(holds(0x1234), "no console");
	__asm__ volatile("cmpl %%eax, %%eax; sete (%0)" : : "S"(cell + VC_STATUS) : "memory", "cc");
	CHECK_EQ(vread8(cell + VC_STATUS), 1, "sete");
	__asm__ volatile("cmpl %%eax, %%eax; setne (%0)"
			 :
			 : "S"(cell + VC_STATUS)
			 : "memory", "cc");
	CHECK_EQ(vread8(cell + VC_STATUS), 0, "setne");
	vwrite32(cell, 0x1234);
	if (!(features() & CPUID_CMOV))
		return NULL;
	/* cmovne and cmove, as bytes: the assembler is told of an older CPU */
	__asm__ volatile("cmpl %%eax, %%eax; .byte 0x0f, 0x45, 0x16"
			 : "+d"(v)
			 : "S"(cell)
			 : "memory", "cc");
	CHECK_EQ(v, 1, "cmovne");
	__asm__ volatile("cmpl %%eax, %%eax; .byte 0x0f, 0x44, 0x16"
			 : "+d"(v)
			 : "S"(cell)
			 : "memory", "cc");
	CHECK_EQ(v, 0x1234, "cmove");
	return NULL;
}

static const char *stack_and_branches(void)
{
	u32 v, saved;

	CHECK(holds(0x5678), "no console");
	WITH_CELL("pushl (%%esi); popl %0", "=r"(v));
	CHECK_EQ(v, 0x5678, "push");
	WITH_CELL("pushl $9; popl (%%esi)");
	CHECK_EQ(vread32(cell), 9, "pop");
	__asm__ volatile("movl %%esp, %1\n"
			 "movl $1f, (%2)\n"
			 "xorl %0, %0\n"
			 "call *(%2)\n"
			 "jmp 2f\n"
			 "1: incl %0; ret\n"
			 "2: movl $3f, (%2)\n"
			 "jmp *(%2)\n"
			 "ud2\n"
			 "3: subl %%esp, %1"
			 : "=&r"(v), "=&r"(saved)
			 : "S"(cell)
			 : "memory", "cc");
	CHECK(v == 1 && saved == 0, "call and jmp");
	return NULL;
}

static void load_fs_from_cell(u32 unused)
{
	(void)unused;
	__asm__ volatile("movw (%0), %%fs" : : "S"(cell + VC_QUEUE_SELECT) : "memory");
}

static const char *segment_registers(void)
{
	u32 v;

	CHECK(device_cell16(GUEST_KERNEL_DS), "no console");
	__asm__ volatile("movw (%1), %%fs; movl %%fs, %0; pushl $0; popl %%fs"
			 : "=r"(v)
			 : "S"(cell + VC_QUEUE_SELECT)
			 : "memory");
	CHECK_EQ(v & 0xffff, GUEST_KERNEL_DS, "fs");
	vwrite16(cell + VC_QUEUE_SELECT, 0x1fb); /* past the table */
	CHECK(probe(load_fs_from_cell, 0), "a bad selector was loaded");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, 0x1f8, "error code");
	return NULL;
}

static void fnstcw_to_cell(u32 unused)
{
	(void)unused;
	__asm__ volatile("fnstcw (%0)" : : "S"(cell) : "memory");
}

/* What is not carried out is the guest's fault, not its end. */
static const char *unsupported(void)
{
	CHECK(holds(1), "no console");
	if (!(features() & 1))
		return NULL;
	CHECK(probe(fnstcw_to_cell, 0), "no trap");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, 0, "error code");
	CHECK_EQ(vread32(cell), 1, "register");
	return NULL;
}

const struct test folded_tests[] = {
	{"folded_searches", searches},
	{"folded_products", products},
	{"folded_division_by_zero", division_by_zero},
	{"folded_shifts", shifts},
	{"folded_exchanges", exchanges},
	{"folded_conditions", conditions},
	{"folded_stack_and_branches", stack_and_branches},
	{"folded_segment_registers", segment_registers},
	{"folded_unsupported", unsupported},
	{NULL, NULL},
};
