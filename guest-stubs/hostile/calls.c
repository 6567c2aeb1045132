/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by hypercalls, the ring, time, and what is in lguest_data. */
#include "guest-stubs/hostile/hostile.h"

#define STORM	    200000u
#define FAULTS	    20000u
#define MESSAGE_LEN 200u

static const char *call(u32 number)
{
	hcall(number, 0, 0, 0, 0);
	return NULL;
}

const char *call_before_init(void)
{
	return call(HC_FLUSH_ASYNC);
}

const char *init_twice(void)
{
	hcall(HC_LGUEST_INIT, phys(&lguest_data), 0, 0, 0);
	return NULL;
}

const char *call_3(void)
{
	return call(3);
}

const char *call_11(void)
{
	return call(11);
}

const char *call_17(void)
{
	return call(17);
}

const char *call_20(void)
{
	return call(HC_COUNT);
}

const char *call_big(void)
{
	return call(0x7fffffff);
}

const char *call_minus_one(void)
{
	return call(ALL_ONES);
}

const char *message_at_end_of_ram(void)
{
	*(volatile u8 *)(ram_bytes() - 1) = 'X';
	hcall(HC_SHUTDOWN, ram_bytes() - 1, SHUTDOWN_POWEROFF, 0, 0);
	return NULL;
}

const char *message_of_noise(void)
{
	static u8 noise[MESSAGE_LEN];
	u32 i;

	for (i = 0; i < MESSAGE_LEN; i++)
		noise[i] = i % 3 ? 0x1b : (u8)(0x80 + i % 0x80);
	hcall(HC_SHUTDOWN, phys(noise), SHUTDOWN_POWEROFF, 0, 0);
	return NULL;
}

const char *message_nowhere(void)
{
	hcall(HC_SHUTDOWN, ALL_ONES, SHUTDOWN_POWEROFF, 0, 0);
	return NULL;
}

const char *reason_zero(void)
{
	hcall(HC_SHUTDOWN, phys("no reason"), 0, 0, 0);
	return NULL;
}

const char *reason_minus_one(void)
{
	hcall(HC_SHUTDOWN, ALL_ONES, ALL_ONES, 0, 0);
	return NULL;
}

/* ---- The ring ----------------------------------------------------------------------------- */

const char *ring_status_values(void)
{
	u32 round, i;

	for (round = 0; round < 256; round++) {
		for (i = 0; i < LHCALL_RING_SIZE; i++) {
			lguest_data.hcalls[i] = (struct lguest_hcall_args){
				{round & 1 ? HC_FLUSH_ASYNC : HC_SEND_INTERRUPTS, i, i, i, i}};
			lguest_data.hcall_status[i] = (u8)(round + i);
		}
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	}
	return NULL;
}

/* Calls that go through all tables, more than one drain carries out: each is done, in order, before
 * the call that is waiting. */
const char *ring_of_flushes(void)
{
	u32 round, i;

	for (round = 0; round < 50; round++) {
		for (i = 0; i < LHCALL_RING_SIZE; i++) {
			lguest_data.hcalls[i] =
				(struct lguest_hcall_args){{HC_FLUSH_TLB, i & 1, 0, 0, 0}};
			lguest_data.hcall_status[i] = LHCALL_READY;
		}
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
		for (i = 0; i < LHCALL_RING_SIZE; i++)
			CHECK(lguest_data.hcall_status[i] == LHCALL_FREE,
			      "a call in the ring was overtaken");
	}
	return NULL;
}

const char *ring_after_death(void)
{
	hcall_async(HC_SHUTDOWN, phys("Power down"), SHUTDOWN_POWEROFF, 0, 0);
	hcall_async(HC_SET_PTE, 0, ALL_ONES, 0, 0); /* would be fatal */
	hcall_async(HC_COUNT, 0, 0, 0, 0);
	return call(HC_COUNT + 1);
}

const char *ring_init(void)
{
	hcall_async(HC_LGUEST_INIT, phys(&lguest_data), 0, 0, 0);
	return call(HC_FLUSH_ASYNC);
}

const char *ring_unknown(void)
{
	hcall_async(3, 0, 0, 0, 0);
	return call(HC_FLUSH_ASYNC);
}

const char *ring_halt(void)
{
	u32 before = clock_ticks, i;

	clock_start(200);
	for (i = 0; i < 5; i++) {
		hcall_async(HC_HALT, 0, 0, 0, 0);
		hcall_async(HC_HALT, 0, 0, 0, 0);
		call(HC_FLUSH_ASYNC);
	}
	clock_stop();
	CHECK(clock_ticks - before >= 5, "halts in the ring did not sleep");
	return NULL;
}

/* ---- Arguments ---------------------------------------------------------------------------- */

static const char *call_ones(u32 number)
{
	hcall(number, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES);
	return NULL;
}

const char *arguments_tls(void)
{
	return call_ones(HC_LOAD_TLS);
}

