/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two-operand and one-operand arithmetic with the flags of SDM vol. 1, 3.4.3.1. Pure functions.
 *
 * The carry out of every bit position is recovered from operands and result with bit logic, so
 * one formula gives CF, AF and OF for all three widths and needs nothing wider than 32 bits.
 */
#include "hv/vcpu/emulate/insn.h"

/* PF looks at the low byte only: bit n of 0x9669 is the parity of n, inverted (set = even). */
u32 flags_of_result(unsigned size, u32 result)
{
	u32 flags = 0;

	if (result >> (size * 8 - 1) & 1)
		flags |= EFLAGS_SF;
	if (result == 0)
		flags |= EFLAGS_ZF;
	if (0x9669u >> ((result ^ result >> 4) & 0xfu) & 1)
		flags |= EFLAGS_PF;
	return flags;
}

/* carry: bit n = carry (or borrow) out of bit n. overflow: its top bit counts. */
static u32 flags_of_carry(unsigned size, u32 carry, u32 overflow)
{
	unsigned top = size * 8 - 1;
	u32 flags = 0;

	if (carry >> top & 1)
		flags |= EFLAGS_CF;
	if (carry >> 3 & 1)
		flags |= EFLAGS_AF;
	if (overflow >> top & 1)
		flags |= EFLAGS_OF;
	return flags;
}

static u32 add(unsigned size, u32 a, u32 b, u32 carry_in, u32 *flags)
{
	u32 sum = (a + b + carry_in) & size_mask(size);

	*flags = flags_of_carry(size, (a & b) | ((a | b) & ~sum), (a ^ sum) & (b ^ sum));
	return sum;
}

static u32 sub(unsigned size, u32 a, u32 b, u32 borrow_in, u32 *flags)
{
	u32 diff = (a - b - borrow_in) & size_mask(size);

	*flags = flags_of_carry(size, (~a & b) | ((~a | b) & diff), (a ^ b) & (a ^ diff));
	return diff;
}

u32 alu(enum op op, unsigned size, u32 a, u32 b, u32 *eflags)
{
	u32 carry = *eflags & EFLAGS_CF, changed = FLAGS_ARITH, flags = 0, result;

	a &= size_mask(size);
	b &= size_mask(size);
	switch (op) {
	case OP_ADD:
		result = add(size, a, b, 0, &flags);
		break;
	case OP_ADC:
		result = add(size, a, b, carry, &flags);
		break;
	case OP_SUB:
	case OP_CMP:
		result = sub(size, a, b, 0, &flags);
		break;
	case OP_SBB:
		result = sub(size, a, b, carry, &flags);
		break;
	case OP_NEG:
		result = sub(size, 0, a, 0, &flags);
		break;
	case OP_INC: /* inc and dec keep CF */
		result = add(size, a, 1, 0, &flags);
		changed &= ~EFLAGS_CF;
		break;
	case OP_DEC:
		result = sub(size, a, 1, 0, &flags);
		changed &= ~EFLAGS_CF;
		break;
	case OP_AND:
	case OP_TEST:
		result = a & b;
		break;
	case OP_OR:
		result = a | b;
		break;
	case OP_XOR:
		result = a ^ b;
		break;
	default: /* OP_NOT changes no flag */
		return ~a & size_mask(size);
	}
	flags |= flags_of_result(size, result);
	*eflags = (*eflags & ~changed) | (flags & changed);
	return result;
}
