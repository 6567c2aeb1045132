/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What brought us back from a guest: one handler a vector. */
#include "devices/host/irq.h"
#include "hv/panic/panic.h"
#include "hv/vcpu/private.h"
#include "lib/cpu.h"
#include "lib/trace.h"
#include "lib/x86.h"

typedef void trap_fn(struct vcpu *v);

const char *const exit_reason_name[EXIT_REASONS] = {
	[EXIT_HYPERCALL] = "hypercall",	  [EXIT_PAGE_FAULT] = "page_fault",
	[EXIT_WINDOW] = "window",	  [EXIT_PORT] = "port",
	[EXIT_PRIVILEGED] = "privileged", [EXIT_REFLECT] = "reflect",
	[EXIT_SYSCALL] = "syscall",	  [EXIT_FPU] = "fpu",
	[EXIT_HOST_IRQ] = "host_irq",	  [EXIT_NMI] = "nmi",
	[EXIT_OTHER] = "other",
};
_Static_assert(ARRAY_LEN(exit_reason_name) == EXIT_REASONS, "one name per reason");

static bool from_kernel(const struct vcpu *v)
{
	return (v->regs->cs & 3) == 1;
}

static void on_hypercall(struct vcpu *v)
{
	v->stats.exits[EXIT_HYPERCALL]++;
	hypercall(v);
}

/* What it faulted for is there now: the same instruction again. */
static inline void once_more(struct vcpu *v, enum exit_reason why)
{
	v->stats.exits[why]++;
	v->faulted = v->regs->eip;
}

/* Where a direct gate from ring 3 pushes: at most six words, and room for a misaligned ESP. */
static bool on_ring1_stack(struct vcpu *v, gva_t va)
{
	u32 base;

	return segment_base(v, v->ss1, &base) && base + v->esp1 - 1 - va < 32;
}

/* LOCK CMPXCHG8B with a register hangs a Pentium (specification update, erratum 81) unless its
 * locked access to IDT entry 6 faults: that page is read-only, so it does, instead of #UD. */
_Static_assert(STATE_IDT % PAGE_SIZE == 0, "the first seven entries lie in one page");

static bool is_f00f(const struct vcpu *v, gva_t va)
{
	return (v->regs->cs & 3) == 3 && !(v->regs->error & PF_USER) &&
	       (va - SWITCHER_STATE - STATE_IDT) / sizeof(struct gate) == VEC_UD;
}

/* A write to a read-only page in ring 1: without CR0.WP it goes through (SDM vol. 3, 4.6.1). */
static bool is_unprotected(const struct vcpu *v, u32 error)
{
	return !(v->cr0 & CR0_WP) && (error & (PF_PRESENT | PF_WRITE)) == (PF_PRESENT | PF_WRITE);
}

/* The guest's own fault: `found` is the error code that it is told. */
static void guest_page_fault(struct vcpu *v, gva_t va, u32 error, u32 found)
{
	bool kernel = from_kernel(v);

	if (kernel && in_trampoline(v->regs->eip)) {
		/* The guest took lguest_data away from where it was. */
		v->stats.exits[EXIT_PAGE_FAULT]++;
		trampoline_finish(v);
		v->data_gva = 0;
		idt_init(v);
		return;
	}
	v->stats.exits[EXIT_REFLECT]++;
	/* A direct gate that could not push: the CPU faults as supervisor while CPL is 3. */
	if (!kernel && !(error & PF_USER)) {
		died_at(v, va);
		guest_kill(v->guest, "bad stack page: %#x", va);
	} else if (kernel && is_unprotected(v, found)) {
		instruction_memory(v, va, found);
	} else {
		reflect_page_fault(v, va, found);
	}
}

/* `page` is where the guest's tables lead, NO_WINDOW: that is to be asked again. */
static void window_fault(struct vcpu *v, gva_t va, u32 error, gpa_t page)
{
	v->stats.exits[EXIT_WINDOW]++;
	if (page != NO_WINDOW)
		v->seen_window =
			(struct seen_window){va & PAGE_MASK, page, error & (PF_WRITE | PF_USER)};
	instruction_memory(v, va, 0);
	v->seen_window.va = NO_WINDOW;
}

