/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps and interrupts of a guest: gates, the frame a handler sees, interrupt lines, the clock.
 * For every guest.
 */
#ifndef GUEST_LIB_TRAP_H
#define GUEST_LIB_TRAP_H

#include "guest-stubs/lib/guest.h"

#define VECTOR_DIVIDE	  0
#define VECTOR_DEBUG	  1
#define VECTOR_BREAKPOINT 3
#define VECTOR_OVERFLOW	  4
#define VECTOR_INVALID	  6
#define VECTOR_NO_FPU	  7
#define VECTOR_SEGMENT	  11
#define VECTOR_STACK	  12
#define VECTOR_GP	  13
#define VECTOR_PF	  14
#define VECTOR_ALIGN	  17

#define GATE_INTERRUPT 0xe /* clears the virtual interrupt flag on entry */
#define GATE_TRAP      0xf /* leaves it */

/* Page-fault error code (SDM vol. 3, 4.7). */
#define PF_PRESENT 1u
#define PF_WRITE   2u
#define PF_USER	   4u
#define PF_FETCH   16u

/* As trap.S leaves it on the stack; esp and ss are there only when the trap came from ring 3. */
struct frame {
	u32 gs, fs, es, ds;
	u32 edi, esi, ebp, esp_ignored, ebx, edx, ecx, eax;
	u32 vector, error;
	u32 eip, cs, eflags, esp, ss;
};

static inline bool from_user(const struct frame *f)
{
	return (f->cs & 3) == 3;
}

typedef void trap_fn(struct frame *f);

/* Load gates for the exceptions, the interrupt lines and the system call, and the user
 * segments. Interrupt lines stay masked, the virtual interrupt flag stays off. */
void traps_init(void);
void trap_set_gate(u32 vector, u32 type, u32 dpl);
extern trap_fn *trap_handler[256];	    /* NULL: the trap ends the guest, or a probe takes it */
extern trap_fn *trap_exit;		    /* called before every return from a trap; NULL: not */
void trap_unhandled(struct frame *f);	    /* what happens without a handler */
NORETURN void trap_return(struct frame *f); /* leave through the frame f */

void gdt_set(u32 index, u32 lo, u32 hi);
/* Where traps from ring 3 put their frame: the 8 KiB below esp. */
void set_kernel_stack(const void *esp);

/* ---- Interrupt lines ---------------------------------------------------------------------- */
void irq_install(u32 line, void (*fn)(u32 line)); /* and unmask it */
void irq_mask(u32 line);
void irq_unmask(u32 line);

/* ---- Clock -------------------------------------------------------------------------------- */
extern volatile u32 clock_ticks;
extern void (*clock_tick)(void); /* called in each timer interrupt; NULL: not */
void clock_start(u32 hz);	 /* periodic ticks until clock_stop() */
void clock_stop(void);
u32 clock_ms(void);		  /* milliseconds from an arbitrary start; no interrupt needed */
u32 clock_us(void);		  /* the same in microseconds: wraps after 71 minutes */
u32 clock_wall(u32 *nanoseconds); /* seconds of the Unix epoch */

/* ---- Probes: run code that may fault ------------------------------------------------------ */
extern struct frame probe_frame; /* of the fault that ended the last probe */
extern u32 probe_cr2;
/* Call fn(arg); true when a trap without a handler ended it. Its stack is thrown away. */
bool probe(void (*fn)(u32 arg), u32 arg);
/* Enter ring 3 with the registers of *f; comes back with the frame of the first trap that has
 * no handler (probe_frame holds it too). Traps from ring 3 use a stack of the probe's own. */
void probe_user(struct frame *f);

#endif
