/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The opcode maps: one row per opcode we know (SDM vol. 2, appendix A). Constant data.
 *
 * Opcodes that name registers and immediates only have no row here: they cannot fault on memory.
 * So every row that is not privileged is only ever met with a memory operand.
 */
#include "hv/vcpu/emulate/insn.h"

enum group {
	GROUP_ALU,
	GROUP_SHIFT,
	GROUP_POP,
	GROUP_UNARY,
	GROUP_INC8,
	GROUP_INC,
	GROUP_MOV,
	GROUP_SYSTEM,
	GROUP_BIT,
	GROUP_CMPXCHG8B,
	GROUPS
};

/* An even opcode for bytes, and the next one for words and doublewords. */
#define PAIR(n, op, form, flags) \
	[n] = {op, form, (flags) | ROW_BYTE}, [(n) + 1] = {op, form, (flags)}

/* The memory forms of one of the eight operations at opcode bits 5:3. */
#define ALU_ROWS(n, op, lock) PAIR((n)*8, op, FORM_E_G, lock), PAIR((n)*8 + 2, op, FORM_G_E, 0)

const struct row map_one_byte[256] = {
	ALU_ROWS(0, OP_ADD, ROW_LOCK),
	ALU_ROWS(1, OP_OR, ROW_LOCK),
	ALU_ROWS(2, OP_ADC, ROW_LOCK),
	ALU_ROWS(3, OP_SBB, ROW_LOCK),
	ALU_ROWS(4, OP_AND, ROW_LOCK),
	ALU_ROWS(5, OP_SUB, ROW_LOCK),
	ALU_ROWS(6, OP_XOR, ROW_LOCK),
	ALU_ROWS(7, OP_CMP, 0),
	[0x69] = {OP_IMUL_REG, FORM_G_E_I, 0},
	[0x6b] = {OP_IMUL_REG, FORM_G_E_I8, 0},
	PAIR(0x6c, OP_INS, FORM_STRING, 0),
	PAIR(0x6e, OP_OUTS, FORM_STRING, 0),
	PAIR(0x80, GROUP_ALU, FORM_E_I, ROW_GROUP),
	[0x82] = {GROUP_ALU, FORM_E_I, ROW_GROUP | ROW_BYTE}, /* another name of 80 */
	[0x83] = {GROUP_ALU, FORM_E_I8, ROW_GROUP},
	PAIR(0x84, OP_TEST, FORM_E_G, 0),
	PAIR(0x86, OP_XCHG, FORM_E_G, ROW_LOCK),
	PAIR(0x88, OP_MOV, FORM_E_G, 0),
	PAIR(0x8a, OP_MOV, FORM_G_E, 0),
	[0x8c] = {OP_MOV_FROM_SEG, FORM_E, ROW_E16},
	[0x8e] = {OP_MOV_TO_SEG, FORM_E, ROW_E16},
	[0x8f] = {GROUP_POP, FORM_E, ROW_GROUP},
	[0x9b] = {OP_FPU, FORM_NONE, 0},
	PAIR(0xa0, OP_MOV, FORM_A_O, 0),
	PAIR(0xa2, OP_MOV, FORM_O_A, 0),
	PAIR(0xa4, OP_MOVS, FORM_STRING, 0),
	PAIR(0xa6, OP_CMPS, FORM_STRING, 0),
	PAIR(0xaa, OP_STOS, FORM_STRING, 0),
	PAIR(0xac, OP_LODS, FORM_STRING, 0),
	PAIR(0xae, OP_SCAS, FORM_STRING, 0),
	PAIR(0xc0, GROUP_SHIFT, FORM_E_I8, ROW_GROUP),
	[0xc4] = {OP_LES, FORM_G_E, 0}, /* with two registers these two are VEX prefixes */
	[0xc5] = {OP_LDS, FORM_G_E, 0},
	PAIR(0xc6, GROUP_MOV, FORM_E_I, ROW_GROUP),
	PAIR(0xd0, GROUP_SHIFT, FORM_E_1, ROW_GROUP),
	PAIR(0xd2, GROUP_SHIFT, FORM_E_C, ROW_GROUP),
	[0xd7] = {OP_XLAT, FORM_XLAT, ROW_BYTE},
	[0xd8 ... 0xdf] = {OP_FPU, FORM_E, 0},
	PAIR(0xe4, OP_IN, FORM_A_I8, 0),
	PAIR(0xe6, OP_OUT, FORM_A_I8, 0),
	PAIR(0xec, OP_IN, FORM_A_D, 0),
	PAIR(0xee, OP_OUT, FORM_A_D, 0),
	[0xf4] = {OP_HLT, FORM_NONE, 0},
	PAIR(0xf6, GROUP_UNARY, FORM_E, ROW_GROUP),
	[0xfa] = {OP_CLI, FORM_NONE, 0},
	[0xfb] = {OP_STI, FORM_NONE, 0},
	[0xfe] = {GROUP_INC8, FORM_E, ROW_GROUP | ROW_BYTE},
	[0xff] = {GROUP_INC, FORM_E, ROW_GROUP},
};