/* What shadow_fault_quick() left. */
static NOINLINE void slow_page_fault(struct vcpu *v, gva_t va, u32 error)
{
	struct shadow_result f = shadow_fault(v->shadow, va, error);

	trace(TRACE_FAULT, v->guest->name, va, error, f.verdict);
	if (f.verdict == SHADOW_REFLECT) {
		guest_page_fault(v, va, error, f.error);
		return;
	}
	if (f.verdict == SHADOW_WINDOW) {
		window_fault(v, va, error, f.error ? f.gpa & PAGE_MASK : NO_WINDOW);
		return;
	}
	once_more(v, EXIT_PAGE_FAULT);
	if (f.verdict == SHADOW_KILL) {
		died_at(v, va);
		guest_kill(v->guest, "%s: address %#x at eip=%#x", f.why, va, v->regs->eip);
	}
}

static void on_page_fault(struct vcpu *v)
{
	gva_t va = read_cr2();
	u32 error = v->regs->error, found;
	enum shadow_verdict verdict;

	if (!(error & PF_USER) && (v->regs->cs & 3) == 3) {
		if (is_f00f(v, va)) {
			v->stats.exits[EXIT_REFLECT]++;
			reflect(v, VEC_UD, 0);
			return;
		}
		/* Some emulators read the stack of a far return as supervisor, whatever the ring.
		 */
		if (!on_ring1_stack(v, va))
			error |= PF_USER;
	}
	found = error;
	verdict = shadow_fault_quick(v->shadow, va, &found);
	if (verdict == SHADOW_OK)
		once_more(v, EXIT_PAGE_FAULT);
	else if (verdict == SHADOW_REFLECT)
		guest_page_fault(v, va, error, found);
	else if (verdict == SHADOW_WINDOW)
		window_fault(v, va, error, found);
	else
		slow_page_fault(v, va, error);
}

/* in, out and their string forms in one byte without prefix: for the statistics only. */
static bool is_port_io(struct vcpu *v)
{
	u8 op[2] = {0};
	gpa_t gpa;

	if (!shadow_peek(v->shadow, v->regs->eip, &gpa) ||
	    !guest_read(&v->guest->mem, gpa, op, sizeof(op)))
		return false;
	if (op[0] == 0x66 || op[0] == 0xf3)
		op[0] = op[1];
	return (op[0] & 0xf4) == 0xe4 || (op[0] & 0xfc) == 0x6c;
}

static void on_general_protection(struct vcpu *v)
{
	if (!from_kernel(v) || v->regs->error) {
		v->stats.exits[EXIT_REFLECT]++;
		reflect(v, VEC_GP, v->regs->error);
		return;
	}
	trace(TRACE_EXIT, v->guest->name, VEC_GP, 0, v->regs->eip);
	if (instruction_port(v)) {
		v->stats.exits[EXIT_PORT]++;
		return;
	}
	v->stats.exits[is_port_io(v) ? EXIT_PORT : EXIT_PRIVILEGED]++;
	instruction_privileged(v);
}

/* Without an FPU CR0.EM is always set. A kernel that looks for one by FNINIT and FNSTSW has EM
 * clear then and no handler yet, and finds nobody who answers. Programs are its own business: it
 * emulates their FPU, or ends them. */
static void on_fpu(struct vcpu *v)
{
	trace(TRACE_EXIT, v->guest->name, VEC_NM, 0, v->regs->eip);
	once_more(v, EXIT_FPU);
	if (fpu_trap(v))
		return;
	if (!cpu.fpu && !(v->cr0 & (CR0_TS | CR0_EM)) && from_kernel(v))
		instruction_without_fpu(v);
	else if ((v->cr0 & (CR0_EM | CR0_MP)) != CR0_MP)
		instruction_fpu_refused(v);
	else
		reflect(v, VEC_NM, 0);
}

static void on_nmi(struct vcpu *v)
{
	v->stats.exits[EXIT_NMI]++;
	host_nmi();
}

