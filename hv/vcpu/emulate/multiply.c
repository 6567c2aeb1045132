/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiplication and division of all widths. Pure functions. */
#include "hv/vcpu/emulate/insn.h"

static s64 sign_extend(unsigned size, u32 value)
{
	u32 sign = 1u << (size * 8 - 1);

	return (s32)(((value & size_mask(size)) ^ sign) - sign);
}

u64 multiply(bool is_signed, unsigned size, u32 a, u32 b, u32 *eflags)
{
	u64 product;
	bool wide;

	if (is_signed) {
		s64 p = sign_extend(size, a) * sign_extend(size, b);

		product = (u64)p;
		wide = p != sign_extend(size, (u32)product);
	} else {
		product = (u64)(a & size_mask(size)) * (b & size_mask(size));
		wide = product > size_mask(size);
	}
	/* SDM vol. 2, MUL: the other four are undefined. */
	*eflags &= ~(EFLAGS_CF | EFLAGS_OF);
	if (wide)
		*eflags |= EFLAGS_CF | EFLAGS_OF;
	return product;
}

/* The magnitude of a dividend of twice the size, and its sign. */
static u64 magnitude(unsigned size, u64 n, bool *negative)
{
	u64 sign = 1ull << (size * 16 - 1), mask = sign | (sign - 1);

	n &= mask;
	*negative = n & sign;
	return *negative ? (0 - n) & mask : n;
}

bool divide(bool is_signed, unsigned size, u64 dividend, u32 divisor, u32 *quotient, u32 *rest)
{
	bool minus_n = false, minus_d = false;
	u64 q, most = size_mask(size);
	u32 d = divisor & size_mask(size);

	if (is_signed) {
		minus_d = sign_extend(size, d) < 0;
		d = minus_d ? (0 - d) & size_mask(size) : d;
		dividend = magnitude(size, dividend, &minus_n);
		most = (most >> 1) + (minus_n != minus_d ? 1 : 0);
	}
	if (!d)
		return false;
	q = dividend / d;
	if (q > most)
		return false;
	*rest = (u32)(dividend - q * d);
	*quotient = minus_n != minus_d ? 0 - (u32)q : (u32)q;
	if (minus_n)
		*rest = 0 - *rest;
	return true;
}
