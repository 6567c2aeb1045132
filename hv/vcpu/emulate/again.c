/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that were decoded before. Drivers reach their devices by a handful of instructions,
 * so what these mean is kept, by their linear address. Nobody tells when code changes, or
 * is mapped elsewhere: the bytes are compared each time, read once as ever.
 */
#include "hv/vcpu/emulate/insn.h"

#define SITES 16u

struct site {
	gva_t code;
	bool code16, plain;
	struct emu_move move; /* of both: the length, 0: nothing is here */
	u8 bytes[INSN_MAX];
	struct decoded d;
};

struct emu_cache {
	struct site site[SITES];
};
const u32 emu_cache_bytes = sizeof(struct emu_cache);
_Static_assert((SITES & (SITES - 1)) == 0, "a hash is cut by a mask");

/* Instructions near to each other get places of their own. */
static u32 place_of(gva_t code)
{
	return (code ^ code >> 4) % SITES;
}

static const struct site *site_of(const struct emu_move *m)
{
	return container_of(m, const struct site, move);
}

/* Four at a time; how the words lie does not matter. */
bool emu_move_is(const struct emu_move *m, const u8 *b)
{
	const u8 *a = site_of(m)->bytes;
	u32 len = m->length, x, y;

	for (; len >= sizeof(x); a += sizeof(x), b += sizeof(x), len -= (u32)sizeof(x)) {
		__builtin_memcpy(&x, a, sizeof(x));
		__builtin_memcpy(&y, b, sizeof(y));
		if (x != y)
			return false;
	}
	while (len && a[len - 1] == b[len - 1])
		len--;
	return !len;
}

/* The instruction that `in` is at, if it is what is remembered there. */
static bool known(const struct insn *in, const struct site *s)
{
	const u8 *bytes;

	if (s->code != in->code || !s->move.length || s->code16 != in->code16)
		return false;
	bytes = in->ops->code(in->ctx, s->code, s->move.length);
	return bytes && emu_move_is(&s->move, bytes);
}

static bool is_plain(const struct insn *in)
{
	const struct decoded *d = &in->d;

	return (d->row.op == OP_MOV || d->row.op == OP_MOVZX) && d->mem && d->addr_size == 4 &&
	       !in->code16;
}

static void remember(struct site *s, const struct insn *in)
{
	u8 form = in->d.row.form;

	s->code = in->code;
	s->code16 = in->code16;
	s->plain = is_plain(in);
	s->move.length = in->at;
	s->move.size = in->d.esize;
	s->move.seg = in->d.seg;
	s->move.store = form != FORM_G_E && form != FORM_A_O;
	for (u32 i = 0; i < in->at; i++)
		s->bytes[i] = in->bytes[i];
	s->d = in->d;
	if (form == FORM_A_O || form == FORM_O_A)
		s->d.reg = R_EAX;
}

struct emu_result emulate_memory_again(struct regs *r, const struct emu_ops *ops, void *ctx,
				       struct emu_cache *c)
{
	struct insn in;
	struct site *s;

	if (!insn_locate(&in, r, ops, ctx))
		return in.result;
	s = &c->site[place_of(in.code)];
	if (known(&in, s)) {
		in.at = s->move.length;
		in.d = s->d;
		in.ea = address_of(&in.d, r);
	} else {
		if (!insn_fetch(&in) || !insn_decode(&in))
			return in.result;
		remember(s, &in);
	}
	insn_run(&in, memory_handler(&in));
	return in.result;
}

const struct emu_move *emu_move_at(const struct emu_cache *c, gva_t code)
{
	const struct site *s = &c->site[place_of(code)];

	return s->code == code && s->plain ? &s->move : NULL;
}

u32 emu_move_address(const struct emu_move *m, const struct regs *r)
{
	return address_of(&site_of(m)->d, r);
}

u32 emu_move_value(const struct emu_move *m, const struct regs *r)
{
	const struct decoded *d = &site_of(m)->d;

	return d->row.form == FORM_E_I ? d->imm & size_mask(m->size) : reg_get(r, d->reg, m->size);
}

void emu_move_done(const struct emu_move *m, struct regs *r, u32 value)
{
	const struct decoded *d = &site_of(m)->d;

	if (!m->store)
		reg_set(r, d->reg, d->size, value & size_mask(m->size));
	r->eip += m->length;
	r->eflags &= ~EFLAGS_RF;
}
