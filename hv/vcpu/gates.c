/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's IDT, and the real one on the vcpu's state page. Most vectors lead to the switcher;
 * system calls and plain exceptions lead straight into the guest's ring 1.
 *
 * A guest's interrupt gate must clear the virtual IF, which no hardware gate of ring 1 does (and
 * the real IF must stay on). Such a vector goes through a trampoline, a few instructions on
 * the read-only state page that run in ring 1 and change no register:
 *
 *		testb	$2, CS(%esp)		did it come from ring 3?
 *		jnz	1f
 *		testb	$2, %ss:irq_enabled+1	no: let the pushed IF mirror the virtual one
 *		jnz	1f
 *		andb	$~2, EFLAGS+1(%esp)
 *	1:	movl	$0, %ss:irq_enabled	(interrupt gates only)
 *		jmp	handler
 *
 * Ring-3 code always runs with interrupts on, so there the pushed IF is right as it is.
 *
 * QEMU's TCG lets IRET enter virtual-8086 mode from rings 1 and 3, with the frame's IOPL and IF. A
 * trap from there through one of these gates would leave IOPL 3 to ring 1: its IN and OUT would
 * reach the machine. There every such vector has a trampoline, which begins with
 *
 *		testb	$2, EFLAGS+2(%esp)	did it come from virtual-8086 mode?
 *		jz	1f
 *		hlt				then it goes no further: #GP, to us
 *	1:
 *
 * or, where there is nothing else to do, jumps to the handler instead.
 */
#include "hv/vcpu/private.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"

#define GATE_INTERRUPT 0xeu
#define GATE_TRAP      0xfu
#define GATE_PRESENT   0x8000u

/* Loads of these are ignored: NMI, double fault, the reserved 15, the hypercall. */
#define IGNORED (BIT(VEC_NMI) | BIT(VEC_DF) | BIT(15) | BIT(LGUEST_TRAP))

/* Exceptions that need nothing from us. Not #NM (lazy FPU), #GP and #PF (emulation, shadow
 * tables), #MC (the machine's). */
#define DIRECT                                                                               \
	(BIT(VEC_DE) | BIT(VEC_DB) | BIT(VEC_BP) | BIT(VEC_OF) | BIT(VEC_BR) | BIT(VEC_UD) | \
	 BIT(9) | BIT(VEC_TS) | BIT(VEC_NP) | BIT(VEC_SS) | BIT(VEC_MF) | BIT(VEC_AC) |      \
	 BIT(VEC_XM))

#define TRAMPOLINES	   ARRAY_LEN(((struct state_page *)0)->trampoline)
#define SYSCALL_TRAMPOLINE (TRAMPOLINES - 1)
_Static_assert(SYSCALL_TRAMPOLINE == LGUEST_IRQ_BASE, "one for each exception, one for calls");
_Static_assert(!(DIRECT & (IGNORED | BIT(VEC_NM) | BIT(VEC_GP) | BIT(VEC_PF) | BIT(VEC_MC))),
	       "what needs us, or is nobody's, does not go direct");

static struct gate make_gate(u32 selector, u32 offset, u32 type, u32 dpl)
{
	return (struct gate){
		.lo = selector << 16 | (offset & 0xffffu),
		.hi = (offset & 0xffff0000u) | GATE_PRESENT | dpl << 13 | type << 8,
	};
}

/* DPL of the gate that leads to us: software interrupts of the guest pass only where it says. */
static u32 switcher_dpl(const struct vcpu *v, u32 vector)
{
	if (vector == LGUEST_TRAP)
		return 1;
	/* An `int n` to a vector with an error code would push none: its gate stays closed. */
	if (vector < 32 && (VECTORS_WITH_ERROR | IGNORED | BIT(VEC_NM)) >> vector & 1u)
		return 0;
	if (vector >= LGUEST_IRQ_BASE && vector != v->syscall_vector)
		return 0;
	return v->gate[vector].type ? v->gate[vector].dpl : 0;
}

