/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single bits of memory: tested, changed, searched and counted; and what conditions decide. */
#include "hv/vcpu/emulate/insn.h"

/* A bit index in a register is signed and reaches beyond the operand: the address moves by
 * whole operands. An immediate one stays inside (SDM vol. 2, BT). */
static void move_to_bit(struct insn *in, u32 index)
{
	unsigned shift = in->d.size == 4 ? 5 : 4;

	if (in->d.size == 2 && index & 0x8000u)
		index |= 0xffff0000u;
	in->ea += (u32)((s32)index >> shift) * in->d.size;
	in->ea &= size_mask(in->d.addr_size);
}

static u32 bit_changed(enum op op, u32 value, u32 mask)
{
	if (op == OP_BTS)
		return value | mask;
	return op == OP_BTR ? value & ~mask : value ^ mask;
}

bool run_bit(struct insn *in)
{
	u32 index = in->d.imm, mask, value;
	enum op op = (enum op)in->d.row.op;
	gva_t va;

	if (in->d.row.form == FORM_E_G) {
		index = reg_get(in->r, in->d.reg, in->d.size);
		move_to_bit(in, index);
	}
	mask = 1u << (index & (in->d.size * 8u - 1u));
	if (!(op == OP_BT ? load_e(in, &value) : load_for_update(in, &va, &value)))
		return false;
	if (op != OP_BT && !linear_store(in, va, in->d.size, bit_changed(op, value, mask)))
		return false;
	in->r->eflags &= ~EFLAGS_CF;
	if (value & mask)
		in->r->eflags |= EFLAGS_CF;
	return true;
}

/* F3 0F BC and BD are TZCNT and LZCNT where the CPU knows them, and BSF and BSR where it does not:
 * compilers write the first for its speed, meaning either. Only the CPU itself can tell which. */
#define SCAN(name, insn, type)                                                          \
	static u32 name(u32 value, u32 old, u32 *flags)                                 \
	{                                                                               \
		type to = (type)old;                                                    \
		bool zero, carry;                                                       \
		__asm__(insn "; setz %1; setc %2"                                       \
			: "+r"(to), "=q"(zero), "=q"(carry)                             \
			: "r"((type)value)                                              \
			: "cc");                                                        \
		*flags = (*flags & ~(EFLAGS_ZF | EFLAGS_CF)) | (zero ? EFLAGS_ZF : 0) | \
			 (carry ? EFLAGS_CF : 0);                                       \
		return to;                                                              \
	}
SCAN(scan_up_4, "rep; bsfl %3, %0", u32)
SCAN(scan_up_2, "rep; bsfw %3, %0", u16)
SCAN(scan_down_4, "rep; bsrl %3, %0", u32)
SCAN(scan_down_2, "rep; bsrw %3, %0", u16)

static u32 scan_as_the_cpu(const struct insn *in, u32 value, u32 old, u32 *flags)
{
	if (in->d.row.op == OP_BSF)
		return in->d.size == 4 ? scan_up_4(value, old, flags)
				       : scan_up_2(value, old, flags);
	return in->d.size == 4 ? scan_down_4(value, old, flags) : scan_down_2(value, old, flags);
}

/* Of no bit at all the register keeps what it held, as on every CPU, whatever the SDM says. */
static u32 scan(const struct insn *in, u32 value, u32 old, u32 *flags)
{
	*flags &= ~EFLAGS_ZF;
	if (!value)
		*flags |= EFLAGS_ZF;
	else
		old = (u32)(in->d.row.op == OP_BSF ? __builtin_ctz(value)
						   : 31 - __builtin_clz(value));
	return old;
}

bool run_scan(struct insn *in)
{
	u32 value, old = reg_get(in->r, in->d.reg, in->d.size);

	if (!load_e(in, &value))
		return false;
	value = in->d.rep == PREFIX_REPE ? scan_as_the_cpu(in, value, old, &in->r->eflags)
					 : scan(in, value, old, &in->r->eflags);
	reg_set(in->r, in->d.reg, in->d.size, value);
	return true;
}

/* A CPU without it has refused before it read any memory. */
bool run_popcnt(struct insn *in)
{
	u32 value, count = 0;

	if (in->d.rep != PREFIX_REPE)
		return insn_unsupported(in);
	if (!load_e(in, &value))
		return false;
	in->r->eflags &= ~FLAGS_ARITH;
	if (!value)
		in->r->eflags |= EFLAGS_ZF;
	for (; value; value &= value - 1)
		count++;
	reg_set(in->r, in->d.reg, in->d.size, count);
	return true;
}

/* ---- Conditions -------------------------------------------------------------------------- */

/* SDM vol. 1, B.1: three bits pick the condition, the lowest one negates it. */
static bool condition(const struct insn *in)
{
	u32 f = in->r->eflags;
	bool less = !(f & EFLAGS_SF) != !(f & EFLAGS_OF);
	const bool holds[8] = {
		f & EFLAGS_OF, f & EFLAGS_CF, f & EFLAGS_ZF, f & (EFLAGS_CF | EFLAGS_ZF),
		f & EFLAGS_SF, f & EFLAGS_PF, less,	     less || f & EFLAGS_ZF,
	};

	return holds[in->d.opcode >> 1 & 7] != (in->d.opcode & 1);
}

bool run_setcc(struct insn *in)
{
	return store_e(in, condition(in));
}

/* Memory is read in both cases. */
bool run_cmovcc(struct insn *in)
{
	u32 value;

	if (!load_e(in, &value))
		return false;
	if (condition(in))
		reg_set(in->r, in->d.reg, in->d.size, value);
	return true;
}