const char *arguments_pte(void)
{
	return call_ones(HC_SET_PTE);
}

const char *arguments_stack(void)
{
	return call_ones(HC_SET_STACK);
}

const char *arguments_root(void)
{
	return call_ones(HC_NEW_PGTABLE);
}

const char *arguments_harmless(void)
{
	call_ones(HC_FLUSH_ASYNC);
	call_ones(HC_FLUSH_TLB);
	call_ones(HC_TS);
	call_ones(HC_SEND_INTERRUPTS);
	call_ones(HC_SET_CLOCKEVENT);
	hcall(HC_TS, 0, 0, 0, 0);
	hcall(HC_SET_STACK, GUEST_KERNEL_DS, ALL_ONES, 0, 0); /* no pages, nothing pushed yet */
	set_kernel_stack(boot_stack_top);
	return NULL;
}

/* ---- Storms ------------------------------------------------------------------------------- */

static u32 fired;

static void on_timer(u32 line)
{
	(void)line;
	fired++;
}

const char *clock_storm(void)
{
	static const u32 deltas[] = {1, 0, 0x7fffffff, ALL_ONES, 1, 1};
	u32 start, i = 0;

	irq_install(0, on_timer);
	irq_on();
	for (start = clock_ms(); clock_ms() - start < 300;)
		hcall(HC_SET_CLOCKEVENT, deltas[i++ % ARRAY_LEN(deltas)], 0, 0, 0);
	fired = 0;
	hcall(HC_SET_CLOCKEVENT, 1, 0, 0, 0);
	for (start = clock_ms(); !fired && clock_ms() - start < PATIENCE;)
		;
	CHECK(fired, "the clock died");
	return NULL;
}

const char *call_storm(void)
{
	u32 i;

	for (i = 0; i < STORM; i++)
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	return NULL;
}

const char *port_storm(void)
{
	u32 i;

	for (i = 0; i < STORM; i++)
		CHECK(inb((u16)i) != 0 || 1, "a port");
	return NULL;
}

static u32 faults;

static void skip(struct frame *f)
{
	faults++;
	f->eip += 6; /* movl address, %ecx */
}

const char *fault_storm(void)
{
	u32 i;

	trap_handler[VECTOR_PF] = skip;
	for (i = 0; i < FAULTS; i++)
		__asm__ volatile(".byte 0x8b, 0x0d; .long 0x70000000" : : : "ecx", "memory");
	trap_handler[VECTOR_PF] = NULL;
	CHECK(faults == FAULTS, "faults were lost");
	return NULL;
}

const char *halt_storm(void)
{
	volatile u32 spin;
	u32 i;

	irq_install(0, on_timer);
	for (i = 0; i < 500; i++) {
		irq_off(); /* so that the interrupt waits for the halt, if it comes first */
		hcall(HC_SET_CLOCKEVENT, 1 + i * 997 % 60000, 0, 0, 0);
		for (spin = 0; spin < i * 37; spin++)
			;
		halt(); /* a lost wake-up would sleep for ever */
	}
	CHECK(fired == 500, "wake-ups without interrupts");
	return NULL;
}

/* ---- lguest_data -------------------------------------------------------------------------- */

const char *garbage_in_data(void)
{
	u32 i, seed = 12345, start;

	irq_install(0, on_timer);
	for (i = 0; i < 2000; i++) {
		seed = seed * 1664525 + 1013904223;
		lguest_data.irq_enabled = seed;
		lguest_data.blocked_interrupts = seed * 7;
		lguest_data.irq_pending = seed * 13;
		lguest_data.noirq_iret = seed * 17;
		if (i % 8 == 0)
			hcall(HC_SET_CLOCKEVENT, 1000, 0, 0, 0);
		hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	}
	lguest_data.irq_pending = 0;
	lguest_data.blocked_interrupts = 0;
	lguest_data.irq_enabled = EFLAGS_IF;
	fired = 0;
	hcall(HC_SET_CLOCKEVENT, 1000, 0, 0, 0);
	for (start = clock_ms(); !fired && clock_ms() - start < PATIENCE;)
		;
	CHECK(fired, "interrupts do not come back");
	return NULL;
}

const char *scribbled_data(void)
{
	u32 sec = clock_wall(NULL), i;

	for (i = 0; i < 100; i++) {
		lguest_data.tsc_khz = i;
		lguest_data.reserve_mem = ALL_ONES;
		lguest_data.time_sec = -1;
		lguest_data.time_nsec = -1;
		hcall(HC_SET_CLOCKEVENT, 1000, 0, 0, 0);
		hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	}
	irq_install(0, on_timer);
	hcall(HC_SET_CLOCKEVENT, 1000000, 0, 0, 0);
	halt();
	CHECK(clock_wall(NULL) - sec < 600, "the wall clock follows the guest");
	return NULL;
}
