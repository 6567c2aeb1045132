/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See random_insn.h. */
#include "tests/unit/random_insn.h"
#include "lib/x86.h"

#include <string.h>

#define IMM8   0x01u
#define IMM    0x02u /* of operand size */
#define BYTE   0x04u
#define LOCK   0x08u
#define BIT_G  0x10u /* the bit index is in a register */
#define STRING 0x20u
#define MOFFS  0x40u
#define STACK  0x80u
#define ATOMIC 0x100u /* locked by itself: kept inside a cache line */
#define SHIFT  0x200u /* by an immediate, by CL or by one */
#define DOUBLE 0x400u /* likewise, with a register's bits */
#define DIVIDE 0x800u
#define BRANCH 0x1000u /* to the instruction behind */
#define FAR    0x2000u /* a selector in memory, alone or behind an offset */
#define SCAN   0x4000u
#define REPE   0x8000u	/* F3 is part of the opcode */
#define ALL32  0x10000u /* has no form of 16 bits, or loses the upper half there */

#define LOGIC_UNDEFINED EFLAGS_AF
#define BIT_UNDEFINED	(EFLAGS_OF | EFLAGS_SF | EFLAGS_AF | EFLAGS_PF)
#define MUL_UNDEFINED	(EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | EFLAGS_PF)

u8 copy[ARENA_BYTES];
u32 arena_at;
u32 code_at;

