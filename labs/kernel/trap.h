/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B2: exceptions, interrupt lines, the clock. */
#ifndef TRAP_H
#define TRAP_H

#include "labs/kernel/kernel.h"

enum {
	TRAP_DIVIDE = 0,
	TRAP_BREAKPOINT = 3,
	TRAP_OVERFLOW = 4,
	TRAP_GP = 13,
	TRAP_PAGE_FAULT = 14,
	TRAP_EXCEPTIONS = 32, /* vectors below are the CPU's own (SDM vol. 3, table 6-1) */
};

/* Error code of a page fault (SDM vol. 3, 4.7). */
#define FAULT_PRESENT 1u
#define FAULT_WRITE   2u
#define FAULT_USER    4u

/* As trap.S leaves it on the stack; esp and ss are there only when the trap came from ring 3. */
struct trap_frame {
	u32 es, ds;
	u32 edi, esi, ebp, unused, ebx, edx, ecx, eax;
	u32 vector, error;
	u32 eip, cs, eflags, esp, ss;
};

static inline bool from_user(const struct trap_frame *f)
{
	return (f->cs & 3) == 3;
}

typedef void trap_handler(struct trap_frame *f);

void traps_init(void); /* gates for all of them; interrupt lines stay masked */
/* Who deals with a vector. Without a handler a trap of a program's ends the program, one of the
 * kernel's is a panic. */
void trap_register(u32 vector, trap_handler *fn);
void trap_unhandled(struct trap_frame *f);
void trap_explain(const struct trap_frame *f); /* what happened, in words, and the registers */
/* What later labs hook in, NULL before: B4 ends a program, and does not come back; B5 changes
 * threads before a return to code that may be interrupted. */
extern trap_handler *trap_of_program;
extern void (*trap_leaving)(void);

/* Line n (0 the timer, n the device at PCI 00:n): fn runs with interrupts off each time it fires.
 * Unmasks it. */
void irq_register(u32 line, void (*fn)(u32 line));

/* ---- The clock ------------------------------------------------------------------------------- */
#define HZ 100

void clock_init(void);		 /* starts it */
extern volatile u32 clock_ticks; /* since then */
/* Called in each tick with interrupts off, when there is something to call: the scheduler of B5. */
extern void (*clock_hook)(void);
/* Sleep until an interrupt was handled; called with interrupts off, comes back with them off. */
void wait_for_interrupt(void);

#endif
