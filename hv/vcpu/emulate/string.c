/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * String instructions, with and without rep (SDM vol. 2, REP). The guest's ESI, EDI, ECX, EAX and
 * EFLAGS are brought up to date after each whole iteration, as the CPU does, so a fault in the
 * middle or the end of a batch leaves the guest where it can take the instruction up again.
 */
#include "hv/vcpu/emulate/insn.h"

/* What each one touches. */
#define USES_SRC   0x01u /* loads from seg:ESI, steps ESI */
#define USES_DST   0x02u /* steps EDI */
#define LOADS_DST  0x04u /* loads from ES:EDI */
#define STORES_DST 0x08u /* stores to ES:EDI */
#define COMPARES   0x10u /* sets flags; rep looks at ZF */

#define STRING_FIRST OP_MOVS
static const u8 string_uses[] = {
	[OP_MOVS - STRING_FIRST] = USES_SRC | USES_DST | STORES_DST,
	[OP_CMPS - STRING_FIRST] = USES_SRC | USES_DST | LOADS_DST | COMPARES,
	[OP_STOS - STRING_FIRST] = USES_DST | STORES_DST,
	[OP_LODS - STRING_FIRST] = USES_SRC,
	[OP_SCAS - STRING_FIRST] = USES_DST | LOADS_DST | COMPARES,
	[OP_INS - STRING_FIRST] = USES_DST | STORES_DST,
	[OP_OUTS - STRING_FIRST] = USES_SRC,
};
_Static_assert(ARRAY_LEN(string_uses) == OP_OUTS - STRING_FIRST + 1, "one row per instruction");

struct string {
	unsigned uses;
	u32 src_base, dst_base;
	u32 step; /* added to the index registers; a negative one wraps */
};

/* ESI, EDI or ECX, as wide as the address size says. */
static u32 index_get(const struct insn *in, enum reg n)
{
	return reg_get(in->r, n, in->d.addr_size);
}

static void index_add(struct insn *in, enum reg n, u32 step)
{
	reg_set(in->r, n, in->d.addr_size, index_get(in, n) + step);
}

/* All loads of one iteration: *a from the source, *b from the destination. */
static bool load_operands(struct insn *in, const struct string *s, u32 *a, u32 *b)
{
	gva_t dst = s->dst_base + index_get(in, R_EDI);

	/* Before a value is taken out of a device or a port, it must have a place to go. */
	if (s->uses & STORES_DST && in->d.row.op != OP_STOS &&
	    !linear_writable(in, dst, in->d.size))
		return false;
	if (s->uses & USES_SRC &&
	    !linear_load(in, s->src_base + index_get(in, R_ESI), in->d.size, a))
		return false;
	return !(s->uses & LOADS_DST) || linear_load(in, dst, in->d.size, b);
}

static bool iterate(struct insn *in, const struct string *s)
{
	u32 a = reg_get(in->r, R_EAX, in->d.size), b = 0;
	u16 port = (u16)in->r->edx;

	if (!load_operands(in, s, &a, &b))
		return false;
	if (in->d.row.op == OP_INS)
		a = in->ops->port_in(in->ctx, port, in->d.size);
	if (in->d.row.op == OP_OUTS)
		in->ops->port_out(in->ctx, port, in->d.size, a);
	if (s->uses & STORES_DST &&
	    !linear_store(in, s->dst_base + index_get(in, R_EDI), in->d.size, a))
		return false;
	if (s->uses & COMPARES)
		alu(OP_CMP, in->d.size, a, b, &in->r->eflags);
	if (in->d.row.op == OP_LODS)
		reg_set(in->r, R_EAX, in->d.size, a);
	if (s->uses & USES_SRC)
		index_add(in, R_ESI, s->step);
	if (s->uses & USES_DST)
		index_add(in, R_EDI, s->step);
	return true;
}

static bool repeat(struct insn *in, const struct string *s)
{
	const u32 most = in->r->eflags & EFLAGS_TF ? 1 : EMU_REP_BATCH;

	for (u32 n = 0; index_get(in, R_ECX); n++) {
		if (n == most || (n && in->ops->exhausted && in->ops->exhausted(in->ctx))) {
			in->result.status = EMU_AGAIN;
			return true;
		}
		if (!iterate(in, s))
			return false;
		index_add(in, R_ECX, 0xffffffffu);
		if (s->uses & COMPARES &&
		    !(in->r->eflags & EFLAGS_ZF) == (in->d.rep == PREFIX_REPE))
			break;
	}
	return true;
}

bool run_string(struct insn *in)
{
	struct string s = {string_uses[in->d.row.op - STRING_FIRST], 0, 0, in->d.size};

	if (in->d.rep && !index_get(in, R_ECX))
		return true;
	if (in->r->eflags & EFLAGS_DF)
		s.step = 0u - in->d.size;
	if (s.uses & USES_SRC && !seg_base(in, in->d.seg, &s.src_base))
		return false;
	if (s.uses & USES_DST && !seg_base(in, EMU_ES, &s.dst_base))
		return false;
	return in->d.rep ? repeat(in, &s) : iterate(in, &s);
}
