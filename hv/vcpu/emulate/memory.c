/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that read or write memory, for accesses to trapped device memory.
 *
 * The order in every handler: loads, then stores, then the guest's registers and flags, so that a
 * fault leaves the guest as it was. An instruction that will store asks first whether it may.
 */
#include "hv/vcpu/emulate/insn.h"

static bool run_mov(struct insn *in)
{
	u32 value;

	switch (in->d.row.form) {
	case FORM_E_G:
		return store_e(in, reg_get(in->r, in->d.reg, in->d.size));
	case FORM_E_I:
		return store_e(in, in->d.imm);
	case FORM_O_A:
		return store_e(in, reg_get(in->r, R_EAX, in->d.size));
	default: /* FORM_G_E, FORM_A_O */
		if (!load_e(in, &value))
			return false;
		reg_set(in->r, in->d.row.form == FORM_A_O ? R_EAX : in->d.reg, in->d.size, value);
		return true;
	}
}

static bool run_mov_extend(struct insn *in)
{
	u32 value;

	if (!load_e(in, &value))
		return false;
	if (in->d.row.op == OP_MOVSX && value >> (in->d.esize * 8 - 1))
		value |= ~size_mask(in->d.esize);
	reg_set(in->r, in->d.reg, in->d.size, value);
	return true;
}

/* Two-operand arithmetic in all directions. */
static bool run_alu(struct insn *in)
{
	bool to_memory = in->d.row.form != FORM_G_E;
	u32 a, b, flags = in->r->eflags, reg = reg_get(in->r, in->d.reg, in->d.size), value;
	enum op op = (enum op)in->d.row.op;
	gva_t va;

	if (!(to_memory && alu_writes(op) ? load_for_update(in, &va, &value) : load_e(in, &value)))
		return false;
	a = to_memory ? value : reg;
	b = !to_memory ? value : in->d.row.form == FORM_E_G ? reg : in->d.imm;
	a = alu(op, in->d.size, a, b, &flags);
	if (alu_writes(op)) {
		if (!to_memory)
			reg_set(in->r, in->d.reg, in->d.size, a);
		else if (!linear_store(in, va, in->d.size, a))
			return false;
	}
	in->r->eflags = flags;
	return true;
}

static bool run_xchg(struct insn *in)
{
	u32 value;
	gva_t va;

	if (!load_for_update(in, &va, &value) ||
	    !linear_store(in, va, in->d.size, reg_get(in->r, in->d.reg, in->d.size)))
		return false;
	reg_set(in->r, in->d.reg, in->d.size, value);
	return true;
}

/* Memory is written in both cases, with its old value when the comparison fails. */
static bool run_cmpxchg(struct insn *in)
{
	u32 acc = reg_get(in->r, R_EAX, in->d.size), flags = in->r->eflags, value, store;
	gva_t va;

	if (!load_for_update(in, &va, &value))
		return false;
	store = acc == value ? reg_get(in->r, in->d.reg, in->d.size) : value;
	if (!linear_store(in, va, in->d.size, store))
		return false;
	alu(OP_CMP, in->d.size, acc, value, &flags);
	in->r->eflags = flags;
	if (acc != value)
		reg_set(in->r, R_EAX, in->d.size, value);
	return true;
}

static bool run_xadd(struct insn *in)
{
	u32 value, flags = in->r->eflags, reg = reg_get(in->r, in->d.reg, in->d.size);
	gva_t va;

	if (!load_for_update(in, &va, &value) ||
	    !linear_store(in, va, in->d.size, alu(OP_ADD, in->d.size, value, reg, &flags)))
		return false;
	reg_set(in->r, in->d.reg, in->d.size, value);
	in->r->eflags = flags;
	return true;
}

