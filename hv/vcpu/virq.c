/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual interrupts: one pending bit a line, masked by the guest's blocked_interrupts, held
 * back while its virtual IF is off or EIP is where a frame must not be torn apart.
 */
#include "hv/vcpu/private.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "lib/x86.h"

/* A guest that turns interrupts on by IRET or by unmasking a line does not tell us. While one
 * waits, a timer brings us back; this bounds the wait. A line that stays masked is looked at less
 * and less often. */
#define NUDGE_NS	200000u
#define NUDGE_DOUBLINGS 6u
_Static_assert((u64)NUDGE_NS << NUDGE_DOUBLINGS <= 0xffffffffu, "the longest wait fits a word");
_Static_assert(LGUEST_IRQS <= 32, "a bit for each line");

u32 virq_candidates(struct vcpu *v)
{
	return v->irqs ? v->irqs & ~DATA_GET(v, blocked_interrupts) : 0;
}

void virq_raise(struct vcpu *v, unsigned line)
{
	if (line >= LGUEST_IRQS)
		return;
	v->irqs |= BIT(line);
	if (v->halted && virq_candidates(v))
		run_wake(v->guest);
}

static void nudge_in(struct vcpu *v, u32 ns)
{
	if (!v->nudge.armed)
		timer_arm(&v->nudge, now_ns() + ns);
}

/* What waits came while its line was masked: by its own handler as a rule. */
static void wait_for_unmasking(struct vcpu *v)
{
	if (v->halted || v->nudge.armed)
		return;
	nudge_in(v, NUDGE_NS << v->masked_waits);
	v->masked_waits = MIN(v->masked_waits + 1, NUDGE_DOUBLINGS);
}

bool virq_served(struct vcpu *v, unsigned line)
{
	if (v->halted || (!(v->irqs & BIT(line)) && DATA_GET(v, irq_enabled) & EFLAGS_IF &&
			  !(DATA_GET(v, blocked_interrupts) & BIT(line))))
		return !(v->irqs & BIT(line));
	nudge_in(v, NUDGE_NS);
	return false;
}

void virq_halt(struct vcpu *v)
{
	/* HALT means: enable interrupts and wait. One that is there already is not slept over. */
	v->halted = true;
	if (virq_candidates(v))
		virq_deliver(v);
	else
		run_yield();
}

/* Interrupts are on from the end of the instruction behind an STI (SDM vol. 2, STI). That one is
 * still to come while EIP points at it, or the guest is back there: so only for so many
 * interrupts of the machine, with longer and longer times between them. On a slow machine the first
 * ones are due again before the guest has run at all. */
#define STI_INTERRUPTIONS 6u
#define NOWHERE		  SWITCHER_BASE /* no guest runs there */

void virq_sti(struct vcpu *v)
{
	v->sti_shadow = STI_INTERRUPTIONS;
}

void virq_hold(struct vcpu *v)
{
	virq_sti(v);
	v->sti_next = v->regs->eip;
}

bool virq_after_sti(struct vcpu *v)
{
	v->sti_shadow = 0;
	return v->regs->eip != v->sti_next && virq_candidates(v) &&
	       DATA_GET(v, irq_enabled) & EFLAGS_IF;
}

/* A kernel that waits in `jmp .` does not leave it. */
static bool jumps_to_itself(struct vcpu *v)
{
	static const u8 jump[2] = {0xeb, 0xfe};
	u32 base, error;
	u8 code[2];
	gva_t cr2;

	return segment_base(v, v->regs->cs, &base) &&
	       guest_copy_in(v, base + v->regs->eip, code, sizeof(code), &cr2, &error) &&
	       !memcmp(code, jump, sizeof(jump));
}

/* MOV and POP to SS protect the instruction behind them, which loads ESP (SDM vol. 3, 6.8.3). Where
 * it faults, for a page that the shadow tables have not, the CPU has done its part, and the rest is
 * ours. The instruction before EIP is seen by its last bytes: 17, or 8E /2 with any address behind
 * it. Another one that ends like that has the interrupt an instruction later, and no harm done. */
#define POP_SS	    0x17u
#define MOV_TO_SEG  0x8eu
#define LOAD_LENGTH 7u /* with a base, an index and 32 bits of displacement */

static bool behind_ss_load(struct vcpu *v)
{
	u32 base, error, n = LOAD_LENGTH;
	u8 code[LOAD_LENGTH];
	gva_t at, cr2;

	if (!segment_base(v, v->regs->cs, &base))
		return false;
	at = base + v->regs->eip;
	if (!guest_copy_in(v, at - n, code, n, &cr2, &error)) {
		n = MIN(n, at & ~PAGE_MASK); /* what begins its page has none before it */
		if (!guest_copy_in(v, at - n, code, n, &cr2, &error))
			return false;
	}
	if (n && code[n - 1] == POP_SS)
		return true;
	for (u32 i = 0; i + 1 < n; i++)
		if (code[i] == MOV_TO_SEG && (code[i + 1] >> 3 & 7u) == 2)
			return true;
	return false;
}

