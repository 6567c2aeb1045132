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
	u8 length; /* 0: nothing here */
	bool code16, plain;
	u8 bytes[INSN_MAX];
	struct decoded d;
};

struct emu_cache {
	struct site site[SITES];
};
const u32 emu_cache_bytes = sizeof(struct emu_cache);

/* Instructions near to each other get places of their own. */
static struct site *site_of(struct emu_cache *c, gva_t code)
{
	return &c->site[(code ^ code >> 4) % SITES];
}

/* Four at a time; how the words lie does not matter. */
static bool same(const u8 *a, const u8 *b, u32 len)
{
	u32 x, y;

	for (; len >= sizeof(x); a += sizeof(x), b += sizeof(x), len -= sizeof(x)) {
		__builtin_memcpy(&x, a, sizeof(x));
		__builtin_memcpy(&y, b, sizeof(y));
		if (x != y)
			return false;
	}
	while (len && a[len - 1] == b[len - 1])
		len--;
	return !len;
}

/* The instruction at EIP, if it is the one that is remembered there. */
static struct site *find(struct emu_cache *c, const struct regs *r, const struct emu_ops *ops,
			 void *ctx)
{
	struct site *s;
	const u8 *bytes;
	u32 base;

	if (!ops->seg_base(ctx, EMU_CS, &base))
		return NULL;
	s = site_of(c, base + r->eip);
	if (s->code != base + r->eip || !s->length || s->code16 != ops->code_is_16bit(ctx))
		return NULL;
	bytes = ops->code(ctx, s->code, s->length);
	return bytes && same(bytes, s->bytes, s->length) ? s : NULL;
}

/* A move of a register or a constant, as nearly all of them are. */
static bool is_plain(const struct insn *in)
{
	return in->d.mem && (in->d.row.op == OP_MOV || in->d.row.op == OP_MOVZX);
}

static void remember(struct emu_cache *c, const struct insn *in)
{
	struct site *s = site_of(c, in->code);

	s->code = in->code;
	s->code16 = in->code16;
	s->plain = is_plain(in);
	s->length = in->at;
	for (u32 i = 0; i < in->at; i++)
		s->bytes[i] = in->bytes[i];
	s->d = in->d;
}

static bool plain_load(const struct decoded *d, gva_t va, struct regs *r, const struct emu_ops *ops,
		       void *ctx)
{
	u32 value, error;

	if (!ops->load(ctx, va, d->esize, &value, &error))
		return false;
	reg_set(r, d->row.form == FORM_A_O ? R_EAX : d->reg, d->size, value & size_mask(d->esize));
	return true;
}

static bool plain_store(const struct decoded *d, gva_t va, const struct regs *r,
			const struct emu_ops *ops, void *ctx)
{
	u32 value = d->imm, error;

	if (d->row.form != FORM_E_I)
		value = reg_get(r, d->row.form == FORM_O_A ? R_EAX : d->reg, d->size);
	return ops->store(ctx, va, d->size, value & size_mask(d->size), &error);
}

/* False: nothing was done, and the long way tells why. */
static bool run_plain(const struct site *s, struct regs *r, const struct emu_ops *ops, void *ctx)
{
	const struct decoded *d = &s->d;
	bool load = d->row.form == FORM_G_E || d->row.form == FORM_A_O;
	gva_t va;
	u32 base;

	if (!ops->seg_base(ctx, (enum emu_seg)d->seg, &base))
		return false;
	va = base + address_of(d, r);
	if ((va & ~PAGE_MASK) > PAGE_SIZE - d->esize)
		return false;
	if (!(load ? plain_load(d, va, r, ops, ctx) : plain_store(d, va, r, ops, ctx)))
		return false;
	r->eip += s->length;
	r->eflags &= ~EFLAGS_RF;
	return true;
}

struct emu_result emulate_memory_again(struct regs *r, const struct emu_ops *ops, void *ctx,
				       struct emu_cache *c)
{
	const struct site *s = find(c, r, ops, ctx);
	struct insn in;

	if (s && s->plain && run_plain(s, r, ops, ctx))
		return (struct emu_result){.status = EMU_DONE};
	if (!insn_locate(&in, r, ops, ctx))
		return in.result;
	if (s) {
		in.at = s->length;
		in.d = s->d;
		in.ea = address_of(&in.d, r);
	} else {
		if (!insn_fetch(&in) || !insn_decode(&in))
			return in.result;
		remember(c, &in);
	}
	insn_run(&in, memory_handler(&in));
	return in.result;
}
