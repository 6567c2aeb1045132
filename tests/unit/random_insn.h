/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random memory instructions, their registers and the memory around their operand. The seed says
 * which. */
#ifndef TESTS_UNIT_RANDOM_INSN_H
#define TESTS_UNIT_RANDOM_INSN_H

#include "lib/base.h"
#include "lib/x86.h"
#include "tests/unit/support.h"

/* A data segment that Linux on x86-64 has had from its first day. */
#define USER_DS 0x2b

#define ARITH (EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_OF)

#define ARENA_BYTES 0x4000u
#define ARENA_MID   0x2000u

extern u8 copy[ARENA_BYTES]; /* the memory around the operand, as the emulator sees it */
extern u32 arena_at;	     /* its address for the instruction */
extern u32 code_at;	     /* that of the instruction itself */

extern u64 seed;

u32 random32(void);
u32 below(u32 n);

/* Often a number near an edge. */
u32 random_value(void);

struct random_insn {
	const struct insn_kind *kind;
	u8 code[16];
	unsigned length;
	u32 reg[8]; /* as ModRM numbers them */
	u32 eflags, undefined;
	u32 imm;		  /* a shift's */
	bool operand16, fixed[8]; /* registers that already have a purpose */
};

/* The memory that the instruction finds at its operand. */
void operand(u32 target, const void *bytes, size_t n);
void make_random(struct random_insn *t);

#endif
