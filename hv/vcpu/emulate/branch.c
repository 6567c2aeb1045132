/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions with memory operands that use the stack, branch, or load segment registers. */
#include "hv/vcpu/emulate/insn.h"

/* Where a push of this size goes: it must have a place before anything else happens. */
static bool push_place(struct insn *in, gva_t *top)
{
	u32 base;

	if (!seg_base(in, EMU_SS, &base))
		return false;
	*top = base + in->r->esp - in->d.size;
	return linear_writable(in, *top, in->d.size);
}

bool run_push(struct insn *in)
{
	u32 value;
	gva_t top;

	if (!push_place(in, &top) || !load_e(in, &value) ||
	    !linear_store(in, top, in->d.size, value))
		return false;
	in->r->esp -= in->d.size;
	return true;
}

/* An address built on ESP uses its value after the pop (SDM vol. 2, POP). */
bool run_pop(struct insn *in)
{
	u32 base, value;
	gva_t va;

	if (in->d.ea_from_esp)
		in->ea += in->d.size;
	if (!ea_linear(in, &va) || !linear_writable(in, va, in->d.size) ||
	    !seg_base(in, EMU_SS, &base) ||
	    !linear_load(in, base + in->r->esp, in->d.size, &value) ||
	    !linear_store(in, va, in->d.size, value))
		return false;
	in->r->esp += in->d.size;
	return true;
}

/* insn_finish() steps over the instruction: to arrive at `to`, begin so much before it. */
static void jump_to(struct insn *in, u32 to)
{
	in->r->eip = to - in->at;
}

bool run_jump(struct insn *in)
{
	u32 to;

	if (!load_e(in, &to))
		return false;
	jump_to(in, to);
	return true;
}

bool run_call(struct insn *in)
{
	u32 to;
	gva_t top;

	if (!push_place(in, &top) || !load_e(in, &to) ||
	    !linear_store(in, top, in->d.size, (in->r->eip + in->at) & size_mask(in->d.size)))
		return false;
	in->r->esp -= in->d.size;
	jump_to(in, to);
	return true;
}

/* ---- Segment registers ------------------------------------------------------------------- */

static u32 *segment_register(struct regs *r, unsigned seg)
{
	u32 *const at[] = {
		[EMU_ES] = &r->es, [EMU_CS] = &r->cs, [EMU_SS] = &r->ss,
		[EMU_DS] = &r->ds, [EMU_FS] = &r->fs, [EMU_GS] = &r->gs,
	};

	return at[seg];
}

/* The fault's error code is the selector without its RPL (SDM vol. 3, 6.13). */
static bool loadable(struct insn *in, unsigned seg, u32 selector)
{
	u8 vector = in->ops->seg_refused(in->ctx, (enum emu_seg)seg, (u16)selector);

	return !vector || insn_fault(in, vector, selector & 0xfffcu, 0);
}

/* To memory a segment register is stored as a word (SDM vol. 2, MOV). */
bool run_mov_from_seg(struct insn *in)
{
	return in->d.reg <= EMU_GS ? store_e(in, *segment_register(in->r, in->d.reg))
				   : insn_unsupported(in);
}

bool run_mov_to_seg(struct insn *in)
{
	u32 selector;

	if (in->d.reg > EMU_GS || in->d.reg == EMU_CS)
		return insn_unsupported(in);
	if (!load_e(in, &selector) || !loadable(in, in->d.reg, selector))
		return false;
	*segment_register(in->r, in->d.reg) = selector;
	in->result.ss_loaded = in->d.reg == EMU_SS;
	return true;
}

/* LES, LDS, LSS, LFS, LGS: an offset, and a selector behind it. */
bool run_load_far(struct insn *in)
{
	static const u8 seg_of[OP_LGS - OP_LES + 1] = {EMU_ES, EMU_DS, EMU_SS, EMU_FS, EMU_GS};
	unsigned seg = seg_of[in->d.row.op - OP_LES];
	u32 offset, selector;
	gva_t va;

	if (!ea_linear(in, &va) || !linear_load(in, va, in->d.size, &offset) ||
	    !linear_load(in, va + in->d.size, 2, &selector) || !loadable(in, seg, selector))
		return false;
	*segment_register(in->r, seg) = selector;
	reg_set(in->r, in->d.reg, in->d.size, offset);
	return true;
}
_Static_assert(OP_LDS == OP_LES + 1 && OP_LSS == OP_LDS + 1 && OP_LFS == OP_LSS + 1,
	       "in the order of seg_of");
_Static_assert(EMU_ES == 0 && EMU_CS == 1 && EMU_GS == 5, "as ModRM.reg numbers them");
