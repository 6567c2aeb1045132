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
	OP_ROL, /* these eight in the order of the group 2 extension */
	OP_ROR,
	OP_RCL,
	OP_RCR,
	OP_SHL,
	OP_SHR,
	OP_SAL, /* not in the tables, but the CPUs do it: SHL */
	OP_SAR,
	OP_SHLD,
	OP_SHRD,
	OP_MUL,
	OP_IMUL,
	OP_DIV,
	OP_IDIV,
	OP_IMUL_REG, /* two or three operands */
	OP_BT,	     /* the four bit operations stay in this order */
	OP_BTS,
	OP_BTR,
	OP_BTC,
	OP_BSF,
	OP_BSR,
	OP_POPCNT,
	OP_SETCC,
	OP_CMOVCC,
	OP_MOV,
	OP_MOV_FROM_SEG,
	OP_MOV_TO_SEG,
	OP_MOVZX,
	OP_MOVSX,
	OP_XCHG,
	OP_XADD,
	OP_CMPXCHG,
	OP_CMPXCHG8B,
	OP_XLAT,
	OP_LES, /* these five stay in this order */
	OP_LDS,
	OP_LSS,
	OP_LFS,
	OP_LGS,
	OP_PUSH,
	OP_POP,
	OP_JUMP,
	OP_CALL,
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
 * A: the accumulator; I: immediate; O: address in the instruction; D: port number in DX; C: CL. */
enum form {
	FORM_UNKNOWN, /* an empty row: not ours */
	FORM_SAME,    /* in a group: as the opcode's own row says */
	FORM_NONE,
	FORM_E,
	FORM_E_G,
	FORM_G_E,
	FORM_E_I,
	FORM_E_I8, /* sign-extended */
	FORM_E_1,  /* a shift by one */
	FORM_E_C,
	FORM_E_G_I8,
	FORM_G_E_I,
	FORM_G_E_I8,
	FORM_A_O,
	FORM_O_A,
	FORM_A_I8, /* in and out: the port is the immediate */
	FORM_A_D,
	FORM_STRING,
	FORM_XLAT, /* memory that the accumulator picks */
	FORM_R_C,  /* ModRM names two registers whatever its mod field says */
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
#define R_AH 4 /* of the byte registers */

#define NO_REG 8u /* of an address: none */

/* What the bytes of an instruction say, whatever the registers hold. */
struct decoded {
	u32 imm, disp;
	struct row row;
	u8 opcode;    /* its last byte, which may hold a condition */
	u8 size;      /* of the operands: 1, 2 or 4 */
	u8 esize;     /* of E: the same but for movzx and the like */
	u8 addr_size; /* 2 or 4 */
	u8 rep;	      /* 0, PREFIX_REPE or PREFIX_REPNE */
	bool lock;
	bool mem; /* E or O is memory, or this is a string instruction */
	bool ea_from_esp;
	u8 reg, rm; /* fields of ModRM */
	u8 seg;	    /* enum emu_seg of E, of O, or of a string's source */
	u8 base, index, scale;
};

struct insn {
	struct regs *r;
	const struct emu_ops *ops;
	void *ctx;
	struct emu_result result;

	u8 bytes[INSN_MAX];
	u8 have, at; /* bytes fetched, bytes consumed */
	bool code16; /* default sizes are 16 bit */
	bool seg_override;
	gva_t code; /* linear address of the first byte */
	struct decoded d;
	u32 ea; /* offset of E or O in its segment */
};

#define PREFIX_REPNE 0xf2u
#define PREFIX_REPE  0xf3u

typedef bool run_fn(struct insn *in);

/* decode.c. Where the instruction is; read the first stretch of its bytes; both; then the whole. */
MUST_CHECK bool insn_locate(struct insn *in, struct regs *r, const struct emu_ops *ops, void *ctx);
MUST_CHECK bool insn_fetch(struct insn *in);
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
u32 address_of(const struct decoded *d, const struct regs *r);	    /* of E or O in its segment */
MUST_CHECK bool seg_base(struct insn *in, unsigned seg, u32 *base);
MUST_CHECK bool linear_load(struct insn *in, gva_t va, unsigned size, u32 *value);
MUST_CHECK bool linear_store(struct insn *in, gva_t va, unsigned size, u32 value);
MUST_CHECK bool linear_writable(struct insn *in, gva_t va, unsigned size);
/* The linear address of E or O. */
MUST_CHECK bool ea_linear(struct insn *in, gva_t *va);

/* The accesses to E. One that is going to be stored to asks first: a page that cannot be written
 * faults as a write. */
MUST_CHECK bool load_e(struct insn *in, u32 *value);
MUST_CHECK bool load_for_update(struct insn *in, gva_t *va, u32 *value);
MUST_CHECK bool store_e(struct insn *in, u32 value);

#define FLAGS_ARITH (EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_OF)

/* alu.c. SF, ZF and PF. */
u32 flags_of_result(unsigned size, u32 result);
/* a op b on `size` bytes: result, and *eflags as the CPU leaves it. op: OP_ADD..OP_NEG;
 * for OP_INC to OP_NEG b is ignored. Flags the SDM calls undefined become 0. */
u32 alu(enum op op, unsigned size, u32 a, u32 b, u32 *eflags);
static inline bool alu_writes(enum op op)
{
	return op != OP_CMP && op != OP_TEST;
}

/* shift.c. OP_ROL to OP_SAR; the count as the instruction has it. A count of 0 changes no flag. */
u32 shift(enum op op, unsigned size, u32 value, u32 count, u32 *eflags);
u32 shift_double(bool left, unsigned size, u32 value, u32 fill, u32 count, u32 *eflags);

/* multiply.c. The product has twice the size. False: a division by 0, or the quotient is too large
 * for `size`; results are `size` bytes wide, bits above them mean nothing. */
u64 multiply(bool is_signed, unsigned size, u32 a, u32 b, u32 *eflags);
MUST_CHECK bool divide(bool is_signed, unsigned size, u64 dividend, u32 divisor, u32 *quotient,
		       u32 *rest);

/* memory.c. The handler of an instruction with memory operands; NULL: there is none. */
run_fn *memory_handler(const struct insn *in);

/* The handlers outside of the two tables' own files. */
run_fn run_string;					     /* string.c */
run_fn run_shift, run_shift_double;			     /* arithmetic.c */
run_fn run_multiply, run_multiply_to_register, run_divide;   /* likewise */
run_fn run_bit, run_scan, run_popcnt, run_setcc, run_cmovcc; /* bits.c */
run_fn run_push, run_pop, run_jump, run_call;		     /* branch.c */
run_fn run_mov_from_seg, run_mov_to_seg, run_load_far;	     /* likewise */

#endif
