/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From instruction bytes to a struct insn (SDM vol. 2, chapter 2). Reads guest code through the
 * fetch callback and guest registers; changes nothing of the guest.
 *
 * Every byte is fetched at most once, so code that changes meanwhile cannot be seen in two
 * versions. A page is not asked for before a byte on it is needed.
 */
#include "hv/vcpu/emulate/insn.h"

#define PREFIX_OPSIZE	0x66u
#define PREFIX_ADDRSIZE 0x67u
#define PREFIX_LOCK	0xf0u
#define OPCODE_TWO_BYTE 0x0fu

/* What follows the opcode, by form. */
#define PART_MODRM 0x01u
#define PART_IMM   0x02u /* of operand size */
#define PART_IMM8  0x04u
#define PART_MOFFS 0x08u

static const u8 form_parts[FORM_COUNT] = {
	[FORM_E] = PART_MODRM,
	[FORM_E_G] = PART_MODRM,
	[FORM_G_E] = PART_MODRM,
	[FORM_E_I] = PART_MODRM | PART_IMM,
	[FORM_E_I8] = PART_MODRM | PART_IMM8,
	[FORM_E_1] = PART_MODRM,
	[FORM_E_C] = PART_MODRM,
	[FORM_E_G_I8] = PART_MODRM | PART_IMM8,
	[FORM_G_E_I] = PART_MODRM | PART_IMM,
	[FORM_G_E_I8] = PART_MODRM | PART_IMM8,
	[FORM_A_O] = PART_MOFFS,
	[FORM_O_A] = PART_MOFFS,
	[FORM_A_I8] = PART_IMM8,
	[FORM_R_C] = PART_MODRM,
};

/* Fetch up to the end of the page or of the longest instruction, whichever is first. */
bool insn_fetch(struct insn *in)
{
	gva_t va = in->code + in->have;
	u32 left = PAGE_SIZE - (va & ~PAGE_MASK), want = INSN_MAX - in->have, error = 0;
	unsigned got;

	if (!want)
		return insn_fault(in, VEC_GP, 0, 0);
	got = in->ops->fetch(in->ctx, va, in->bytes + in->have, MIN(left, want), &error);
	if (!got)
		return insn_fault(in, VEC_PF, error, va);
	in->have = (u8)(in->have + got);
	return true;
}

bool insn_locate(struct insn *in, struct regs *r, const struct emu_ops *ops, void *ctx)
{
	u32 base;

	in->r = r;
	in->ops = ops;
	in->ctx = ctx;
	in->result = (struct emu_result){.status = EMU_DONE};
	in->have = 0;
	in->at = 0;
	if (!seg_base(in, EMU_CS, &base))
		return false;
	in->code = base + r->eip;
	in->code16 = ops->code_is_16bit(ctx);
	return true;
}

bool insn_begin(struct insn *in, struct regs *r, const struct emu_ops *ops, void *ctx)
{
	return insn_locate(in, r, ops, ctx) && insn_fetch(in);
}

/* The next `size` bytes (0, 1, 2 or 4) as a number, sign-extended. */
static bool next(struct insn *in, unsigned size, u32 *value)
{
	u32 sum = 0;
	unsigned i;

	for (i = 0; i < size; i++) {
		if (in->at == in->have && !insn_fetch(in))
			return false;
		sum |= (u32)in->bytes[in->at++] << i * 8;
	}
	if (size && size < 4 && sum >> (size * 8 - 1))
		sum |= ~size_mask(size);
	*value = sum;
	return true;
}

static void set_segment(struct insn *in, unsigned seg)
{
	in->d.seg = (u8)seg;
	in->seg_override = true;
}

/* True: the byte is a prefix, and noted. The last one of its kind counts. */
static bool prefix(struct insn *in, u32 byte)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		set_segment(in, EMU_ES + (byte >> 3 & 3));
		return true;
	case 0x64:
	case 0x65:
		set_segment(in, EMU_FS + (byte & 1));
		return true;
	case PREFIX_OPSIZE:
		in->d.size = in->code16 ? 4 : 2;
		return true;
	case PREFIX_ADDRSIZE:
		in->d.addr_size = in->code16 ? 4 : 2;
		return true;
	case PREFIX_LOCK:
		in->d.lock = true;
		return true;
	case PREFIX_REPNE:
	case PREFIX_REPE:
		in->d.rep = (u8)byte;
		return true;
	default:
		return false;
	}
}
_Static_assert(EMU_CS == EMU_ES + 1 && EMU_SS == EMU_ES + 2 && EMU_DS == EMU_ES + 3 &&
		       EMU_GS == EMU_FS + 1,
	       "segments in the order of their prefixes");

/* Note a displacement and settle the segment: SS for addresses built on the stack registers. */
static bool set_address(struct insn *in, bool stack, unsigned disp_size)
{
	if (stack && !in->seg_override)
		in->d.seg = EMU_SS;
	return next(in, disp_size, &in->d.disp);
}

