/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deliver traps into a guest: push the frame the CPU would have pushed, through the guest's own
 * tables, and go on at its handler. */
#include "hv/vcpu/private.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "lib/x86.h"

/* Through the guest's tables, for what the CPU does not see yet. */
static bool copy_slowly(struct vcpu *v, gva_t va, u8 *buf, u32 n, bool out, gva_t *cr2, u32 *error)
{
	gpa_t gpa;

	*cr2 = va;
	if (!shadow_translate(v->shadow, va, out ? PF_WRITE : 0, &gpa, error))
		return false;
	return out ? guest_write(&v->guest->mem, gpa, buf, n)
		   : guest_read(&v->guest->mem, gpa, buf, n);
}

static bool copy(struct vcpu *v, gva_t va, u8 *buf, u32 len, bool out, gva_t *cr2, u32 *error)
{
	while (len) {
		u32 n = MIN(len, PAGE_SIZE - (va & ~PAGE_MASK));
		u8 *at = shadow_ptr(v->shadow, va, n, out ? PF_WRITE : 0);

		if (at)
			memcpy(out ? at : buf, out ? buf : at, n);
		else if (!copy_slowly(v, va, buf, n, out, cr2, error))
			return false;
		va += n;
		buf += n;
		len -= n;
	}
	return true;
}

bool guest_copy_out(struct vcpu *v, gva_t va, const void *src, u32 len, gva_t *cr2, u32 *error)
{
	return copy(v, va, (u8 *)(uintptr_t)src, len, true, cr2, error);
}

bool guest_copy_in(struct vcpu *v, gva_t va, void *dst, u32 len, gva_t *cr2, u32 *error)
{
	return copy(v, va, dst, len, false, cr2, error);
}

/* The flags a handler finds on its stack: IF is the virtual one. */
static u32 flags_image(struct vcpu *v)
{
	return (v->regs->eflags & ~EFLAGS_IF) | (DATA_GET(v, irq_enabled) & EFLAGS_IF);
}

static void enter_handler(struct vcpu *v, const struct guest_gate *g)
{
	struct regs *r = v->regs;

	r->cs = GUEST_KERNEL_CS;
	r->eip = g->handler;
	r->eflags &= ~(EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_VM);
	if (g->type == 0xe)
		DATA_SET(v, irq_enabled, 0);
	v->selectors_dirty |= CHECK_RETURN;
}

#define FRAME_WORDS 6u
_Static_assert(FRAME_WORDS * 4 <= 32, "so far on_ring1_stack() looks");

static inline bool has_error(unsigned vector)
{
	return vector < 32 && VECTORS_WITH_ERROR >> vector & 1u;
}

/* Lowest address first; how many words it has. */
static inline u32 frame_words(const struct vcpu *v, unsigned vector)
{
	return (has_error(vector) ? 4u : 3u) + ((v->regs->cs & 3) == 3 ? 2u : 0);
}

static void make_frame(struct vcpu *v, unsigned vector, u32 error, u32 *word)
{
	const struct regs *r = v->regs;

	if (has_error(vector))
		*word++ = error;
	word[0] = r->eip;
	word[1] = r->cs & 0xffffu;
	word[2] = flags_image(v);
	if ((r->cs & 3) == 3) {
		word[3] = r->esp;
		word[4] = r->ss & 0xffffu;
	}
}

/* To where it is not one page that the CPU sees. */
static NOINLINE bool push_slowly(struct vcpu *v, unsigned vector, u32 error, gva_t va, u32 esp)
{
	u32 frame[FRAME_WORDS], code;
	gva_t cr2;

	make_frame(v, vector, error, frame);
	if (guest_copy_out(v, va, frame, frame_words(v, vector) * 4, &cr2, &code))
		return true;
	died_at(v, cr2);
	guest_kill(v->guest, "bad stack: esp=%#x for trap %u at eip=%#x", esp, vector,
		   v->regs->eip);
	return false;
}

bool push_frame(struct vcpu *v, unsigned vector, u32 error)
{
	struct regs *r = v->regs;
	u32 bytes = frame_words(v, vector) * 4, esp = r->esp, ss = r->ss, base = 0, *at;

	if ((r->cs & 3) == 3) {
		esp = v->esp1;
		ss = v->ss1;
	}
	if (!v->initialised || !segment_base(v, ss, &base)) {
		guest_kill(v->guest, "trap %u with no stack to deliver it on", vector);
		return false;
	}
	esp -= bytes;
	at = shadow_ptr(v->shadow, base + esp, bytes, PF_WRITE);
	if (at)
		make_frame(v, vector, error, at);
	else if (!push_slowly(v, vector, error, base + esp, esp))
		return false;
	r->esp = esp;
	r->ss = ss;
	enter_handler(v, &v->gate[vector]);
	return true;
}

/* #UD in a kernel's first instructions means that it was built for another CPU: name the bytes. */
static void kill_unhandled(struct vcpu *v, unsigned vector, u32 error)
{
	u32 eip = v->regs->eip, cr2, code;
	u8 op[3];

	v->regs->vector = vector; /* of an instruction that was emulated, it was another one */
	v->regs->error = error;
	if (vector == VEC_UD && guest_copy_in(v, eip, op, sizeof(op), &cr2, &code))
		guest_kill(v->guest,
			   "unhandled trap 6 at eip=%#x: the instruction %02x %02x %02x is not one "
			   "of this CPU",
			   eip, op[0], op[1], op[2]);
	else
		guest_kill(v->guest, "unhandled trap %u at eip=%#x error=%#x cr2=%#x", vector, eip,
			   error, v->cr2);
}

void reflect(struct vcpu *v, unsigned vector, u32 error)
{
	struct regs *r = v->regs;

	trace(TRACE_REFLECT, v->guest->name, vector, error, r->eip);
	if (!v->gate[vector].type) {
		kill_unhandled(v, vector, error);
		return;
	}
	push_frame(v, vector, error);
}

void reflect_page_fault(struct vcpu *v, gva_t cr2, u32 error)
{
	v->cr2 = cr2;
	if (v->initialised)
		DATA_SET(v, cr2, cr2);
	reflect(v, VEC_PF, error);
}
