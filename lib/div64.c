/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Division of 64-bit numbers. On i386 both compilers call these names (libgcc's, from its manual
 * under "Integer arithmetic routines"); having our own means that no compiler library is needed.
 */
#include "lib/base.h"

u64 __udivmoddi4(u64 n, u64 d, u64 *rem);
u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);
s64 __divdi3(s64 n, s64 d);
s64 __moddi3(s64 n, s64 d);

/* (hi:lo) / d where hi < d, so that the quotient fits. */
static u32 divide_step(u32 hi, u32 lo, u32 d, u32 *rem)
{
	u32 q;
	__asm__("divl %4" : "=a"(q), "=d"(*rem) : "a"(lo), "d"(hi), "rm"(d) : "cc");
	return q;
}

/* The divisor is at least 2^32, so the quotient has at most 32 bits. Estimate it from the upper
 * 32 bits of the normalised divisor; halving n keeps the estimate's own division in range, and
 * the result is at most one too large, which the subtraction of 1 turns into one too small. */
static u64 divide_wide(u64 n, u64 d, u64 *rem)
{
	unsigned shift = (unsigned)__builtin_clz((u32)(d >> 32));
	u64 half = n >> 1;
	u32 unused;
	u32 q = divide_step((u32)(half >> 32), (u32)half, (u32)(d << shift >> 32), &unused);

	q = (u32)((u64)q << shift >> 31);
	if (q)
		q--;
	n -= q * d;
	if (n >= d) {
		n -= d;
		q++;
	}
	*rem = n;
	return q;
}

u64 __udivmoddi4(u64 n, u64 d, u64 *rem)
{
	u64 unused;
	u32 r, hi;

	if (!rem)
		rem = &unused;
	if (d >> 32)
		return divide_wide(n, d, rem);
	hi = divide_step(0, (u32)(n >> 32), (u32)d, &r);
	n = (u64)hi << 32 | divide_step(r, (u32)n, (u32)d, &r);
	*rem = r;
	return n;
}

u64 __udivdi3(u64 n, u64 d)
{
	return __udivmoddi4(n, d, NULL);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 rem;

	__udivmoddi4(n, d, &rem);
	return rem;
}

static u64 magnitude(s64 v)
{
	return v < 0 ? 0 - (u64)v : (u64)v;
}

s64 __divdi3(s64 n, s64 d)
{
	u64 q = __udivmoddi4(magnitude(n), magnitude(d), NULL);

	return (s64)((n < 0) != (d < 0) ? 0 - q : q);
}

s64 __moddi3(s64 n, s64 d)
{
	u64 rem;

	__udivmoddi4(magnitude(n), magnitude(d), &rem);
	return (s64)(n < 0 ? 0 - rem : rem);
}