/* A system call through a trap gate has nothing to do on the way. */
static bool is_plain(const struct vcpu *v, u32 vector)
{
	return vector == v->syscall_vector && v->gate[vector].type == GATE_TRAP;
}

static bool goes_direct(const struct vcpu *v, u32 vector)
{
	if (v->watched || !v->gate[vector].type)
		return false;
	if (is_plain(v, vector))
		return true;
	if (!v->data_gva)
		return false;
	return vector < 32 ? DIRECT >> vector & 1u : vector == v->syscall_vector;
}

static u32 trampoline_index(u32 vector)
{
	return vector < 32 ? vector : SYSCALL_TRAMPOLINE;
}

static u8 *emit(u8 *p, const u8 *bytes, u32 n)
{
	memcpy(p, bytes, n);
	return p + n;
}

static u8 *emit32(u8 *p, u32 word)
{
	memcpy(p, &word, sizeof(word));
	return p + sizeof(word);
}

/* The rest of a jump to the handler, from the trampoline that the guest sees at `at`. */
static u8 *emit_target(u8 *p, const u8 *start, u32 at, u32 handler)
{
	return emit32(p, handler - (at + (u32)(p - start) + sizeof(u32)));
}

/* Write the code above for one vector; returns the address at which the guest sees it. */
static u32 make_trampoline(struct vcpu *v, u32 vector)
{
	u32 index = trampoline_index(vector);
	u8 *start = v->state->trampoline[index], *p = start;
	u32 at = SWITCHER_STATE + (u32)offsetof(struct state_page, trampoline) +
		 index * TRAMPOLINE_SIZE;
	u8 code = vector < 32 && VECTORS_WITH_ERROR >> vector & 1u ? 4 : 0;
	u8 test_vm[] = {0xf6, 0x44, 0x24, (u8)(code + 10), 0x02, 0x74, 1, 0xf4};
	u8 test_cs[] = {0xf6, 0x44, 0x24, (u8)(code + 4), 0x02, 0x75, 8 + 2 + 5};
	static const u8 test_if[] = {0x36, 0xf6, 0x05};
	u8 clear[] = {0x02, 0x75, 5, 0x80, 0x64, 0x24, (u8)(code + 9), 0xfd};
	static const u8 store[] = {0x36, 0xc7, 0x05}, jz[] = {0x0f, 0x84};

	if (is_plain(v, vector)) {
		p = emit(emit(p, test_vm, 5), jz, sizeof(jz));
		*emit_target(p, start, at, v->gate[vector].handler) = 0xf4;
		return at;
	}
	if (cpu.tcg)
		p = emit(p, test_vm, sizeof(test_vm));
	p = emit(p, test_cs, sizeof(test_cs));
	p = emit32(emit(p, test_if, sizeof(test_if)), v->data_gva + 1);
	p = emit(p, clear, sizeof(clear));
	if (v->gate[vector].type == GATE_INTERRUPT)
		p = emit32(emit32(emit(p, store, sizeof(store)), v->data_gva), 0);
	*p++ = 0xe9;
	p = emit_target(p, start, at, v->gate[vector].handler);
	BUG_ON(p > start + TRAMPOLINE_SIZE);
	return at;
}

static void set_gate(struct vcpu *v, u32 vector)
{
	u32 to;

	if (!goes_direct(v, vector)) {
		v->state->idt[vector] = make_gate(GDT_HV_CS * 8, switcher_vectors[vector],
						  GATE_INTERRUPT, switcher_dpl(v, vector));
		return;
	}
	to = is_plain(v, vector) && !cpu.tcg ? v->gate[vector].handler : make_trampoline(v, vector);
	v->state->idt[vector] = make_gate(GUEST_KERNEL_CS, to, GATE_TRAP, switcher_dpl(v, vector));
}