static void on_double_fault(struct vcpu *v)
{
	trace(TRACE_EXIT, v->guest->name, VEC_DF, v->regs->error, v->regs->eip);
	v->stats.exits[EXIT_OTHER]++;
	guest_kill(v->guest, "double fault at eip=%#x esp=%#x", v->regs->eip, v->regs->esp);
}

/* An interrupt comes in anybody's turn, but is on the account of whom it was for: who that is, and
 * whether this turn ends, its handler says by run_wake(). Who calls for nobody may have something
 * for the run loop itself. */
static void host_interrupt(struct vcpu *v)
{
	if (guest_count > 1)
		run_charge(v->guest);
	turns.cause = NULL;
	host_irq_dispatch(v->regs->vector);
	if (v->regs->vector == HOST_IRQ_BASE)
		timer_run();
	else if (!turns.cause)
		run_yield();
	if (turns.cause) {
		timer_settle();
		run_charge(turns.cause);
	}
}

static void on_host_irq(struct vcpu *v)
{
	v->stats.exits[EXIT_HOST_IRQ]++;
	trace(TRACE_HOSTIRQ, v->guest->name, v->regs->vector, 0, 0);
	if (v->sti_shadow)
		v->sti_shadow--;
	host_interrupt(v);
}

static void on_syscall(struct vcpu *v)
{
	v->stats.exits[EXIT_SYSCALL]++;
	push_frame(v, v->syscall_vector, 0);
}

static void on_exception(struct vcpu *v)
{
	v->stats.exits[EXIT_REFLECT]++;
	reflect(v, v->regs->vector, v->regs->error);
}

/* No gate of ours leads here. */
static void on_other(struct vcpu *v)
{
	v->stats.exits[EXIT_OTHER]++;
}

static trap_fn *const handlers[VECTORS] = {
	[VEC_DE... VEC_DB] = on_exception,
	[VEC_NMI] = on_nmi,
	[VEC_BP... VEC_UD] = on_exception,
	[VEC_NM] = on_fpu,
	[VEC_DF] = on_double_fault,
	[9 ... VEC_SS] = on_exception,
	[VEC_GP] = on_general_protection,
	[VEC_PF] = on_page_fault,
	[15 ... LGUEST_TRAP - 1] = on_exception,
	[LGUEST_TRAP] = on_hypercall,
	[HOST_IRQ_BASE... HOST_IRQ_BASE + HOST_IRQS - 1] = on_host_irq,
	[HOST_IRQ_BASE + HOST_IRQS... LGUEST_SYSCALL_VECTOR - 1] = on_other,
	[LGUEST_SYSCALL_VECTOR] = on_syscall,
	[LGUEST_SYSCALL_VECTOR + 1 ... VECTORS - 1] = on_other,
};
_Static_assert(LGUEST_TRAP + 1 == HOST_IRQ_BASE, "one row for each vector");
_Static_assert(HOST_IRQ_BASE > VEC_XM && HOST_IRQ_BASE + HOST_IRQS <= LGUEST_SYSCALL_VECTOR,
	       "the machine's lines are no exception and no system call");

/* See switcher/entry.S. What is in v->regs means nothing. */
static NOINLINE COLD void on_lost_registers(struct vcpu *v)
{
	u32 vector = v->regs->vector >> 16;

	v->stats.exits[EXIT_OTHER]++;
	if ((v->regs->vector & 0xffffu) != VECTOR_POISON)
		return;
	if (vector == VEC_NMI) { /* those of ring 0 do not come here */
		host_nmi();
		trampoline_refused(v);
		return;
	}
	if (vector >= HOST_IRQ_BASE && vector < HOST_IRQ_BASE + HOST_IRQS)
		host_irq_dispatch(vector);
	guest_kill(v->guest, "its registers cannot be loaded");
}

void vcpu_watch(struct vcpu *v, void (*dispatch)(struct vcpu *v), void (*check)(struct vcpu *v))
{
	v->watched = dispatch != NULL;
	v->dispatch = dispatch ? dispatch : v->usual;
	v->check = check ? check : segments_check;
	idt_init(v);
}

void trap_dispatch(struct vcpu *v)
{
	u32 vector = v->regs->vector;

	if (UNLIKELY(vector >= VECTORS))
		on_lost_registers(v);
	else
		handlers[vector](v);
}