/* Eight bytes, in two accesses. */
static bool run_cmpxchg8b(struct insn *in)
{
	struct regs *r = in->r;
	u32 lo, hi;
	bool same;
	gva_t va;

	if (!ea_linear(in, &va) || !linear_writable(in, va, 8) || !linear_load(in, va, 4, &lo) ||
	    !linear_load(in, va + 4, 4, &hi))
		return false;
	same = lo == r->eax && hi == r->edx;
	if (!linear_store(in, va, 4, same ? r->ebx : lo) ||
	    !linear_store(in, va + 4, 4, same ? r->ecx : hi))
		return false;
	r->eax = lo;
	r->edx = hi;
	r->eflags = (r->eflags & ~EFLAGS_ZF) | (same ? EFLAGS_ZF : 0);
	return true;
}

/* A byte of a table at EBX or BX. */
static bool run_xlat(struct insn *in)
{
	u32 value;

	in->ea = reg_get(in->r, R_EBX, in->d.addr_size) + reg_get(in->r, R_EAX, 1);
	in->ea &= size_mask(in->d.addr_size);
	if (!load_e(in, &value))
		return false;
	reg_set(in->r, R_EAX, 1, value);
	return true;
}

static run_fn *const handlers[OP_COUNT] = {
	[OP_ADD] = run_alu,
	[OP_OR] = run_alu,
	[OP_ADC] = run_alu,
	[OP_SBB] = run_alu,
	[OP_AND] = run_alu,
	[OP_SUB] = run_alu,
	[OP_XOR] = run_alu,
	[OP_CMP] = run_alu,
	[OP_TEST] = run_alu,
	[OP_INC] = run_alu,
	[OP_DEC] = run_alu,
	[OP_NOT] = run_alu,
	[OP_NEG] = run_alu,
	[OP_ROL] = run_shift,
	[OP_ROR] = run_shift,
	[OP_RCL] = run_shift,
	[OP_RCR] = run_shift,
	[OP_SHL] = run_shift,
	[OP_SHR] = run_shift,
	[OP_SAL] = run_shift,
	[OP_SAR] = run_shift,
	[OP_SHLD] = run_shift_double,
	[OP_SHRD] = run_shift_double,
	[OP_MUL] = run_multiply,
	[OP_IMUL] = run_multiply,
	[OP_DIV] = run_divide,
	[OP_IDIV] = run_divide,
	[OP_IMUL_REG] = run_multiply_to_register,
	[OP_BT] = run_bit,
	[OP_BTS] = run_bit,
	[OP_BTR] = run_bit,
	[OP_BTC] = run_bit,
	[OP_BSF] = run_scan,
	[OP_BSR] = run_scan,
	[OP_POPCNT] = run_popcnt,
	[OP_SETCC] = run_setcc,
	[OP_CMOVCC] = run_cmovcc,
	[OP_MOV] = run_mov,
	[OP_MOV_FROM_SEG] = run_mov_from_seg,
	[OP_MOV_TO_SEG] = run_mov_to_seg,
	[OP_MOVZX] = run_mov_extend,
	[OP_MOVSX] = run_mov_extend,
	[OP_XCHG] = run_xchg,
	[OP_XADD] = run_xadd,
	[OP_CMPXCHG] = run_cmpxchg,
	[OP_CMPXCHG8B] = run_cmpxchg8b,
	[OP_XLAT] = run_xlat,
	[OP_LES] = run_load_far,
	[OP_LDS] = run_load_far,
	[OP_LSS] = run_load_far,
	[OP_LFS] = run_load_far,
	[OP_LGS] = run_load_far,
	[OP_PUSH] = run_push,
	[OP_POP] = run_pop,
	[OP_JUMP] = run_jump,
	[OP_CALL] = run_call,
	[OP_MOVS] = run_string,
	[OP_CMPS] = run_string,
	[OP_STOS] = run_string,
	[OP_LODS] = run_string,
	[OP_SCAS] = run_string,
};

run_fn *memory_handler(const struct insn *in)
{
	return in->d.mem ? handlers[in->d.row.op] : NULL;
}

struct emu_result emulate_memory(struct regs *r, const struct emu_ops *ops, void *ctx)
{
	struct insn in;

	if (insn_begin(&in, r, ops, ctx) && insn_decode(&in))
		insn_run(&in, memory_handler(&in));
	return in.result;
}
