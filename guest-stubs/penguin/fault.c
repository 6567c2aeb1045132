/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The faults of processes, and what is looked at before every return to one. */
#include "guest-stubs/penguin/penguin.h"

/* The error code must say what the guest's own tables say. */
static void check_error(const struct frame *f, u32 at)
{
	void *slot = current->space ? pte_slot(current->space->root, at, false) : NULL;
	bool present = slot && pte_read(slot) & PTE_P;

	if (at < (u32)guest_kernel_base && present != !!(f->error & PF_PRESENT))
		panic("penguin: fault at %x with error %x, but the page is%s present", at, f->error,
		      present ? "" : " not");
	if (from_user(f) != !!(f->error & PF_USER))
		panic("penguin: fault at %x with error %x from cs %x", at, f->error, f->cs);
}

static void page_fault(struct frame *f)
{
	u32 at = lguest_data.cr2;

	if (!current->space || (!from_user(f) && at >= (u32)guest_kernel_base)) {
		trap_unhandled(f);
		return;
	}
	check_error(f, at);
	irq_on();
	if (at >= (u32)guest_kernel_base || !space_fault(current->space, at, f->error)) {
		if (!from_user(f) || current->pending & 1u << (SIGKILL - 1))
			task_exit(SIGKILL); /* a system call whose memory is gone: out of memory */
		signal_force(SIGSEGV);
	}
	irq_off();
}

static const u8 signal_of[32] = {
	[VECTOR_DIVIDE] = SIGFPE,    [VECTOR_DEBUG] = SIGTRAP,	[VECTOR_BREAKPOINT] = SIGTRAP,
	[VECTOR_OVERFLOW] = SIGSEGV, [VECTOR_INVALID] = SIGILL, [VECTOR_SEGMENT] = SIGSEGV,
	[VECTOR_STACK] = SIGSEGV,    [VECTOR_GP] = SIGSEGV,
};

static void fault(struct frame *f)
{
	if (!from_user(f) || !signal_of[f->vector]) {
		trap_unhandled(f);
		return;
	}
	irq_on();
	signal_force(signal_of[f->vector]);
	irq_off();
}

/* Before every return to a process: signals, and the end of its turn. */
static void on_trap_exit(struct frame *f)
{
	if (!from_user(f))
		return;
	irq_off();
	task_turn_ends();
	if (signal_waits(current)) {
		irq_on();
		signal_deliver(f);
		irq_off();
	}
}

void faults_init(void)
{
	u32 v;

	for (v = 0; v < ARRAY_LEN(signal_of); v++)
		trap_handler[v] = fault;
	trap_handler[VECTOR_PF] = page_fault;
	trap_exit = on_trap_exit;
}