/* SDM vol. 2, table 2-1. */
static bool address16(struct insn *in, unsigned mod)
{
	static const u8 first[8] = {R_EBX, R_EBX, R_EBP, R_EBP, R_ESI, R_EDI, R_EBP, R_EBX};
	static const u8 second[8] = {R_ESI, R_EDI, R_ESI, R_EDI, NO_REG, NO_REG, NO_REG, NO_REG};
	unsigned rm = in->d.rm;

	if (mod == 0 && rm == 6)
		return set_address(in, false, 2);
	in->d.base = first[rm];
	in->d.index = second[rm];
	return set_address(in, first[rm] == R_EBP, mod);
}

/* SDM vol. 2, tables 2-2 and 2-3. */
static bool address32(struct insn *in, unsigned mod)
{
	unsigned base = in->d.rm, disp_size = mod == 2 ? 4 : mod;
	u32 sib;

	if (base == R_ESP) {
		if (!next(in, 1, &sib))
			return false;
		base = sib & 7;
		if ((sib >> 3 & 7) != R_ESP) {
			in->d.index = sib >> 3 & 7;
			in->d.scale = sib >> 6 & 3;
		}
		in->d.ea_from_esp = base == R_ESP;
	}
	if (mod == 0 && base == R_EBP)
		return set_address(in, false, 4);
	in->d.base = (u8)base;
	return set_address(in, base == R_ESP || base == R_EBP, disp_size);
}

/* ModRM and what hangs on it; a group's row replaces the opcode's. */
static bool modrm(struct insn *in)
{
	const struct row *sub;
	unsigned mod;
	u32 byte;

	if (!next(in, 1, &byte))
		return false;
	mod = byte >> 6 & 3;
	in->d.reg = byte >> 3 & 7;
	in->d.rm = byte & 7;
	if (in->d.row.flags & ROW_GROUP) {
		sub = &map_group[in->d.row.op][in->d.reg];
		if (sub->form == FORM_UNKNOWN)
			return insn_unsupported(in);
		in->d.row.op = sub->op;
		in->d.row.flags |= sub->flags;
		if (sub->form != FORM_SAME)
			in->d.row.form = sub->form;
	}
	if (mod == 3 || in->d.row.form == FORM_R_C)
		return true;
	in->d.mem = true;
	return in->d.addr_size == 2 ? address16(in, mod) : address32(in, mod);
}

static bool opcode(struct insn *in)
{
	const struct row *map = map_one_byte;
	u32 byte;

	in->d = (struct decoded){.seg = EMU_DS, .base = NO_REG, .index = NO_REG};
	in->d.size = in->d.addr_size = in->code16 ? 2 : 4;
	in->seg_override = false;
	do {
		if (!next(in, 1, &byte))
			return false;
		byte &= 0xff;
	} while (prefix(in, byte));
	if (byte == OPCODE_TWO_BYTE) {
		map = map_two_byte;
		if (!next(in, 1, &byte))
			return false;
	}
	in->d.opcode = (u8)byte;
	in->d.row = map[in->d.opcode];
	return in->d.row.form != FORM_UNKNOWN || insn_unsupported(in);
}

bool insn_decode(struct insn *in)
{
	unsigned parts;

	if (!opcode(in))
		return false;
	if (form_parts[in->d.row.form] & PART_MODRM && !modrm(in))
		return false;
	if (in->d.row.flags & ROW_BYTE)
		in->d.size = 1;
	in->d.esize = in->d.size;
	if (in->d.row.flags & (ROW_E8 | ROW_E16))
		in->d.esize = in->d.row.flags & ROW_E8 ? 1 : 2;
	parts = form_parts[in->d.row.form];
	if (parts & PART_MOFFS) {
		if (!next(in, in->d.addr_size, &in->d.disp))
			return false;
	}
	if (parts & PART_IMM && !next(in, in->d.size, &in->d.imm))
		return false;
	if (parts & PART_IMM8 && !next(in, 1, &in->d.imm))
		return false;
	if (parts & PART_MOFFS || in->d.row.form == FORM_STRING || in->d.row.form == FORM_XLAT)
		in->d.mem = true;
	/* SDM vol. 2, LOCK: only these forms, and only on memory. */
	if (in->d.lock && !(in->d.row.flags & ROW_LOCK && in->d.mem))
		return insn_fault(in, VEC_UD, 0, 0);
	in->ea = address_of(&in->d, in->r);
	return true;
}

void insn_finish(struct insn *in)
{
	in->r->eip += in->at;
	in->r->eflags &= ~EFLAGS_RF; /* SDM vol. 3, 17.3.1.1 */
}

void insn_run(struct insn *in, run_fn *handler)
{
	if (!handler)
		insn_unsupported(in);
	else if (handler(in) && in->result.status != EMU_AGAIN)
		insn_finish(in);
}
