/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that read or write memory, for accesses to trapped device memory.
 *
 * The order in every handler: loads, then stores, then the guest's registers and flags, so that a
 * fault leaves the guest as it was. An instruction that will store asks first whether it may.
 */
#include "hv/vcpu/emulate/insn.h"

/* Load E, which is going to be stored to: a page that cannot be written faults as a write. */
static bool load_for_update(struct insn *in, gva_t *va, u32 *value)
{
	return ea_linear(in, va) && linear_writable(in, *va, in->esize) &&
	       linear_load(in, *va, in->esize, value);
}

static bool load_e(struct insn *in, u32 *value)
{
	gva_t va;

	return ea_linear(in, &va) && linear_load(in, va, in->esize, value);
}

static bool store_e(struct insn *in, u32 value)
{
	gva_t va;

	return ea_linear(in, &va) && linear_store(in, va, in->esize, value);
}

static bool run_mov(struct insn *in)
{
	u32 value;

	switch (in->row.form) {
	case FORM_E_G:
		return store_e(in, reg_get(in->r, in->reg, in->size));
	case FORM_E_I:
		return store_e(in, in->imm);
	case FORM_O_A:
		return store_e(in, reg_get(in->r, R_EAX, in->size));
	default: /* FORM_G_E, FORM_A_O */
		if (!load_e(in, &value))
			return false;
		reg_set(in->r, in->row.form == FORM_A_O ? R_EAX : in->reg, in->size, value);
		return true;
	}
}

/* To memory a segment register is stored as a word (SDM vol. 2, MOV). */
static bool run_mov_from_seg(struct insn *in)
{
	const struct regs *r = in->r;
	const u32 selector[] = {r->es, r->cs, r->ss, r->ds, r->fs, r->gs};

	if (in->reg >= ARRAY_LEN(selector))
		return insn_unsupported(in);
	return store_e(in, selector[in->reg]);
}

static bool run_mov_extend(struct insn *in)
{
	u32 value;

	if (!load_e(in, &value))
		return false;
	if (in->row.op == OP_MOVSX && value >> (in->esize * 8 - 1))
		value |= ~size_mask(in->esize);
	reg_set(in->r, in->reg, in->size, value);
	return true;
}

/* Two-operand arithmetic in all directions. */
static bool run_alu(struct insn *in)
{
	bool to_memory = in->row.form != FORM_G_E;
	u32 a, b, flags = in->r->eflags, reg = reg_get(in->r, in->reg, in->size), value;
	enum op op = (enum op)in->row.op;
	gva_t va;

	if (!(to_memory && alu_writes(op) ? load_for_update(in, &va, &value) : load_e(in, &value)))
		return false;
	a = to_memory ? value : reg;
	b = !to_memory ? value : in->row.form == FORM_E_G ? reg : in->imm;
	a = alu(op, in->size, a, b, &flags);
	if (alu_writes(op)) {
		if (!to_memory)
			reg_set(in->r, in->reg, in->size, a);
		else if (!linear_store(in, va, in->size, a))
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
	    !linear_store(in, va, in->size, reg_get(in->r, in->reg, in->size)))
		return false;
	reg_set(in->r, in->reg, in->size, value);
	return true;
}

/* Memory is written in both cases, with its old value when the comparison fails. */
static bool run_cmpxchg(struct insn *in)
{
	u32 acc = reg_get(in->r, R_EAX, in->size), flags = in->r->eflags, value, store;
	gva_t va;

	if (!load_for_update(in, &va, &value))
		return false;
	store = acc == value ? reg_get(in->r, in->reg, in->size) : value;
	if (!linear_store(in, va, in->size, store))
		return false;
	alu(OP_CMP, in->size, acc, value, &flags);
	in->r->eflags = flags;
	if (acc != value)
		reg_set(in->r, R_EAX, in->size, value);
	return true;
}

/* A bit index in a register is signed and reaches beyond the operand: the address moves by
 * whole operands. An immediate one stays inside (SDM vol. 2, BT). */
static void move_to_bit(struct insn *in, u32 index)
{
	unsigned shift = in->size == 4 ? 5 : 4;

	if (in->size == 2 && index & 0x8000u)
		index |= 0xffff0000u;
	in->ea += (u32)((s32)index >> shift) * in->size;
	in->ea &= size_mask(in->addr_size);
}

static u32 bit_changed(enum op op, u32 value, u32 mask)
{
	if (op == OP_BTS)
		return value | mask;
	return op == OP_BTR ? value & ~mask : value ^ mask;
}

static bool run_bit(struct insn *in)
{
	u32 index = in->imm, mask, value;
	enum op op = (enum op)in->row.op;
	gva_t va;

	if (in->row.form == FORM_E_G) {
		index = reg_get(in->r, in->reg, in->size);
		move_to_bit(in, index);
	}
	mask = 1u << (index & (in->size * 8u - 1u));
	if (!(op == OP_BT ? load_e(in, &value) : load_for_update(in, &va, &value)))
		return false;
	if (op != OP_BT && !linear_store(in, va, in->size, bit_changed(op, value, mask)))
		return false;
	in->r->eflags &= ~EFLAGS_CF;
	if (value & mask)
		in->r->eflags |= EFLAGS_CF;
	return true;
}

static bool run_push(struct insn *in)
{
	u32 base, value;
	gva_t top;

	if (!seg_base(in, EMU_SS, &base))
		return false;
	top = base + in->r->esp - in->size;
	if (!linear_writable(in, top, in->size) || !load_e(in, &value) ||
	    !linear_store(in, top, in->size, value))
		return false;
	in->r->esp -= in->size;
	return true;
}

/* An address built on ESP uses its value after the pop (SDM vol. 2, POP). */
static bool run_pop(struct insn *in)
{
	u32 base, value;
	gva_t va;

	if (in->ea_from_esp)
		in->ea += in->size;
	if (!ea_linear(in, &va) || !linear_writable(in, va, in->size) ||
	    !seg_base(in, EMU_SS, &base) || !linear_load(in, base + in->r->esp, in->size, &value) ||
	    !linear_store(in, va, in->size, value))
		return false;
	in->r->esp += in->size;
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
	[OP_BT] = run_bit,
	[OP_BTS] = run_bit,
	[OP_BTR] = run_bit,
	[OP_BTC] = run_bit,
	[OP_MOV] = run_mov,
	[OP_MOV_FROM_SEG] = run_mov_from_seg,
	[OP_MOVZX] = run_mov_extend,
	[OP_MOVSX] = run_mov_extend,
	[OP_XCHG] = run_xchg,
	[OP_CMPXCHG] = run_cmpxchg,
	[OP_PUSH] = run_push,
	[OP_POP] = run_pop,
	[OP_MOVS] = run_string,
	[OP_CMPS] = run_string,
	[OP_STOS] = run_string,
	[OP_LODS] = run_string,
	[OP_SCAS] = run_string,
};

struct emu_result emulate_memory(struct regs *r, const struct emu_ops *ops, void *ctx)
{
	struct insn in;

	if (insn_begin(&in, r, ops, ctx) && insn_decode(&in))
		insn_run(&in, in.mem ? handlers[in.row.op] : NULL);
	return in.result;
}