/* An instruction that faulted in the guest's kernel behind such a load is as one behind an STI. */
static NOINLINE COLD void hold_behind_ss_load(struct vcpu *v)
{
	v->faulted = NOWHERE; /* asked once for each fault */
	if ((v->regs->cs & 3) == 1 && behind_ss_load(v))
		virq_hold(v);
}

static bool sti_protects(struct vcpu *v)
{
	if (v->regs->eip == v->faulted)
		hold_behind_ss_load(v);
	if (!v->sti_shadow)
		return false;
	if (v->regs->eip != v->sti_next ||
	    (v->sti_shadow < STI_INTERRUPTIONS && jumps_to_itself(v))) {
		v->sti_shadow = 0;
		return false;
	}
	nudge_in(v, NUDGE_NS << (STI_INTERRUPTIONS - v->sti_shadow));
	return true;
}

static void update_time(struct vcpu *v)
{
	u32 now[2];

	wall_clock(&now[0], &now[1]);
	BUG_ON(!GUEST_PUT(&v->guest->mem, v->data + offsetof(struct lguest_data, time_sec), now));
}

/* The guest compares lguest_data.time with the TSC, which went on while others ran: a Linux that is
 * preempted between a timer interrupt and its clock watchdog would call the TSC unstable. */
void virq_turn(struct vcpu *v)
{
	if (v->initialised)
		update_time(v);
}

/* EFLAGS bits that a frame in guest memory may bring in: none that matters to us. */
#define FLAGS_FREE                                                                           \
	(EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_DF | EFLAGS_OF | \
	 EFLAGS_AC | EFLAGS_ID)

/* Is the next instruction one that must not be interrupted? */
static bool in_window(const struct vcpu *v)
{
	return (v->regs->cs & 3) == 1 &&
	       v->regs->eip - v->noirq_start < v->noirq_end - v->noirq_start;
}

/* The guest is about to IRET: the frame it would pop serves as the interrupt's frame. */
static bool deliver_at_iret(struct vcpu *v, unsigned vector)
{
	u32 flags, error, base;
	gva_t cr2;

	if (!segment_base(v, v->regs->ss, &base) ||
	    !guest_copy_in(v, base + v->regs->esp + 8, &flags, sizeof(flags), &cr2, &error))
		return false;
	v->regs->eflags = (flags & FLAGS_FREE) | EFLAGS_IF | EFLAGS_FIXED;
	v->regs->eip = v->gate[vector].handler;
	v->regs->cs = GUEST_KERNEL_CS;
	v->selectors_dirty |= CHECK_RETURN;
	if (v->gate[vector].type == 0xe)
		DATA_SET(v, irq_enabled, 0);
	return true;
}

static void hold_back(struct vcpu *v)
{
	DATA_SET(v, irq_pending, EFLAGS_IF);
	v->stats.irqs_deferred++;
	nudge_in(v, NUDGE_NS);
}

void virq_deliver(struct vcpu *v)
{
	u32 ready = virq_candidates(v), line;
	bool at_iret = v->regs->eip == v->noirq_start && v->noirq_end - v->noirq_start == 1 &&
		       (v->regs->cs & 3) == 1;

	if (!ready) {
		if (v->irqs)
			wait_for_unmasking(v);
		return;
	}
	if (in_trampoline(v->regs->eip) && (v->regs->cs & 3) == 1)
		trampoline_finish(v);
	line = (u32)__builtin_ctz(ready);
	if (v->halted) {
		DATA_SET(v, irq_enabled, EFLAGS_IF);
		v->halted = false;
	}
	if (!(DATA_GET(v, irq_enabled) & EFLAGS_IF) || (in_window(v) && !at_iret) ||
	    sti_protects(v)) {
		hold_back(v);
		return;
	}
	v->irqs &= ~BIT(line);
	v->masked_waits = 0;
	if (v->gate[LGUEST_IRQ_BASE + line].type) {
		trace(TRACE_IRQ, v->guest->name, line, v->regs->eip, 0);
		if (!(at_iret && deliver_at_iret(v, LGUEST_IRQ_BASE + line)))
			push_frame(v, LGUEST_IRQ_BASE + line, 0);
		v->stats.irqs_delivered++;
	}
	update_time(v);
	/* What is still waiting waits for the handler to finish; it must say so when it does. */
	if (v->irqs & ~DATA_GET(v, blocked_interrupts)) {
		hold_back(v);
	} else {
		DATA_SET(v, irq_pending, 0);
		timer_cancel(&v->nudge);
	}
}
