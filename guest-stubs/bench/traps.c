/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Benchmarks of entries into the kernel: system calls, exceptions, interrupts, hypercalls. */
#include "guest-stubs/bench/bench.h"
#include "guest-stubs/lib/pci.h"

#define TIMER_NS    50000u
#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_ENABLE  0x80000000u

USER_CODE_BLOB(u_syscalls, "movl %ebx, %ecx; 1: int $0x80; loop 1b; ud2");
USER_CODE_BLOB(u_invalid, "movl %ebx, %ecx; 1: ud2; loop 1b; int3");

static volatile u32 ticks;

static void nothing(struct frame *f)
{
	(void)f;
}

static void skip_ud2(struct frame *f)
{
	f->eip += 2;
}

static u64 loop(u32 n)
{
	return TIMED(n, i, __asm__ volatile(""));
}

static u64 syscalls(u32 n, u32 gate)
{
	struct frame f;
	u64 start;

	trap_handler[LGUEST_SYSCALL_VECTOR] = nothing;
	trap_set_gate(LGUEST_SYSCALL_VECTOR, gate, 3);
	start = count_start();
	RUN_USER(f, u_syscalls, n);
	return count_stop() - start;
}

static u64 syscall_trap(u32 n)
{
	return syscalls(n, GATE_TRAP);
}

static u64 syscall_interrupt(u32 n)
{
	return syscalls(n, GATE_INTERRUPT);
}

static u64 exception(u32 n)
{
	struct frame f;
	u64 start;

	trap_handler[VECTOR_INVALID] = skip_ud2;
	start = count_start();
	RUN_USER(f, u_invalid, n);
	start = count_stop() - start;
	trap_handler[VECTOR_INVALID] = NULL;
	return start;
}

static void on_timer(struct frame *f)
{
	(void)f;
	ticks++;
	timer_handled();
}

static void timer_prepare(void)
{
	irq_unmask(0);
	trap_handler[LGUEST_IRQ_BASE] = on_timer;
	irq_on();
}

/* A loop that reads the clock sees an interrupt as the largest gap between two readings. */
static u64 timer_interrupt(u32 n)
{
	u64 sum = 0;

	timer_prepare();
	while (n--) {
		u32 before = ticks;
		u64 last, now, largest = 0;
		bool done = false;

		hcall(HC_SET_CLOCKEVENT, TIMER_NS, 0, 0, 0);
		for (last = count_start(); !done; last = now) {
			done = ticks != before;
			now = rdtsc();
			largest = now - last > largest ? now - last : largest;
		}
		count_stop();
		sum += largest;
	}
	return sum;
}

/* What comes on top of the time that was asked for. */
static u64 halt_wake(u32 n)
{
	u64 sum = 0;

	timer_prepare();
	while (n--) {
		u64 start;

		irq_off(); /* it must not come before the halt */
		start = count_start();
		hcall(HC_SET_CLOCKEVENT, TIMER_NS, 0, 0, 0);
		halt();
		sum += count_stop() - start - TIMER_NS;
	}
	return sum;
}

static u64 port_read(u32 n)
{
	u64 spent;

	outl(PCI_ADDRESS, PCI_ENABLE);
	spent = TIMED(n, i, inl(PCI_DATA));
#ifndef GUEST_NATIVE
	pci_forget();
#endif
	return spent;
}

#ifndef GUEST_NATIVE
static u64 hypercall(u32 n)
{
	return TIMED(n, i, hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0));
}

static u64 hypercall_ring(u32 n)
{
	u64 start = count_start();

	while (n--)
		hcall_async(HC_TS, 0, 0, 0, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	return count_stop() - start;
}
#endif

const struct bench clock_benches[] = {
	{"timer_interrupt", 20, timer_interrupt},
	{"halt_wake", 20, halt_wake},
	{NULL, 0, NULL},
};

const struct bench trap_benches[] = {
	{"loop", 1000, loop},
	{"syscall_trap_gate", 1000, syscall_trap},
	{"syscall_interrupt_gate", 1000, syscall_interrupt},
	{"exception", 500, exception},
	{"port_read", 200, port_read},
#ifndef GUEST_NATIVE
	{"hypercall", 1000, hypercall},
	{"hypercall_ring", 1280, hypercall_ring},
#endif
	{NULL, 0, NULL},
};
