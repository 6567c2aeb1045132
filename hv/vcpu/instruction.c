/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the instruction emulator, which knows callbacks only, and a vcpu. */
#include "devices/devices.h"
#include "hv/vcpu/emulate/emulate.h"
#include "hv/vcpu/private.h"
#include "lib/x86.h"

static bool seg_base(void *ctx, enum emu_seg seg, u32 *base)
{
	struct vcpu *v = ctx;
#define AT(seg) offsetof(struct regs, seg) / sizeof(u32)
	static const u8 at[] = {
		[EMU_ES] = AT(es), [EMU_CS] = AT(cs), [EMU_SS] = AT(ss),
		[EMU_DS] = AT(ds), [EMU_FS] = AT(fs), [EMU_GS] = AT(gs),
	};
#undef AT

	return segment_base(v, ((const u32 *)v->regs)[at[seg]], base);
}

static bool code_is_16bit(void *ctx)
{
	struct vcpu *v = ctx;

	return segment_is_16bit(v, v->regs->cs);
}

static u32 port_in(void *ctx, u16 port, unsigned size)
{
	struct vcpu *v = ctx;

	return bus_port_in(v->guest->bus, port, size);
}

static void port_out(void *ctx, u16 port, unsigned size, u32 value)
{
	struct vcpu *v = ctx;

	bus_port_out(v->guest->bus, port, size, value);
}

static u8 seg_refused(void *ctx, enum emu_seg seg, u16 selector)
{
	return segment_refused(ctx, seg == EMU_SS, selector);
}

static u32 read_cr(void *ctx, unsigned n)
{
	return control_read(ctx, n);
}

static void write_cr(void *ctx, unsigned n, u32 value)
{
	control_write(ctx, n, value);
}

static void write_dr(void *ctx, unsigned n, u32 value)
{
	control_write_debug(ctx, n, value);
}

static u64 read_msr(void *ctx, u32 msr)
{
	struct vcpu *v = ctx;

	return msr == MSR_EFER && shadow_nx(v->shadow) ? EFER_NXE : 0;
}

static void set_if(void *ctx, bool on)
{
	struct vcpu *v = ctx;

	if (on && !(DATA_GET(v, irq_enabled) & EFLAGS_IF))
		virq_sti(v);
	DATA_SET(v, irq_enabled, on ? EFLAGS_IF : 0);
}

static void flush_page(void *ctx, gva_t va)
{
	struct vcpu *v = ctx;

	shadow_invalidate_page(v->shadow, va);
}

static bool exhausted(void *ctx)
{
	struct vcpu *v = ctx;

	return bus_exhausted(v->guest->bus);
}

static const struct emu_ops ops = {
	.fetch = access_fetch,
	.code = access_code,
	.load = access_load,
	.store = access_store,
	.seg_base = seg_base,
	.seg_refused = seg_refused,
	.code_is_16bit = code_is_16bit,
	.port_in = port_in,
	.port_out = port_out,
	.read_cr = read_cr,
	.write_cr = write_cr,
	.write_dr = write_dr,
	.read_msr = read_msr,
	.set_if = set_if,
	.flush_page = flush_page,
	.writable = access_writable,
	.exhausted = exhausted,
};

/* A single step of the guest must not skip over what we did for it. */
static void after(struct vcpu *v)
{
	if (v->regs->eflags & EFLAGS_TF)
		reflect(v, VEC_DB, 0);
}

/* With interrupts on it is the hypercall's HALT. With interrupts off nothing can end it, as there
 * are no NMIs for guests: a kernel that was told to halt, or one that gave up while it was loaded.
 */
static void halt(struct vcpu *v)
{
	if (DATA_GET(v, irq_enabled) & EFLAGS_IF)
		virq_halt(v);
	else if (v->initialised)
		guest_end(v->guest, END_OFF, "halted");
	else
		guest_end(v->guest, END_CRASHED, "halted before its kernel ran");
}

static void fault(struct vcpu *v, const struct emu_result *e)
{
	if (in_trampoline(v->regs->eip)) /* our HLT, which no guest can read */
		trampoline_refused(v);
	else if (e->vector == VEC_PF)
		reflect_page_fault(v, e->cr2, e->error);
	else
		reflect(v, e->vector, e->error);
}

#define OPCODE_16BIT 0x66u

bool instruction_port(struct vcpu *v)
{
	struct regs *r = v->regs;
	u32 base, n = 0, size, mask;
	bool out;
	const volatile u8 *code;
	u16 port;
	u8 op;

	if (v->sti_shadow || r->eflags & EFLAGS_TF || r->cs != GUEST_KERNEL_CS ||
	    segment_is_16bit(v, r->cs) || !segment_base(v, r->cs, &base))
		return false;
	code = shadow_ptr(v->shadow, base + r->eip, 3, PF_FETCH); /* prefix, opcode, port */
	if (!code)
		return false;
	n += code[0] == OPCODE_16BIT;
	op = code[n];
	if ((op & 0xf4u) != 0xe4u) /* E4 to E7: the port is a byte; EC to EF: it is DX */
		return false;
	port = op & 8u ? (u16)r->edx : code[n + 1];
	size = !(op & 1u) ? 1 : n ? 2 : 4;
	out = op & 2u;
	mask = 0xffffffffu >> (32 - size * 8);
	n += op & 8u ? 1 : 2;
	bus_begin(v->guest->bus);
	if (out)
		bus_port_out(v->guest->bus, port, size, r->eax & mask);
	else
		r->eax = (r->eax & ~mask) | (bus_port_in(v->guest->bus, port, size) & mask);
	r->eip += n;
	return true;
}

