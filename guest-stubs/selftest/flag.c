/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an interrupt may not come although the flag is on, or is about to be: at the IRET that
 * turns it on, and behind STI. */
#include "guest-stubs/selftest/selftest.h"

extern char guest_noirq_iret[];

static u32 at_iret;

static void look_at_frame(struct frame *f)
{
	fired++;
	if (!from_user(f) && f->eip == (u32)guest_noirq_iret)
		at_iret++;
	alarm_in(100000);
}

static void nothing(struct frame *f)
{
	(void)f;
}

/* Many returns that turn the flag on, many interrupts: none may push a frame at the iret. */
static const char *no_interrupt_at_iret(void)
{
	trap_fn *before = trap_handler[LGUEST_IRQ_BASE];
	u32 start, i;

	alarm_fresh();
	trap_handler[LGUEST_IRQ_BASE] = look_at_frame;
	trap_handler[VECTOR_BREAKPOINT] = nothing;
	trap_set_gate(VECTOR_BREAKPOINT, GATE_INTERRUPT, 3);
	at_iret = 0;
	alarm_in(100000);
	irq_on();
	for (start = clock_ms(), i = 0; i < 100000 || fired <= 10; i++) {
		if (clock_ms() - start > PATIENCE)
			break;
		__asm__ volatile("int3" : : : "memory");
		if (i % 16 == 0)
			irq_on(); /* takes what came while the flag was off */
	}
	alarm_in(0);
	irq_off();
	trap_handler[LGUEST_IRQ_BASE] = before;
	trap_handler[VECTOR_BREAKPOINT] = NULL;
	trap_set_gate(VECTOR_BREAKPOINT, GATE_TRAP, 3);
	if (fired <= 10)
		return fail("only %u interrupts", fired);
	CHECK_EQ(at_iret, 0, "interrupts with a frame at the iret");
	return NULL;
}

static void iret_to(u32 cs)
{
	__asm__ volatile("pushl %1; pushl $0; pushl $2; pushl %0; pushl $0x1000\n"
			 "jmp guest_noirq_iret"
			 :
			 : "r"(cs), "i"(GUEST_USER_DS)
			 : "memory");
}

/* A fault of that iret itself is an ordinary one. */
static const char *fault_at_iret(void)
{
	alarm_fresh();
	CHECK(probe(iret_to, 0x1fb), "iret to a bad selector succeeded");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, 0x1f8, "error code");
	CHECK_EQ(probe_frame.eip, (u32)guest_noirq_iret, "eip");
	CHECK(probe(iret_to, 0x60), "iret to ring 0 succeeded");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	return NULL;
}

/* The first interrupt arms a second one, far away. */
static void on_first_of_two(u32 line)
{
	on_timer(line);
	if (fired == 1)
		alarm_in(4000u * MS); /* as far as a call's 32 bits go */
}

/* STI takes effect after the next instruction: what waits ends the HLT. */
static const char *sti_then_hlt(void)
{
	u32 start;

	alarm_fresh();
	irq_install(0, on_first_of_two);
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	start = clock_ms();
	__asm__ volatile("sti; hlt" : : : "memory");
	CHECK(fired == 1 && clock_ms() - start < 3900, "the interrupt came between STI and HLT");
	alarm_in(0);
	return NULL;
}

static volatile u32 mark;
static u32 mark_in_handler;

static void on_timer_note_mark(u32 line)
{
	on_timer(line);
	mark_in_handler = mark;
}

static void on_timer_open_loop(u32 line)
{
	on_timer(line);
	*(volatile u16 *)(PLACE + 1) = 0x9090; /* nop; nop */
}

/* An interrupt waits when STI turns them on: it comes after one more instruction, at the latest
 * before the one that would turn them off again, and not at all when that is the next one. */
static const char *sti_shadow(void)
{
	alarm_fresh();
	irq_install(0, on_timer_note_mark);
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	mark = 0;
	__asm__ volatile("sti; movl $1, %0" : "=m"(mark) : : "memory");
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	CHECK_EQ(mark_in_handler, 1, "mark of the instruction after STI");
	alarm_fresh();
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	__asm__ volatile("sti; cli" : : : "memory");
	CHECK_EQ(fired, 0, "interrupts between STI and CLI");
	__asm__ volatile("sti; nop; cli" : : : "memory");
	CHECK_EQ(fired, 1, "interrupts after STI and one more");
	alarm_fresh();
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	__asm__ volatile("sti; 1: cmpl $0, %0; je 1b" : : "m"(fired) : "memory", "cc");
	CHECK_EQ(fired, 1, "interrupts of a loop behind STI");
	alarm_fresh();
	irq_install(0, on_timer_open_loop);
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	memcpy((void *)PLACE, "\xfb\xeb\xfe\xc3", 4); /* sti; 1: jmp 1b; ret */
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	call_at(PLACE);
	CHECK_EQ(fired, 1, "interrupts of a jump to itself behind STI");
	return NULL;
}

const struct test flag_tests[] = {
	{"sti_then_hlt", sti_then_hlt},
	{"sti_shadow", sti_shadow},
	{"no_interrupt_at_iret", no_interrupt_at_iret},
	{"fault_at_iret", fault_at_iret},
	{NULL, NULL},
};
