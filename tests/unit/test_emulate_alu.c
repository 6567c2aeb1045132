/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/emulate/alu.c hv/vcpu/emulate/operand.c */
/*
 * Results and flags of the emulator's arithmetic against the processor this test runs on: every
 * pair of bytes, and edges and random numbers for words and doublewords.
 */
#include "hv/vcpu/emulate/insn.h"
#include "tests/unit/support.h"

#if !defined(__x86_64__) && !defined(__i386__)
#error "this test compares with an x86 processor"
#endif

#define ARITH (EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_OF)
#define LOGIC (ARITH & ~EFLAGS_AF) /* AF is undefined after these */

/* One instruction with the carry as given; the red zone is not touched by lahf and seto. */
#define NATIVE(name, type, insn)                                                      \
	static type name(type a, type b, u32 *flags)                                  \
	{                                                                             \
		u8 carry = *flags & 1, overflow;                                      \
		u32 low;                                                              \
		__asm__ volatile("addb $0xff, %1\n\t" insn "\n\tseto %2\n\tlahf"      \
				 : "+r"(a), "+&q"(carry), "=&q"(overflow), "=&a"(low) \
				 : "r"(b)                                             \
				 : "cc");                                             \
		*flags = (low >> 8 & 0xd5) | (overflow ? EFLAGS_OF : 0);              \
		return a;                                                             \
	}
#define TWO(op)                               \
	NATIVE(op##_1, u8, #op "b %b4, %b0")  \
	NATIVE(op##_2, u16, #op "w %w4, %w0") \
	NATIVE(op##_4, u32, #op "l %k4, %k0")
#define ONE(op)                          \
	NATIVE(op##_1, u8, #op "b %b0")  \
	NATIVE(op##_2, u16, #op "w %w0") \
	NATIVE(op##_4, u32, #op "l %k0")

TWO(add)
TWO(or)
TWO(adc)
TWO(sbb)
TWO(and)
TWO(sub)
TWO(xor)
TWO(cmp)
TWO(test)
ONE(inc)
ONE(dec)
ONE(not )
ONE(neg)

#define OP(number, name, checked)                                    \
	{                                                            \
		number, #name, checked, name##_1, name##_2, name##_4 \
	}
static const struct {
	enum op op;
	const char *name;
	u32 checked;
	u8 (*f1)(u8, u8, u32 *);
	u16 (*f2)(u16, u16, u32 *);
	u32 (*f4)(u32, u32, u32 *);
} ops[] = {
	OP(OP_ADD, add, ARITH), OP(OP_OR, or, LOGIC),	OP(OP_ADC, adc, ARITH),
	OP(OP_SBB, sbb, ARITH), OP(OP_AND, and, LOGIC), OP(OP_SUB, sub, ARITH),
	OP(OP_XOR, xor, LOGIC), OP(OP_CMP, cmp, ARITH), OP(OP_TEST, test, LOGIC),
	OP(OP_INC, inc, ARITH), OP(OP_DEC, dec, ARITH), OP(OP_NOT, not, ARITH),
	OP(OP_NEG, neg, ARITH),
};

/* Flags that are none of the six must come through untouched. */
#define OTHERS (EFLAGS_FIXED | EFLAGS_IF | EFLAGS_DF | EFLAGS_AC)

static void check(unsigned n, unsigned size, u32 a, u32 b, u32 carry)
{
	u32 native = carry, flags = OTHERS | carry, want, got, mask = size_mask(size);

	if (size == 1)
		want = ops[n].f1((u8)a, (u8)b, &native);
	else if (size == 2)
		want = ops[n].f2((u16)a, (u16)b, &native);
	else
		want = ops[n].f4(a, b, &native);
	/* Rubbish above the operand must not matter. */
	got = alu(ops[n].op, size, a | (0xdeadbeefu & ~mask), b | (0x12345678u & ~mask), &flags);
	if (ops[n].op == OP_NOT)
		native = carry; /* the set-up of the carry left its own flags behind */
	if (alu_writes(ops[n].op) && got != want)
		fail_msg("%s size %u %#x, %#x carry %u: %#x, want %#x", ops[n].name, size, a, b,
			 carry, got, want);
	if (((flags ^ native) & ops[n].checked) || (flags & ~ARITH) != OTHERS)
		fail_msg("%s size %u %#x, %#x carry %u: flags %#x, want %#x", ops[n].name, size, a,
			 b, carry, flags, native);
}

static void every_pair_of_bytes(void **state)
{
	(void)state;
	for (unsigned n = 0; n < ARRAY_LEN(ops); n++)
		for (u32 a = 0; a < 256; a++)
			for (u32 b = 0; b < 512; b++)
				check(n, 1, a, b & 0xff, b >> 8);
}

static void edges_and_random_numbers(void **state)
{
	static const u32 edge[] = {
		0,	    1,		2,	    7,		8,	    0xf,
		0x10,	    0x7f,	0x80,	    0x81,	0xff,	    0x100,
		0x7fff,	    0x8000,	0x8001,	    0xfffe,	0xffff,	    0x10000,
		0x7fffffff, 0x80000000, 0x80000001, 0xfffffff0, 0xfffffffe, 0xffffffff,
	};
	u64 seed = 0x9e3779b97f4a7c15ull;

	(void)state;
	for (unsigned n = 0; n < ARRAY_LEN(ops); n++) {
		for (unsigned i = 0; i < 2 * ARRAY_LEN(edge) * ARRAY_LEN(edge); i++) {
			u32 a = edge[i / 2 / ARRAY_LEN(edge)], b = edge[i / 2 % ARRAY_LEN(edge)];

			check(n, 2, a & 0xffff, b & 0xffff, i & 1);
			check(n, 4, a, b, i & 1);
		}
		for (unsigned i = 0; i < 20000; i++) {
			u32 a, b;

			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			a = (u32)(seed >> 32);
			b = i & 2 ? (u32)seed : ~a + (i >> 2 & 3);
			check(n, 2, a & 0xffff, b & 0xffff, i & 1);
			check(n, 4, a, b, i & 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_bytes),
		cmocka_unit_test(edges_and_random_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