void idt_init(struct vcpu *v)
{
	for (u32 i = 0; i < VECTORS; i++)
		set_gate(v, i);
}

void idt_load_entry(struct vcpu *v, u32 vector, u32 lo, u32 hi)
{
	u32 type = hi >> 8 & 0xfu;

	/* What a longer table holds is never used (SDM vol. 3, 6.10). Linux loads one of 512
	 * entries while its page faults are traced. */
	if (vector >= VECTORS)
		return;
	if (vector < 32 && IGNORED >> vector & 1u)
		return;
	if (!(hi & GATE_PRESENT)) {
		v->gate[vector] = (struct guest_gate){0};
	} else if (hi & 0x1000u || (type != GATE_INTERRUPT && type != GATE_TRAP)) {
		guest_kill(v->guest, "bad IDT type %#x for vector %u", hi >> 8 & 0x1fu, vector);
		return;
	} else {
		v->gate[vector].handler = (lo & 0xffffu) | (hi & 0xffff0000u);
		v->gate[vector].type = (u8)type;
		v->gate[vector].dpl = (u8)(hi >> 13 & 3u);
	}
	set_gate(v, vector);
}

/* Where the guest's kernel sees lguest_data: at its usual place in the kernel half, or where it
 * lies physically. 0 when the guest's tables say neither. */
void gates_look_for_data(struct vcpu *v)
{
	const gva_t candidate[] = {v->kernel_base + v->data, v->data};
	gpa_t gpa;

	for (u32 i = 0; i < ARRAY_LEN(candidate); i++) {
		if (shadow_peek(v->shadow, candidate[i], &gpa) && gpa == v->data &&
		    (candidate[i] & ~PAGE_MASK) <= PAGE_SIZE - sizeof(u32)) {
			v->data_gva = candidate[i];
			idt_init(v);
			return;
		}
	}
}

bool in_trampoline(gva_t eip)
{
	u32 start = SWITCHER_STATE + (u32)offsetof(struct state_page, trampoline);

	return eip - start < sizeof(((struct state_page *)0)->trampoline);
}

void trampoline_refused(struct vcpu *v)
{
	guest_kill(v->guest, "virtual-8086 mode: this emulator lets a guest enter it, no CPU does");
}

/* Do in software what is left of a trampoline that was interrupted, or whose store faulted. Its
 * last instruction is reached with all done; before it, doing everything again is the same. */
void trampoline_finish(struct vcpu *v)
{
	u32 offset = v->regs->eip - SWITCHER_STATE - (u32)offsetof(struct state_page, trampoline);
	u32 index = offset / TRAMPOLINE_SIZE, vector, at, code, frame[3], error, base;
	gva_t cr2;
	const u8 *insn = &v->state->trampoline[index][offset % TRAMPOLINE_SIZE];

	vector = index == SYSCALL_TRAMPOLINE ? v->syscall_vector : index;
	code = vector < 32 && VECTORS_WITH_ERROR >> vector & 1u ? 4 : 0;
	if (v->regs->eflags & EFLAGS_IOPL) { /* from virtual-8086 mode, and not tested yet */
		trampoline_refused(v);
		return;
	}
	if (!segment_base(v, v->regs->ss, &base))
		base = 0;
	at = base + v->regs->esp + code;
	if (*insn != 0xe9 && guest_copy_in(v, at, frame, sizeof(frame), &cr2, &error)) {
		u32 enabled = DATA_GET(v, irq_enabled) & EFLAGS_IF;

		if (!is_plain(v, vector) && !(frame[1] & 2) && !enabled) {
			frame[2] &= ~EFLAGS_IF;
			if (!guest_copy_out(v, at + 8, &frame[2], sizeof(u32), &cr2, &error))
				return; /* the guest's handler finds IF on in its frame */
		}
		if (v->gate[vector].type == GATE_INTERRUPT)
			DATA_SET(v, irq_enabled, 0);
	}
	v->regs->eip = v->gate[vector].handler;
}
