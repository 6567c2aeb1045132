/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gates, and who deals with what comes through them. */
#include "labs/kernel/trap.h"

#define VECTORS	     256
#define GATE_PRESENT 0x8000u
/* Clears the virtual interrupt flag (SDM vol. 3, "Flag Usage By Exception- or Interrupt-Handler
 * Procedure"). */
#define GATE_INTERRUPT 0x0e00u

extern const u32 trap_entry[VECTORS]; /* trap.S */
void trap_dispatch(struct trap_frame *f);

_Static_assert(offsetof(struct trap_frame, vector) == 10 * 4, "what trap.S pushes");
_Static_assert(offsetof(struct trap_frame, eip) == 12 * 4, "what the CPU pushes");

trap_handler *trap_of_program;
void (*trap_leaving)(void);

static trap_handler *handler[VECTORS];
static void (*line_handler[LGUEST_IRQS])(u32 line);

/* The gate of a vector. Code of ring `from` and further in may use it by INT n; faults and
 * interrupts always may. */
static void gate_set(u32 vector, u32 from)
{
	u32 at = trap_entry[vector];

	hcall(HC_LOAD_IDT_ENTRY, vector, GUEST_KERNEL_CS << 16 | (at & 0xffff),
	      (at & 0xffff0000) | GATE_PRESENT | from << 13 | GATE_INTERRUPT);
}

void traps_init(void)
{
	u32 v;

	for (v = 0; v < LGUEST_IRQ_BASE + LGUEST_IRQS; v++)
		gate_set(v, v == TRAP_BREAKPOINT || v == TRAP_OVERFLOW ? 3 : 1);
	gate_set(LGUEST_SYSCALL_VECTOR, 3);
	clock_init();
}

void trap_register(u32 vector, trap_handler *fn)
{
	handler[vector] = fn;
}

void irq_register(u32 line, void (*fn)(u32 line))
{
	line_handler[line] = fn;
	*(volatile u32 *)&lguest_data.blocked_interrupts &= ~(1u << line);
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0); /* one may wait already */
}

void trap_unhandled(struct trap_frame *f)
{
	if (from_user(f) && trap_of_program)
		trap_of_program(f);
	trap_explain(f);
	panic("a trap that the kernel has no handler for: vector %u at %p", f->vector,
	      (void *)f->eip);
}

/* trap.S calls this with interrupts off. */
void trap_dispatch(struct trap_frame *f)
{
	u32 line = f->vector - LGUEST_IRQ_BASE;

	if (handler[f->vector])
		handler[f->vector](f);
	else if (line < LGUEST_IRQS && line_handler[line])
		line_handler[line](line);
	else
		trap_unhandled(f);
	if (trap_leaving && (f->eflags & EFLAGS_IF))
		trap_leaving();
}
