/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic of the accumulator and of shift counts on memory. Shifts write their operand back
 * even when they count 0; multiplication and division only read it.
 */
#include "hv/vcpu/emulate/insn.h"

static u32 shift_count(const struct insn *in)
{
	if (in->d.row.form == FORM_E_1)
		return 1;
	return in->d.row.form == FORM_E_C || in->d.row.form == FORM_E_G ? in->r->ecx & 0xffu
									: in->d.imm;
}

bool run_shift(struct insn *in)
{
	u32 value, flags = in->r->eflags;
	gva_t va;

	if (!load_for_update(in, &va, &value))
		return false;
	value = shift((enum op)in->d.row.op, in->d.size, value, shift_count(in), &flags);
	if (!linear_store(in, va, in->d.size, value))
		return false;
	in->r->eflags = flags;
	return true;
}

bool run_shift_double(struct insn *in)
{
	u32 value, flags = in->r->eflags;
	gva_t va;

	if (!load_for_update(in, &va, &value))
		return false;
	value = shift_double(in->d.row.op == OP_SHLD, in->d.size, value,
			     reg_get(in->r, in->d.reg, in->d.size), shift_count(in), &flags);
	if (!linear_store(in, va, in->d.size, value))
		return false;
	in->r->eflags = flags;
	return true;
}

/* Numbers of twice the size lie in AX, DX:AX or EDX:EAX. */
static u64 wide_get(const struct insn *in)
{
	if (in->d.size == 1)
		return reg_get(in->r, R_EAX, 2);
	return (u64)reg_get(in->r, R_EDX, in->d.size) << in->d.size * 8 |
	       reg_get(in->r, R_EAX, in->d.size);
}

static void wide_set(struct insn *in, u32 high, u32 low)
{
	reg_set(in->r, R_EAX, in->d.size, low);
	reg_set(in->r, in->d.size == 1 ? R_AH : R_EDX, in->d.size, high);
}

bool run_multiply(struct insn *in)
{
	u64 product;
	u32 value;

	if (!load_e(in, &value))
		return false;
	product = multiply(in->d.row.op == OP_IMUL, in->d.size, reg_get(in->r, R_EAX, in->d.size),
			   value, &in->r->eflags);
	wide_set(in, (u32)(product >> in->d.size * 8), (u32)product);
	return true;
}

/* IMUL with two or three operands. */
bool run_multiply_to_register(struct insn *in)
{
	u32 value, by = in->d.imm;

	if (!load_e(in, &value))
		return false;
	if (in->d.row.form == FORM_G_E)
		by = reg_get(in->r, in->d.reg, in->d.size);
	reg_set(in->r, in->d.reg, in->d.size,
		(u32)multiply(true, in->d.size, value, by, &in->r->eflags));
	return true;
}

bool run_divide(struct insn *in)
{
	u32 value, quotient, rest;

	if (!load_e(in, &value))
		return false;
	if (!divide(in->d.row.op == OP_IDIV, in->d.size, wide_get(in), value, &quotient, &rest))
		return insn_fault(in, VEC_DE, 0, 0);
	wide_set(in, rest, quotient);
	return true;
}