/* After the byte 0F. */
const struct row map_two_byte[256] = {
	[0x01] = {GROUP_SYSTEM, FORM_E, ROW_GROUP},
	[0x06] = {OP_CLTS, FORM_NONE, 0},
	[0x08] = {OP_CACHE, FORM_NONE, 0},
	[0x09] = {OP_CACHE, FORM_NONE, 0},
	[0x20] = {OP_FROM_CR, FORM_R_C, 0},
	[0x21] = {OP_FROM_DR, FORM_R_C, 0},
	[0x22] = {OP_TO_CR, FORM_R_C, 0},
	[0x23] = {OP_TO_DR, FORM_R_C, 0},
	[0x30] = {OP_WRMSR, FORM_NONE, 0},
	[0x32] = {OP_RDMSR, FORM_NONE, 0},
	[0x40 ... 0x4f] = {OP_CMOVCC, FORM_G_E, 0},
	[0x90 ... 0x9f] = {OP_SETCC, FORM_E, ROW_E8},
	[0xa3] = {OP_BT, FORM_E_G, 0},
	[0xa4] = {OP_SHLD, FORM_E_G_I8, 0},
	[0xa5] = {OP_SHLD, FORM_E_G, 0},
	[0xab] = {OP_BTS, FORM_E_G, ROW_LOCK},
	[0xac] = {OP_SHRD, FORM_E_G_I8, 0},
	[0xad] = {OP_SHRD, FORM_E_G, 0},
	[0xaf] = {OP_IMUL_REG, FORM_G_E, 0},
	PAIR(0xb0, OP_CMPXCHG, FORM_E_G, ROW_LOCK),
	[0xb2] = {OP_LSS, FORM_G_E, 0},
	[0xb3] = {OP_BTR, FORM_E_G, ROW_LOCK},
	[0xb4] = {OP_LFS, FORM_G_E, 0},
	[0xb5] = {OP_LGS, FORM_G_E, 0},
	[0xb6] = {OP_MOVZX, FORM_G_E, ROW_E8},
	[0xb7] = {OP_MOVZX, FORM_G_E, ROW_E16},
	[0xb8] = {OP_POPCNT, FORM_G_E, 0},
	[0xba] = {GROUP_BIT, FORM_E_I8, ROW_GROUP},
	[0xbb] = {OP_BTC, FORM_E_G, ROW_LOCK},
	[0xbc] = {OP_BSF, FORM_G_E, 0},
	[0xbd] = {OP_BSR, FORM_G_E, 0},
	[0xbe] = {OP_MOVSX, FORM_G_E, ROW_E8},
	[0xbf] = {OP_MOVSX, FORM_G_E, ROW_E16},
	PAIR(0xc0, OP_XADD, FORM_E_G, ROW_LOCK),
	[0xc3] = {OP_MOV, FORM_E_G, 0}, /* MOVNTI: what it tells the caches means nothing here */
	[0xc7] = {GROUP_CMPXCHG8B, FORM_E, ROW_GROUP},
};

/* SDM vol. 2, table A-6: what ModRM.reg adds to the opcode. */
const struct row map_group[GROUPS][8] =
	{
		[GROUP_ALU] =
			{
				{OP_ADD, FORM_SAME, ROW_LOCK},
				{OP_OR, FORM_SAME, ROW_LOCK},
				{OP_ADC, FORM_SAME, ROW_LOCK},
				{OP_SBB, FORM_SAME, ROW_LOCK},
				{OP_AND, FORM_SAME, ROW_LOCK},
				{OP_SUB, FORM_SAME, ROW_LOCK},
				{OP_XOR, FORM_SAME, ROW_LOCK},
				{OP_CMP, FORM_SAME, 0},
			},
		[GROUP_SHIFT] =
			{
				{OP_ROL, FORM_SAME, 0},
				{OP_ROR, FORM_SAME, 0},
				{OP_RCL, FORM_SAME, 0},
				{OP_RCR, FORM_SAME, 0},
				{OP_SHL, FORM_SAME, 0},
				{OP_SHR, FORM_SAME, 0},
				{OP_SAL, FORM_SAME, 0},
				{OP_SAR, FORM_SAME, 0},
			},
		[GROUP_POP] = {[0] = {OP_POP, FORM_SAME, 0}},
		[GROUP_UNARY] =
			{
				[0] = {OP_TEST, FORM_E_I, 0},
				[1] = {OP_TEST, FORM_E_I,
				       0}, /* not in the tables, but the CPUs do it */
				[2] = {OP_NOT, FORM_SAME, ROW_LOCK},
				[3] = {OP_NEG, FORM_SAME, ROW_LOCK},
				[4] = {OP_MUL, FORM_SAME, 0},
				[5] = {OP_IMUL, FORM_SAME, 0},
				[6] = {OP_DIV, FORM_SAME, 0},
				[7] = {OP_IDIV, FORM_SAME, 0},
			},
		[GROUP_INC8] =
			{
				[0] = {OP_INC, FORM_SAME, ROW_LOCK},
				[1] = {OP_DEC, FORM_SAME, ROW_LOCK},
			},
		[GROUP_INC] =
			{
				[0] = {OP_INC, FORM_SAME, ROW_LOCK},
				[1] = {OP_DEC, FORM_SAME, ROW_LOCK},
				[2] = {OP_CALL, FORM_SAME, 0},
				[4] = {OP_JUMP, FORM_SAME, 0},
				[6] = {OP_PUSH, FORM_SAME, 0},
			},
		[GROUP_MOV] = {[0] = {OP_MOV, FORM_SAME, 0}},
		[GROUP_SYSTEM] =
			{
				[6] = {OP_LMSW, FORM_SAME, ROW_E16},
				[7] = {OP_INVLPG, FORM_SAME, 0},
			},
		[GROUP_BIT] =
			{
				[4] = {OP_BT, FORM_SAME, 0},
				[5] = {OP_BTS, FORM_SAME, ROW_LOCK},
				[6] = {OP_BTR, FORM_SAME, ROW_LOCK},
				[7] = {OP_BTC, FORM_SAME, ROW_LOCK},
			},
		[GROUP_CMPXCHG8B] = {[1] = {OP_CMPXCHG8B, FORM_SAME, ROW_LOCK}},
};