/* Opcodes above 0xff follow 0F. reg: the ModRM.reg values allowed, as a mask. */
static const struct insn_kind {
	u16 opcode;
	u8 reg;
	u32 flags;
	u32 undefined;
} kinds[] = {
#define ALU(n, lock, undefined)                                                      \
	{(n)*8, 0xff, BYTE | (lock), undefined}, {(n)*8 + 1, 0xff, lock, undefined}, \
		{(n)*8 + 2, 0xff, BYTE, undefined},                                  \
	{                                                                            \
		(n) * 8 + 3, 0xff, 0, undefined                                      \
	}
	ALU(0, LOCK, 0),
	ALU(1, LOCK, LOGIC_UNDEFINED),
	ALU(2, LOCK, 0),
	ALU(3, LOCK, 0),
	ALU(4, LOCK, LOGIC_UNDEFINED),
	ALU(5, LOCK, 0),
	ALU(6, LOCK, LOGIC_UNDEFINED),
	ALU(7, 0, 0),
	{0x80, 0x2d, IMM | BYTE | LOCK, 0},
	{0x80, 0x52, IMM | BYTE | LOCK, LOGIC_UNDEFINED},
	{0x80, 0x80, IMM | BYTE, 0},
	{0x81, 0x2d, IMM | LOCK, 0},
	{0x81, 0x52, IMM | LOCK, LOGIC_UNDEFINED},
	{0x81, 0x80, IMM, 0},
	{0x82, 0xad, IMM | BYTE, 0},
	{0x83, 0x2d, IMM8 | LOCK, 0},
	{0x83, 0x52, IMM8 | LOCK, LOGIC_UNDEFINED},
	{0x83, 0x80, IMM8, 0},
	{0x84, 0xff, BYTE, LOGIC_UNDEFINED},
	{0x85, 0xff, 0, LOGIC_UNDEFINED},
	{0x86, 0xff, BYTE | LOCK | ATOMIC, 0},
	{0x87, 0xff, LOCK | ATOMIC, 0},
	{0x88, 0xff, BYTE, 0},
	{0x89, 0xff, 0, 0},
	{0x8a, 0xff, BYTE, 0},
	{0x8b, 0xff, 0, 0},
	{0x8c, 0x3f, 0, 0},
	{0x69, 0xff, IMM, MUL_UNDEFINED},
	{0x6b, 0xff, IMM8, MUL_UNDEFINED},
	{0x8e, 0x0d, FAR, 0},
	{0x8f, 0x01, STACK, 0},
	{0xa0, 0, MOFFS, 0},
	{0xa1, 0, MOFFS, 0},
	{0xa2, 0, MOFFS, 0},
	{0xa3, 0, MOFFS, 0},
	{0xa4, 0, STRING, 0},
	{0xa5, 0, STRING, 0},
	{0xa6, 0, STRING, 0},
	{0xa7, 0, STRING, 0},
	{0xaa, 0, STRING, 0},
	{0xab, 0, STRING, 0},
	{0xac, 0, STRING, 0},
	{0xad, 0, STRING, 0},
	{0xae, 0, STRING, 0},
	{0xaf, 0, STRING, 0},
	{0xc0, 0xff, IMM8 | BYTE | SHIFT, 0},
	{0xc1, 0xff, IMM8 | SHIFT, 0},
	{0xc4, 0xff, FAR, 0},
	{0xc5, 0xff, FAR, 0},
	{0xd0, 0xff, BYTE | SHIFT, 0},
	{0xd1, 0xff, SHIFT, 0},
	{0xd2, 0xff, BYTE | SHIFT, 0},
	{0xd3, 0xff, SHIFT, 0},
	{0xd7, 0, 0, 0},
	{0xc6, 0x01, IMM | BYTE, 0},
	{0xc7, 0x01, IMM, 0},
	{0xf6, 0x03, IMM | BYTE, LOGIC_UNDEFINED},
	{0xf7, 0x03, IMM, LOGIC_UNDEFINED},
	{0xf6, 0x0c, BYTE | LOCK, 0},
	{0xf7, 0x0c, LOCK, 0},
	{0xf6, 0x30, BYTE, MUL_UNDEFINED},
	{0xf7, 0x30, 0, MUL_UNDEFINED},
	{0xf6, 0xc0, BYTE | DIVIDE, ARITH},
	{0xf7, 0xc0, DIVIDE, ARITH},
	{0xf7, 0xc0, DIVIDE, ARITH},
	{0xfe, 0x03, BYTE | LOCK, 0},
	{0xff, 0x03, LOCK, 0},
	{0xff, 0x40, STACK, 0},
	{0xff, 0x04, STACK | BRANCH | ALL32, 0},
	{0xff, 0x10, BRANCH | ALL32, 0},
#define CC(n)                           \
	{0x140 + (n), 0xff, 0, 0},      \
	{                               \
		0x190 + (n), 0xff, 0, 0 \
	}
#define CC4(n) CC(n), CC((n) + 1), CC((n) + 2), CC((n) + 3)
	CC4(0),
	CC4(4),
	CC4(8),
	CC4(12),
	{0x1a3, 0xff, BIT_G, BIT_UNDEFINED},
	{0x1ab, 0xff, BIT_G | LOCK, BIT_UNDEFINED},
	{0x1b3, 0xff, BIT_G | LOCK, BIT_UNDEFINED},
	{0x1bb, 0xff, BIT_G | LOCK, BIT_UNDEFINED},
	{0x1ba, 0x10, IMM8, BIT_UNDEFINED},
	{0x1ba, 0xe0, IMM8 | LOCK, BIT_UNDEFINED},
	{0x1b0, 0xff, BYTE | LOCK, 0},
	{0x1b1, 0xff, LOCK, 0},
	{0x1a4, 0xff, IMM8 | DOUBLE, 0},
	{0x1a5, 0xff, DOUBLE, 0},
	{0x1ac, 0xff, IMM8 | DOUBLE, 0},
	{0x1ad, 0xff, DOUBLE, 0},
	{0x1af, 0xff, 0, MUL_UNDEFINED},
	{0x1b2, 0xff, FAR, 0},
	{0x1b8, 0xff, SCAN | REPE, 0},
	{0x1bc, 0xff, SCAN, ARITH & ~EFLAGS_ZF},
	{0x1bd, 0xff, SCAN, ARITH & ~EFLAGS_ZF},
	{0x1bc, 0xff, SCAN | REPE, BIT_UNDEFINED},
	{0x1bd, 0xff, SCAN | REPE, BIT_UNDEFINED},
	{0x1c0, 0xff, BYTE | LOCK, 0},
	{0x1c1, 0xff, LOCK, 0},
	{0x1c3, 0xff, ALL32, 0},
	{0x1c7, 0x02, LOCK | ATOMIC, 0},
	{0x1b6, 0xff, 0, 0},
	{0x1b7, 0xff, 0, 0},
	{0x1be, 0xff, 0, 0},
	{0x1bf, 0xff, 0, 0},
};

