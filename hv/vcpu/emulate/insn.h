/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of hv/vcpu/emulate/ share: one decoded instruction and the helpers around it.
 * Private to this room.
 *
 * A struct insn lives on the stack of one emulate_*() call. The guest's registers belong to the
 * caller and are written only by the handlers, after everything that may fault. A helper that
 * returns false has put the outcome into `result`; the handler then returns false at once.
 */
#ifndef HV_VCPU_EMULATE_INSN_H
#define HV_VCPU_EMULATE_INSN_H

#include "hv/vcpu/emulate/emulate.h"
#include "lib/x86.h"

#define INSN_MAX 15u /* SDM vol. 2, 2.3.11 */

/* What an instruction does. The first eight are in the order of opcode bits 5:3 and of the
 * group 1 extension (SDM vol. 2, A.4.2). */
enum op {
	OP_ADD,
	OP_OR,
	OP_ADC,
	OP_SBB,
	OP_AND,
	OP_SUB,
	OP_XOR,
	OP_CMP,
	OP_TEST,
	OP_INC,
	OP_DEC,
	OP_NOT,
	OP_NEG,
	OP_BT, /* the four bit operations stay in this order */
	OP_BTS,
	OP_BTR,
	OP_BTC,
	OP_MOV,
	OP_MOV_FROM_SEG,
	OP_MOVZX,
	OP_MOVSX,
	OP_XCHG,
	OP_CMPXCHG,
	OP_PUSH,
	OP_POP,
	OP_MOVS,
	OP_CMPS,
	OP_STOS,
	OP_LODS,
	OP_SCAS,
	OP_INS,
	OP_OUTS,
	OP_IN,
	OP_OUT,
	OP_HLT,
	OP_CLI,
	OP_STI,
	OP_CLTS,
	OP_LMSW,
	OP_INVLPG,
	OP_CACHE, /* invd, wbinvd */
	OP_FROM_CR,
	OP_TO_CR,
	OP_FROM_DR,
	OP_TO_DR,
	OP_RDMSR,
	OP_WRMSR,
	OP_FPU, /* the coprocessor's, and its wait */
	OP_COUNT
};

/* Where the operands are. E: register or memory named by ModRM; G: register in ModRM.reg;
 * A: the accumulator; I: immediate; O: address in the instruction; D: port number in DX. */
enum form {
	FORM_UNKNOWN, /* an empty row: not ours */
	FORM_SAME,    /* in a group: as the opcode's own row says */
	FORM_NONE,
	FORM_E,
	FORM_E_G,
	FORM_G_E,
	FORM_E_I,
	FORM_E_I8, /* sign-extended */
	FORM_A_O,
	FORM_O_A,
	FORM_A_I8, /* in and out: the port is the immediate */
	FORM_A_D,
	FORM_STRING,
	FORM_R_C, /* ModRM names two registers whatever its mod field says */
	FORM_COUNT
};

/* Flags of a row. */
#define ROW_BYTE  0x01u /* operands are bytes, else words or doublewords by operand size */
#define ROW_E8	  0x02u /* E is a byte ... */
#define ROW_E16	  0x04u /* ... or a word, whatever the operand size */
#define ROW_LOCK  0x08u /* LOCK is allowed when E is memory */
#define ROW_GROUP 0x10u /* op is the number of a group; ModRM.reg picks the row */

struct row {
	u8 op, form, flags;
};

/* opcodes.c. The group number of a row with ROW_GROUP is inside the table. */
extern const struct row map_one_byte[256], map_two_byte[256], map_group[][8];

enum reg { R_EAX, R_ECX, R_EDX, R_EBX, R_ESP, R_EBP, R_ESI, R_EDI };

struct insn {
	struct regs *r;
	const struct emu_ops *ops;
	void *ctx;
	struct emu_result result;

	u8 bytes[INSN_MAX];
	u8 have, at; /* bytes fetched, bytes consumed */
	bool code16; /* default sizes are 16 bit */
	gva_t code;  /* linear address of the first byte */

	struct row row;
	u8 size;      /* of the operands: 1, 2 or 4 */
	u8 esize;     /* of E: the same but for movzx and the like */
	u8 addr_size; /* 2 or 4 */
	u8 rep;	      /* 0, PREFIX_REPE or PREFIX_REPNE */
	bool lock;
	bool mem; /* E or O is memory, or this is a string instruction */
	bool seg_override, ea_from_esp;
	u8 reg, rm; /* fields of ModRM */
	u8 seg;	    /* enum emu_seg of E, of O, or of a string's source */
	u32 ea;	    /* offset of E or O in that segment */
	u32 imm;
};

#define PREFIX_REPNE 0xf2u
#define PREFIX_REPE  0xf3u

typedef bool run_fn(struct insn *in);

/* decode.c. Read the CS base and the first stretch of bytes; then the whole instruction. */
MUST_CHECK bool insn_begin(struct insn *in, struct regs *r, const struct emu_ops *ops, void *ctx);
MUST_CHECK bool insn_decode(struct insn *in);
/* Run a handler, and step over the instruction when it was carried out. NULL: not ours. */
void insn_run(struct insn *in, run_fn *handler);
void insn_finish(struct insn *in); /* step over it */

/* operand.c. Each fault helper returns false. */
bool insn_fault(struct insn *in, u8 vector, u32 error, gva_t cr2);
bool insn_unsupported(struct insn *in);
u32 size_mask(unsigned size);
u32 reg_get(const struct regs *r, unsigned n, unsigned size);	    /* n: 0..7, size 1 has AH..BH */
void reg_set(struct regs *r, unsigned n, unsigned size, u32 value); /* the rest of it is kept */
MUST_CHECK bool seg_base(struct insn *in, unsigned seg, u32 *base);
MUST_CHECK bool linear_load(struct insn *in, gva_t va, unsigned size, u32 *value);
MUST_CHECK bool linear_store(struct insn *in, gva_t va, unsigned size, u32 value);
MUST_CHECK bool linear_writable(struct insn *in, gva_t va, unsigned size);
/* The linear address of E or O. */
MUST_CHECK bool ea_linear(struct insn *in, gva_t *va);

/* alu.c. a op b on `size` bytes: result, and *eflags as the CPU leaves it. op: OP_ADD..OP_NEG;
 * for OP_INC to OP_NEG b is ignored. Flags the SDM calls undefined become 0. */
u32 alu(enum op op, unsigned size, u32 a, u32 b, u32 *eflags);
static inline bool alu_writes(enum op op)
{
	return op != OP_CMP && op != OP_TEST;
}

/* string.c */
run_fn run_string;

#endif