void instruction_privileged(struct vcpu *v)
{
	u32 error = v->regs->error;
	struct emu_result e;

	if (v->sti_shadow && virq_after_sti(v))
		return;
	bus_begin(v->guest->bus);
	e = emulate_privileged(v->regs, &ops, v);
	if (v->sti_shadow) /* by this instruction */
		v->sti_next = v->regs->eip;
	switch (e.status) {
	case EMU_DONE:
	case EMU_AGAIN: /* a rep under TF does one iteration at a time */
		after(v);
		break;
	case EMU_HALT: /* under TF the #DB ends it at once */
		if (v->regs->eflags & EFLAGS_TF)
			after(v);
		else
			halt(v);
		break;
	case EMU_FAULT:
		fault(v, &e);
		break;
	case EMU_UNSUPPORTED:
		reflect(v, VEC_GP, error);
		break;
	}
}

/* What we cannot do for a guest is its general protection fault (docs/abi.md). */
static void refuse(struct vcpu *v, gva_t va)
{
	u8 op[4] = {0};
	u32 error = 0;

	access_fetch(v, v->regs->eip, op, sizeof(op), &error);
	vcpu_say_once(v, NOTE_MMIO, "instruction %02x %02x %02x %02x at eip=%#x cannot access %#x",
		      op[0], op[1], op[2], op[3], v->regs->eip, va);
	reflect(v, VEC_GP, 0);
}

/* What drivers do nearly always: a plain move, seen before, to or from the window that this exit is
 * about. False: it is something else, nothing was done. */
static bool move(struct vcpu *v)
{
	const struct seen_window *w = &v->seen_window;
	const struct emu_move *m;
	const struct slot *s;
	struct regs *r = v->regs;
	u32 base, value = 0;
	const u8 *code;
	gva_t va;
	gpa_t gpa;

	if (v->sti_shadow || r->eflags & EFLAGS_TF || r->cs != GUEST_KERNEL_CS ||
	    !segment_base(v, r->cs, &base) || segment_is_16bit(v, r->cs))
		return false;
	m = emu_move_at(v->decoded, base + r->eip);
	if (!m)
		return false;
	code = shadow_ptr(v->shadow, base + r->eip, m->length, PF_FETCH);
	if (!code || !emu_move_is(m, code) || !seg_base(v, (enum emu_seg)m->seg, &base))
		return false;
	va = base + emu_move_address(m, r);
	gpa = w->gpa | (va & ~PAGE_MASK);
	if ((va & PAGE_MASK) != w->va || (va & ~PAGE_MASK) > PAGE_SIZE - m->size ||
	    (m->store && !(w->access & PF_WRITE)))
		return false;
	s = gmem_find_window(&v->guest->mem, gpa >> PAGE_SHIFT);
	if (!s || s->kind != SLOT_WINDOW)
		return false;
	bus_begin(v->guest->bus);
	if (m->store)
		s->ops->write(s->ctx, gpa, m->size, emu_move_value(m, r));
	else
		value = s->ops->read(s->ctx, gpa, m->size);
	emu_move_done(m, r, value);
	return true;
}

void instruction_memory(struct vcpu *v, gva_t va, u32 error)
{
	struct emu_result e;

	if (move(v) || (v->sti_shadow && virq_after_sti(v)))
		return;
	bus_begin(v->guest->bus);
	e = emulate_memory_again(v->regs, &ops, v, v->decoded);
	switch (e.status) {
	case EMU_DONE:
	case EMU_AGAIN: /* a rep under TF does one iteration at a time */
		if (e.ss_loaded)
			virq_hold(v); /* and the step comes behind the next instruction */
		else
			after(v);
		break;
	case EMU_FAULT:
		fault(v, &e);
		break;
	case EMU_HALT:
	case EMU_UNSUPPORTED:
		if (error)
			reflect_page_fault(v, va, error);
		else
			refuse(v, va);
		break;
	}
}

void instruction_without_fpu(struct vcpu *v)
{
	struct emu_result e = emulate_without_fpu(v->regs, &ops, v);

	if (e.status == EMU_DONE)
		after(v);
	else if (e.status == EMU_FAULT)
		fault(v, &e);
	else
		reflect(v, VEC_NM, 0);
}

/* SDM vol. 3, table 2-2: EM gives the x87's instructions #NM and those of SSE #UD, and WAIT looks
 * at MP and TS alone. */
void instruction_fpu_refused(struct vcpu *v)
{
	enum emu_fpu kind = emulate_fpu_kind(v->regs, &ops, v);

	if (kind == EMU_FPU_WAIT && (v->cr0 & (CR0_MP | CR0_TS)) != (CR0_MP | CR0_TS))
		instruction_without_fpu(v);
	else
		reflect(v, kind == EMU_FPU_OTHER && v->cr0 & CR0_EM ? VEC_UD : VEC_NM, 0);
}