u64 seed;

u32 random32(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 32);
}

u32 below(u32 n)
{
	return (u32)((u64)random32() * n >> 32);
}

u32 random_value(void)
{
	static const u32 edge[] = {0,	   1,	   0x7f,       0x80,	   0xff,       0x7fff,
				   0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x01010101};

	return below(2) ? random32() : edge[below(ARRAY_LEN(edge))] - below(2);
}

static void emit(struct random_insn *t, u32 value, unsigned size)
{
	for (; size--; value >>= 8)
		t->code[t->length++] = (u8)value;
}

/* A random ModRM that ends at `target`: one register, or the displacement, is made to fit. */
static void emit_modrm(struct random_insn *t, unsigned reg, u32 target)
{
	unsigned mod = below(3), rm = below(8), base = rm, index = 4, scale = 0;
	bool sib = rm == 4, has_base;
	u32 disp = 0, sum = 0;

	if (sib) {
		base = below(8);
		index = below(8);
		scale = below(4);
	}
	has_base = !(mod == 0 && base == 5);
	if (index != 4)
		sum += t->reg[index] << scale;
	if (mod == 1)
		disp = (u32)(int8_t)random32();
	else if (mod == 2)
		disp = random32();
	/* pop's address uses ESP after the pop */
	if (t->kind->opcode == 0x8f && sib && base == 4)
		target -= t->operand16 ? 2 : 4;
	if (has_base && base != index && !t->fixed[base] && base != 4) {
		t->reg[base] = target - sum - disp;
	} else if (has_base && base == 4 && base != index && !t->fixed[4]) {
		t->reg[4] = target - sum - disp;
	} else if (has_base) { /* a register that cannot be chosen: the displacement is */
		mod = 2;
		disp = target - sum - t->reg[base];
	} else {
		disp = target - sum;
	}
	emit(t, mod << 6 | reg << 3 | rm, 1);
	if (sib)
		emit(t, scale << 6 | index << 3 | base, 1);
	emit(t, disp, mod == 1 ? 1 : mod == 2 || !has_base ? 4 : 0);
}

static void fix(struct random_insn *t, unsigned n, u32 value)
{
	t->reg[n] = value;
	t->fixed[n] = true;
}

static void emit_prefixes(struct random_insn *t)
{
	static const u8 segment[] = {0x26, 0x36, 0x3e}; /* stores through CS fault */

	if (t->kind->flags & STRING && below(3))
		emit(t, 0xf2 + below(2), 1);
	if (t->kind->flags & REPE)
		emit(t, 0xf3, 1);
	if (below(3) == 0 && !(t->kind->flags & ALL32)) {
		t->operand16 = true;
		emit(t, 0x66, 1);
	}
	if (below(8) == 0)
		emit(t, segment[below(3)], 1);
}

/* Low entropy, so that comparisons of strings find matches and mismatches. */
static void fill_strings(struct random_insn *t)
{
	u32 middle = arena_at + ARENA_MID;
	u8 *at = copy + ARENA_MID - 256;

	for (unsigned i = 0; i < 512; i++)
		at[i] = below(12) == 0;
	fix(t, 0, below(4) ? 0 : 0x01010101);
	fix(t, 1, below(40));
	fix(t, 6, middle - 32 + below(64));
	fix(t, 7, middle - 32 + below(64));
}

void operand(u32 target, const void *bytes, size_t n)
{
	memcpy(copy + (target - arena_at), bytes, n);
}

/* What a shift leaves undefined depends on its count (SDM vol. 2, SAL, RCL, SHLD). */
static void fix_count(struct random_insn *t, unsigned reg, u32 count)
{
	u32 bits = t->kind->flags & BYTE ? 8 : t->operand16 ? 16 : 32, masked;
	bool by_one = (t->kind->opcode & ~1u) == 0xd0;

	if (t->kind->flags & DOUBLE && t->operand16)
		count %= 17; /* beyond the size even the result is undefined */
	if (!(t->kind->flags & IMM8))
		fix(t, 1, (random32() & 0xffffff00) | count);
	t->imm = count;
	masked = by_one ? 1 : count & 31;
	if (masked > 1)
		t->undefined |= EFLAGS_OF;
	if (masked && (t->kind->flags & DOUBLE || reg >= 4))
		t->undefined |= EFLAGS_AF;
	if (masked >= bits && (reg & 3) != 3 && reg >= 4)
		t->undefined |= EFLAGS_CF;
}

