/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands: general registers, and memory through the caller's callbacks. Holds no state.
 *
 * Only here are accesses cut at page borders. The pieces are naturally aligned, so a callback
 * sees sizes 1, 2 and 4 only, and never an access that leaves its page.
 */
#include "hv/vcpu/emulate/insn.h"

bool insn_fault(struct insn *in, u8 vector, u32 error, gva_t cr2)
{
	in->result = (struct emu_result){EMU_FAULT, vector, error, cr2, false};
	return false;
}

bool insn_unsupported(struct insn *in)
{
	in->result = (struct emu_result){.status = EMU_UNSUPPORTED};
	return false;
}

u32 size_mask(unsigned size)
{
	return size == 4 ? 0xffffffffu : (1u << size * 8) - 1u;
}

/* In the order of enum reg. */
static const u8 reg_offset[8] = {
	offsetof(struct regs, eax), offsetof(struct regs, ecx), offsetof(struct regs, edx),
	offsetof(struct regs, ebx), offsetof(struct regs, esp), offsetof(struct regs, ebp),
	offsetof(struct regs, esi), offsetof(struct regs, edi),
};

/* Byte registers 4 to 7 are AH, CH, DH, BH: bits 15:8 of the first four. */
u32 reg_get(const struct regs *r, unsigned n, unsigned size)
{
	unsigned shift = size == 1 && n >= 4 ? 8 : 0;
	const char *base = (const char *)r;

	return *(const u32 *)(const void *)(base + reg_offset[n - shift / 2]) >> shift &
	       size_mask(size);
}

void reg_set(struct regs *r, unsigned n, unsigned size, u32 value)
{
	unsigned shift = size == 1 && n >= 4 ? 8 : 0;
	u32 mask = size_mask(size) << shift;
	u32 *word = (u32 *)(void *)((char *)r + reg_offset[n - shift / 2]);

	*word = (*word & ~mask) | (value << shift & mask);
}

u32 address_of(const struct decoded *d, const struct regs *r)
{
	u32 at = d->disp;

	if (d->base != NO_REG)
		at += reg_get(r, d->base, 4);
	if (d->index != NO_REG)
		at += reg_get(r, d->index, 4) << d->scale;
	return d->addr_size == 2 ? at & 0xffffu : at;
}

bool seg_base(struct insn *in, unsigned seg, u32 *base)
{
	if (!in->ops->seg_base(in->ctx, (enum emu_seg)seg, base))
		return insn_fault(in, VEC_GP, 0, 0);
	return true;
}

static bool straddles(gva_t va, unsigned size)
{
	return (va & ~PAGE_MASK) + size > PAGE_SIZE;
}

/* The next piece of an access that straddles a page border. */
static unsigned piece(gva_t va, unsigned left)
{
	if (va & 1 || left < 2)
		return 1;
	return va & 2 || left < 4 ? 2 : 4;
}

static bool whole_load(struct insn *in, gva_t va, unsigned size, u32 *value)
{
	u32 error = 0;

	if (!in->ops->load(in->ctx, va, size, value, &error))
		return insn_fault(in, VEC_PF, error, va);
	*value &= size_mask(size);
	return true;
}

bool linear_load(struct insn *in, gva_t va, unsigned size, u32 *value)
{
	u32 part, sum = 0, error = 0;
	unsigned done, n;

	if (!straddles(va, size))
		return whole_load(in, va, size, value);
	for (done = 0; done < size; done += n) {
		n = piece(va + done, size - done);
		if (!in->ops->load(in->ctx, va + done, n, &part, &error))
			return insn_fault(in, VEC_PF, error, va + done);
		sum |= (part & size_mask(n)) << done * 8;
	}
	*value = sum;
	return true;
}

bool linear_writable(struct insn *in, gva_t va, unsigned size)
{
	gva_t second = (va + size - 1) & PAGE_MASK;
	u32 error = 0;

	if (!in->ops->writable)
		return true;
	if (!in->ops->writable(in->ctx, va, &error))
		return insn_fault(in, VEC_PF, error, va);
	if (straddles(va, size) && !in->ops->writable(in->ctx, second, &error))
		return insn_fault(in, VEC_PF, error, second);
	return true;
}

bool linear_store(struct insn *in, gva_t va, unsigned size, u32 value)
{
	unsigned done, n;
	u32 error = 0;

	if (!straddles(va, size))
		return in->ops->store(in->ctx, va, size, value & size_mask(size), &error) ||
		       insn_fault(in, VEC_PF, error, va);
	if (!linear_writable(in, va, size))
		return false;
	for (done = 0; done < size; done += n) {
		n = piece(va + done, size - done);
		if (!in->ops->store(in->ctx, va + done, n, value >> done * 8 & size_mask(n),
				    &error))
			return insn_fault(in, VEC_PF, error, va + done);
	}
	return true;
}

bool ea_linear(struct insn *in, gva_t *va)
{
	u32 base;

	if (!seg_base(in, in->d.seg, &base))
		return false;
	*va = base + in->ea;
	return true;
}

bool load_for_update(struct insn *in, gva_t *va, u32 *value)
{
	return ea_linear(in, va) && linear_writable(in, *va, in->d.esize) &&
	       linear_load(in, *va, in->d.esize, value);
}

bool load_e(struct insn *in, u32 *value)
{
	gva_t va;

	return ea_linear(in, &va) && linear_load(in, va, in->d.esize, value);
}

bool store_e(struct insn *in, u32 value)
{
	gva_t va;

	return ea_linear(in, &va) && linear_store(in, va, in->d.esize, value);
}
