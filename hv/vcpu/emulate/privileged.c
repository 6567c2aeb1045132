/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that give #GP(0) in ring 1: port I/O and the privileged ones. The ring was checked
 * by the caller. What they mean for the guest is the callbacks' business.
 */
#include "hv/vcpu/emulate/insn.h"

/* LMSW loads CR0 bits 3:0, and cannot clear bit 0 (SDM vol. 2, LMSW). */
#define LMSW_BITS  (CR0_PE | CR0_MP | CR0_EM | CR0_TS)
#define LMSW_CLEAR (CR0_MP | CR0_EM | CR0_TS)

static void port_io(struct insn *in, bool out, u16 port, unsigned size)
{
	if (out)
		in->ops->port_out(in->ctx, port, size, reg_get(in->r, R_EAX, size));
	else
		reg_set(in->r, R_EAX, size, in->ops->port_in(in->ctx, port, size));
}

static u16 port_of(const struct insn *in)
{
	return in->d.row.form == FORM_A_D ? (u16)in->r->edx : (u8)in->d.imm;
}

static bool run_in(struct insn *in)
{
	port_io(in, false, port_of(in), in->d.size);
	return true;
}

static bool run_out(struct insn *in)
{
	port_io(in, true, port_of(in), in->d.size);
	return true;
}

static bool run_hlt(struct insn *in)
{
	in->result.status = EMU_HALT;
	return true;
}

static bool run_cli(struct insn *in)
{
	in->ops->set_if(in->ctx, false);
	return true;
}

static bool run_sti(struct insn *in)
{
	in->ops->set_if(in->ctx, true);
	return true;
}

static bool run_clts(struct insn *in)
{
	in->ops->write_cr(in->ctx, 0, in->ops->read_cr(in->ctx, 0) & ~CR0_TS);
	return true;
}

static bool run_lmsw(struct insn *in)
{
	u32 value = reg_get(in->r, in->d.rm, 2);
	gva_t va;

	if (in->d.mem && (!ea_linear(in, &va) || !linear_load(in, va, 2, &value)))
		return false;
	in->ops->write_cr(in->ctx, 0,
			  (in->ops->read_cr(in->ctx, 0) & ~LMSW_CLEAR) | (value & LMSW_BITS));
	return true;
}

static bool run_invlpg(struct insn *in)
{
	gva_t va;

	if (!in->d.mem)
		return insn_unsupported(in);
	if (!ea_linear(in, &va))
		return false;
	in->ops->flush_page(in->ctx, va);
	return true;
}

static bool run_from_cr(struct insn *in)
{
	reg_set(in->r, in->d.rm, 4, in->ops->read_cr(in->ctx, in->d.reg));
	return true;
}

static bool run_to_cr(struct insn *in)
{
	in->ops->write_cr(in->ctx, in->d.reg, reg_get(in->r, in->d.rm, 4));
	return true;
}

static bool run_from_dr(struct insn *in)
{
	reg_set(in->r, in->d.rm, 4, 0);
	return true;
}

static bool run_to_dr(struct insn *in)
{
	in->ops->write_dr(in->ctx, in->d.reg, reg_get(in->r, in->d.rm, 4));
	return true;
}

static bool run_rdmsr(struct insn *in)
{
	u64 value = in->ops->read_msr(in->ctx, in->r->ecx);

	in->r->eax = (u32)value;
	in->r->edx = (u32)(value >> 32);
	return true;
}

static bool run_nothing(struct insn *in)
{
	(void)in;
	return true;
}

static run_fn *const handlers[OP_COUNT] = {
	[OP_INS] = run_string,	  [OP_OUTS] = run_string,     [OP_IN] = run_in,
	[OP_OUT] = run_out,	  [OP_HLT] = run_hlt,	      [OP_CLI] = run_cli,
	[OP_STI] = run_sti,	  [OP_CLTS] = run_clts,	      [OP_LMSW] = run_lmsw,
	[OP_INVLPG] = run_invlpg, [OP_CACHE] = run_nothing,   [OP_FROM_CR] = run_from_cr,
	[OP_TO_CR] = run_to_cr,	  [OP_FROM_DR] = run_from_dr, [OP_TO_DR] = run_to_dr,
	[OP_RDMSR] = run_rdmsr,	  [OP_WRMSR] = run_nothing,
};

/* The bulk of all calls is in and out with the port in DX, mostly without a prefix: EC to EF,
 * where bit 1 says out and bit 0 says more than a byte. True: done. */
static bool short_path(struct insn *in)
{
	unsigned byte = in->bytes[0], size = byte & 1 ? in->code16 ? 2 : 4 : 1;

	if ((byte & ~3u) != 0xecu)
		return false;
	in->at = 1;
	port_io(in, byte & 2, (u16)in->r->edx, size);
	insn_finish(in);
	return true;
}

struct emu_result emulate_privileged(struct regs *r, const struct emu_ops *ops, void *ctx)
{
	struct insn in;

	if (insn_begin(&in, r, ops, ctx) && !short_path(&in) && insn_decode(&in))
		insn_run(&in, handlers[in.d.row.op]);
	return in.result;
}

struct emu_result emulate_without_fpu(struct regs *r, const struct emu_ops *ops, void *ctx)
{
	struct insn in;

	if (insn_begin(&in, r, ops, ctx) && insn_decode(&in))
		insn_run(&in, in.d.row.op == OP_FPU ? run_nothing : NULL);
	return in.result;
}

enum emu_fpu emulate_fpu_kind(struct regs *r, const struct emu_ops *ops, void *ctx)
{
	struct insn in;

	if (!insn_begin(&in, r, ops, ctx) || !insn_decode(&in) || in.d.row.op != OP_FPU)
		return EMU_FPU_OTHER;
	return in.d.row.form == FORM_NONE ? EMU_FPU_WAIT : EMU_FPU_X87;
}