/* Mostly a quotient that fits: the upper half is the sign of the lower one, or small. */
static void fix_dividend(struct random_insn *t)
{
	u32 low_half = random_value(), sign = (s32)low_half < 0 && below(2) ? 0xffffffff : 0;

	if (t->kind->flags & BYTE)
		low_half = below(2) ? (u32)(int8_t)low_half : low_half;
	fix(t, 0, low_half);
	fix(t, 2, below(4) ? sign : below(256));
}

/* Registers and memory that this kind of instruction needs to be sensible. */
static void prepare(struct random_insn *t, unsigned reg, u32 target)
{
	const struct insn_kind *k = t->kind;
	u32 value = random_value();
	u16 selector = USER_DS;

	if (k->flags & (SHIFT | DOUBLE))
		fix_count(t, reg, below(4) ? below(34) : random32() & 0xff);
	if (k->flags & DIVIDE)
		fix_dividend(t);
	if (k->flags & SCAN) {
		value = below(4) ? value << below(32) : 0;
		operand(target, &value, 4);
	}
	if (k->flags & FAR)
		operand(target + (k->opcode == 0x8e ? 0 : t->operand16 ? 2 : 4), &selector, 2);
	if (k->flags & STACK)
		fix(t, 4, arena_at + ARENA_MID + below(64));
	if (k->flags & BIT_G) /* within reach of the arena */
		fix(t, reg, (t->operand16 ? random32() << 16 : 0) | (u16)(below(32768) - 16384));
	if (k->flags & BIT_G && !t->operand16)
		t->reg[reg] = below(32768) - 16384;
}

/* The accumulator is what memory holds, every other time. */
static void match_accumulator(struct random_insn *t, u32 target)
{
	const u32 pair[2] = {t->reg[0], t->reg[2]};

	if ((t->kind->opcode & ~1u) == 0x1b0 && below(2))
		operand(target, pair, 4);
	if (t->kind->opcode == 0x1c7 && below(2))
		operand(target, pair, 8);
}

static void emit_operands(struct random_insn *t, unsigned reg, u32 target)
{
	u32 behind;

	if (t->kind->flags & STRING) {
		fill_strings(t);
		return;
	}
	if (t->kind->flags & MOFFS) {
		emit(t, target, 4);
		return;
	}
	if (t->kind->opcode == 0xd7) { /* xlat */
		fix(t, 3, target - (t->reg[0] & 0xff));
		return;
	}
	prepare(t, reg, target);
	emit_modrm(t, reg, target);
	match_accumulator(t, target);
	if (t->kind->flags & (IMM | IMM8))
		emit(t, t->kind->flags & (SHIFT | DOUBLE) ? t->imm : random_value(),
		     t->kind->flags & (IMM8 | BYTE) ? 1
		     : t->operand16		    ? 2
						    : 4);
	behind = code_at + t->length;
	if (t->kind->flags & BRANCH)
		operand(target, &behind, 4);
}

void make_random(struct random_insn *t)
{
	u32 target = arena_at + ARENA_MID + below(64) - 32;
	unsigned reg = below(8);
	bool lock;

	memset(t, 0, sizeof(*t));
	t->kind = &kinds[below(ARRAY_LEN(kinds))];
	t->undefined = t->kind->undefined;
	t->eflags = EFLAGS_FIXED | (random32() & (ARITH | EFLAGS_DF));
	for (unsigned i = 0; i < 8; i++)
		t->reg[i] = random_value();
	while (t->kind->reg && !(t->kind->reg >> reg & 1))
		reg = below(8);
	lock = t->kind->flags & LOCK && below(3) == 0;
	if (lock || t->kind->flags & ATOMIC)
		target &= ~7u; /* a lock over two cache lines may be punished by the system */
	if (lock)
		emit(t, 0xf0, 1);
	emit_prefixes(t);
	if (t->kind->opcode > 0xff)
		emit(t, 0x0f, 1);
	emit(t, t->kind->opcode, 1);
	emit_operands(t, reg, target);
}
