/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: the virtual interrupt flag behind both kinds of gate, for vectors that go direct and for one
 * that does not. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "labs/check.h"

#define BEYOND 0x1f8u

static u32 in_handler, in_frame, seen_vector;

static void note(struct frame *f)
{
	in_handler = lguest_data.irq_enabled & EFLAGS_IF;
	in_frame = f->eflags & EFLAGS_IF;
	seen_vector = f->vector;
	if (f->vector == VECTOR_GP)
		f->eip += 3; /* movw %ax, %gs with its prefix, or without: see below */
}

static void tried(const char *name, u32 vector, u32 type, u32 before, u32 handler)
{
	u32 after;

	trap_set_gate(vector, type, vector == VECTOR_BREAKPOINT ? 3 : 0);
	trap_handler[vector] = note;
	in_handler = in_frame = ~0u;
	irq_restore(before);
	if (vector == VECTOR_BREAKPOINT)
		__asm__ volatile("int3" : : : "memory");
	else
		__asm__ volatile(".byte 0x66, 0x8e, 0xe8" : : "a"(BEYOND) : "memory");
	after = lguest_data.irq_enabled & EFLAGS_IF;
	irq_off();
	CHECK_ALL(name, {"vector", seen_vector, vector}, {"IF in the handler", in_handler, handler},
		  {"IF in the frame", in_frame, before}, {"IF after it", after, before});
}

void guest_main(void)
{
	traps_init();
	paging_init(); /* from now on it is known where lguest_data is seen: gates go direct */
	tried("trap-gate", VECTOR_BREAKPOINT, GATE_TRAP, EFLAGS_IF, EFLAGS_IF);
	tried("interrupt-gate", VECTOR_BREAKPOINT, GATE_INTERRUPT, EFLAGS_IF, 0);
	tried("pushed-interrupt-gate", VECTOR_GP, GATE_INTERRUPT, EFLAGS_IF, 0);
	tried("off-before", VECTOR_BREAKPOINT, GATE_TRAP, 0, 0);
	power_off();
}
