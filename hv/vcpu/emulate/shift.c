/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shifts and rotates, one bit at a time: at most 31 steps, and the carry, the short widths and the
 * rotates through the carry need no case of their own. Pure functions.
 */
#include "hv/vcpu/emulate/insn.h"

#define COUNT_MASK 31u /* SDM vol. 2, SAL: of every width */

static bool is_left(enum op op)
{
	return op == OP_ROL || op == OP_RCL || op == OP_SHL || op == OP_SAL;
}

static u32 step(enum op op, unsigned top, u32 value, u32 *carry)
{
	u32 high = value >> top & 1, low = value & 1, in = 0;

	if (op == OP_ROL || op == OP_SAR)
		in = high;
	else if (op == OP_ROR)
		in = low;
	else if (op == OP_RCL || op == OP_RCR)
		in = *carry;
	*carry = is_left(op) ? high : low;
	return is_left(op) ? value << 1 | in : value >> 1 | in << top;
}

/* The SDM defines OF for a count of 1 only: the sign changed, or, of a rotate, will. */
static u32 carry_and_overflow(bool left, unsigned top, u32 value, u32 carry)
{
	u32 sign = value >> top & 1, other = left ? carry : value >> (top - 1) & 1;

	return (carry ? EFLAGS_CF : 0) | (sign != other ? EFLAGS_OF : 0);
}

u32 shift(enum op op, unsigned size, u32 value, u32 count, u32 *eflags)
{
	u32 carry = *eflags & EFLAGS_CF, changed = EFLAGS_CF | EFLAGS_OF, flags = 0;
	unsigned top = size * 8 - 1;

	count &= COUNT_MASK;
	value &= size_mask(size);
	if (!count)
		return value;
	while (count--)
		value = step(op, top, value, &carry) & size_mask(size);
	if (op >= OP_SHL) { /* rotates keep the others */
		changed = FLAGS_ARITH;
		flags = flags_of_result(size, value);
	}
	flags |= carry_and_overflow(is_left(op), top, value, carry);
	*eflags = (*eflags & ~changed) | flags;
	return value;
}
_Static_assert(OP_SHL == OP_RCR + 1 && OP_SAR == OP_ROL + 7, "rotates first");

u32 shift_double(bool left, unsigned size, u32 value, u32 fill, u32 count, u32 *eflags)
{
	unsigned top = size * 8 - 1;
	u32 carry = 0;

	count &= COUNT_MASK;
	value &= size_mask(size);
	if (!count)
		return value;
	while (count--) {
		carry = left ? value >> top & 1 : value & 1;
		value = left ? value << 1 | (fill >> top & 1) : value >> 1 | (fill & 1) << top;
		fill = left ? fill << 1 : fill >> 1;
		value &= size_mask(size);
	}
	*eflags = (*eflags & ~FLAGS_ARITH) | flags_of_result(size, value) |
		  carry_and_overflow(left, top, value, carry);
	return value;
}
