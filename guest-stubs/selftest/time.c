/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts, the clock event, FPU state over time. A busy machine must not make a test fail: bounds
 * are wide, and what another program may have spoiled is tried again. */
#include "guest-stubs/selftest/selftest.h"

#define MS	 1000000u /* in ns */
#define PATIENCE 60000u	  /* ms to wait for what must come */
#define TRIES	 100u	  /* for what a pause of the whole machine spoils */

extern char guest_noirq_iret[];

static volatile u32 fired;
static u32 if_in_handler, at_iret;

static void on_timer(u32 line)
{
	(void)line;
	fired++;
	if_in_handler |= lguest_data.irq_enabled & EFLAGS_IF;
}

static void arm(u32 ns)
{
	hcall(HC_SET_CLOCKEVENT, ns, 0, 0, 0);
}

/* Start a test: handler in place, line open, flag off, nothing pending. */
static void fresh(void)
{
	arm(0);
	irq_install(0, on_timer);
	irq_on();
	irq_off();
	fired = 0;
	if_in_handler = 0;
}

static bool wait_for(volatile const u32 *what, u32 value, u32 ms)
{
	u32 start = clock_ms();

	while (*what != value)
		if (clock_ms() - start > ms)
			return false;
	return true;
}

static void pass_time(u32 ms)
{
	static const u32 never;

	wait_for(&never, 1, ms);
}

static const char *one_shot(void)
{
	u32 start;

	fresh();
	start = clock_ms();
	arm(20 * MS);
	irq_on();
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	CHECK(clock_ms() - start >= 19, "too early");
	pass_time(60);
	CHECK_EQ(fired, 1, "interrupts");
	CHECK_EQ(if_in_handler, 0, "virtual IF in the handler");
	return NULL;
}

/* Arm for 20 ms and give another order before these are over. */
static bool rearm(u32 second)
{
	for (u32 i = 0; i < TRIES; i++) {
		u32 start;

		fresh();
		start = clock_us();
		arm(20 * MS);
		arm(second);
		if (clock_us() - start < 15000)
			return true;
	}
	return false;
}

static const char *cancelled(void)
{
	CHECK(rearm(0), "two calls never took less than 15 ms");
	irq_on();
	pass_time(60);
	CHECK_EQ(fired, 0, "interrupts");
	return NULL;
}

static const char *replaced(void)
{
	u32 start = clock_ms();

	CHECK(rearm(40 * MS), "two calls never took less than 15 ms");
	irq_on();
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	CHECK(clock_ms() - start >= 39, "the first order was carried out");
	pass_time(60);
	CHECK_EQ(fired, 1, "interrupts");
	return NULL;
}

static const char *periodic(void)
{
	u32 before, start = clock_ms();

	before = clock_ticks;
	clock_start(100);
	irq_on();
	while (clock_ticks - before < 10 && clock_ms() - start < PATIENCE)
		halt();
	clock_stop();
	CHECK(clock_ticks - before >= 10, "too few ticks");
	CHECK(clock_ms() - start >= 90, "ticks came too fast");
	return NULL;
}

static const char *halt_wakes(void)
{
	u32 start;

	fresh();
	start = clock_ms();
	arm(20 * MS);
	halt();
	CHECK_EQ(fired, 1, "interrupts");
	CHECK_EQ(lguest_data.irq_enabled & EFLAGS_IF, EFLAGS_IF, "virtual IF after halt");
	CHECK(clock_ms() - start >= 19, "halt came back too early");
	return NULL;
}

static const char *halt_with_pending(void)
{
	fresh();
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	CHECK_EQ(fired, 0, "interrupts with the flag off");
	halt(); /* must not sleep: there is no other event to wake it */
	CHECK_EQ(fired, 1, "interrupts");
	return NULL;
}

static const char *hlt_instruction(void)
{
	fresh();
	arm(10 * MS);
	__asm__ volatile("sti; hlt" : : : "memory");
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	return NULL;
}

static const char *pending_protocol(void)
{
	u32 i;

	fresh();
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	CHECK_EQ(fired, 0, "interrupts with the flag off");
	irq_on();
	CHECK_EQ(fired, 1, "interrupts after turning the flag on");
	CHECK_EQ(lguest_data.irq_pending, 0, "irq_pending after delivery");
	/* a flag word like one copied from EFLAGS: only bit 9 counts */
	fresh();
	lguest_data.irq_enabled = 0x046;
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending, flags 046");
	CHECK_EQ(fired, 0, "interrupts with flags 046");
	lguest_data.irq_enabled = 0x246;
	for (i = 0; i < PATIENCE && !fired; i++) /* no hypercall: it must come by itself */
		pass_time(1);
	CHECK_EQ(fired, 1, "interrupts with flags 246");
	CHECK_EQ(lguest_data.irq_pending, 0, "irq_pending in the end");
	return NULL;
}

/* Is an interrupt that came while its line was masked there right after unmasking? Not when the
 * machine's own timer was late. */
static bool comes_at_unmask(u32 *early)
{
	fresh();
	irq_mask(0);
	arm(MS);
	irq_on();
	pass_time(20);
	*early += fired;
	irq_unmask(0);
	return fired == 1;
}

static const char *blocked_line(void)
{
	bool came = false;
	u32 early = 0;

	for (u32 i = 0; i < TRIES && !came; i++) {
		came = comes_at_unmask(&early);
		CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt after unmasking");
	}
	CHECK_EQ(early, 0, "interrupts of a masked line");
	CHECK(came, "unmasking never brought the interrupt");
	fresh();
	irq_mask(0);
	arm(MS);
	irq_on();
	pass_time(20);
	lguest_data.blocked_interrupts &= ~1u; /* not told to anybody */
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt after a silent unmask");
	return NULL;
}

static void look_at_frame(struct frame *f)
{
	fired++;
	if (!from_user(f) && f->eip == (u32)guest_noirq_iret)
		at_iret++;
	arm(100000);
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

	fresh();
	trap_handler[LGUEST_IRQ_BASE] = look_at_frame;
	trap_handler[VECTOR_BREAKPOINT] = nothing;
	trap_set_gate(VECTOR_BREAKPOINT, GATE_INTERRUPT, 3);
	at_iret = 0;
	arm(100000);
	irq_on();
	for (start = clock_ms(), i = 0; i < 100000 || fired <= 10; i++) {
		if (clock_ms() - start > PATIENCE)
			break;
		__asm__ volatile("int3" : : : "memory");
		if (i % 16 == 0)
			irq_on(); /* takes what came while the flag was off */
	}
	arm(0);
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
	fresh();
	CHECK(probe(iret_to, 0x1fb), "iret to a bad selector succeeded");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	CHECK_EQ(probe_frame.error, 0x1f8, "error code");
	CHECK_EQ(probe_frame.eip, (u32)guest_noirq_iret, "eip");
	CHECK(probe(iret_to, 0x60), "iret to ring 0 succeeded");
	CHECK_EQ(probe_frame.vector, VECTOR_GP, "vector");
	return NULL;
}

/* ---- State over time ---------------------------------------------------------------------- */

static const char *fpu_over_time(void)
{
	s32 a = 12345678, b = -7, back = 0;
	u16 cw = 0;

	clock_start(200);
	irq_on();
	__asm__ volatile("fninit; fldcw %2; fildl %0; fildl %1"
			 :
			 : "m"(a), "m"(b), "m"((u16){0x027f}));
	halt();
	halt();
	pass_time(30);
	__asm__ volatile("fistpl %0" : "=m"(back));
	clock_stop();
	CHECK_EQ(back, b, "top of the FPU stack");
	__asm__ volatile("fistpl %0; fnstcw %1" : "=m"(back), "=m"(cw));
	CHECK_EQ(back, a, "second on the FPU stack");
	CHECK_EQ(cw, 0x027f, "control word");
	return NULL;
}

/* Do both clocks see the same 300 ms? The wall clock is written at each interrupt. */
static bool same_stretch(u32 khz)
{
	u32 sec, nsec, wall = 0, tsc;
	u64 start;

	halt();
	sec = clock_wall(&nsec);
	start = rdtsc();
	while (wall < 300) {
		u32 s, ns;

		halt();
		s = clock_wall(&ns);
		wall = (s - sec) * 1000 + ns / MS - nsec / MS;
	}
	tsc = div64(rdtsc() - start, khz, NULL);
	return tsc + 60 > wall && tsc < wall + 60 + wall / 8;
}

static const char *clocks_agree(void)
{
	u32 khz = lguest_data.tsc_khz;
	bool agree = false;

	CHECK(clock_wall(NULL) > 1000000000, "the wall clock is not set");
	if (!khz)
		return NULL;
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0);
	clock_start(100);
	irq_on();
	for (u32 i = 0; i < TRIES / 10 && !agree; i++)
		agree = same_stretch(khz);
	clock_stop();
	CHECK(agree, "TSC and wall clock disagree");
	return NULL;
}

/* The first interrupt arms a second one, far away. */
static void on_first_of_two(u32 line)
{
	on_timer(line);
	if (fired == 1)
		arm(4000u * MS); /* as far as a call's 32 bits go */
}

/* STI takes effect after the next instruction: what waits ends the HLT. */
static const char *sti_then_hlt(void)
{
	u32 start;

	fresh();
	irq_install(0, on_first_of_two);
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	start = clock_ms();
	__asm__ volatile("sti; hlt" : : : "memory");
	CHECK(fired == 1 && clock_ms() - start < 3900, "the interrupt came between STI and HLT");
	arm(0);
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
	fresh();
	irq_install(0, on_timer_note_mark);
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	mark = 0;
	__asm__ volatile("sti; movl $1, %0" : "=m"(mark) : : "memory");
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	CHECK_EQ(mark_in_handler, 1, "mark of the instruction after STI");
	fresh();
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	__asm__ volatile("sti; cli" : : : "memory");
	CHECK_EQ(fired, 0, "interrupts between STI and CLI");
	__asm__ volatile("sti; nop; cli" : : : "memory");
	CHECK_EQ(fired, 1, "interrupts after STI and one more");
	fresh();
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	__asm__ volatile("sti; 1: cmpl $0, %0; je 1b" : : "m"(fired) : "memory", "cc");
	CHECK_EQ(fired, 1, "interrupts of a loop behind STI");
	fresh();
	irq_install(0, on_timer_open_loop);
	map_page(user_root, PLACE, page_alloc() | PTE_P | PTE_W);
	memcpy((void *)PLACE, "\xfb\xeb\xfe\xc3", 4); /* sti; 1: jmp 1b; ret */
	arm(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	call_at(PLACE);
	CHECK_EQ(fired, 1, "interrupts of a jump to itself behind STI");
	return NULL;
}

/* An interrupt comes while its line is masked; unmasking tells nobody. It must come all the same
 * and, where instructions are counted (counted=1), before the turn ends. */
static const char *unmasked_silently(void)
{
	u32 worst = 0;

	for (u32 i = 0; i < 20; i++) {
		u32 start, took;

		fresh();
		irq_mask(0);
		arm(MS / 50);
		irq_on();
		pass_time(1);
		start = clock_us();
		lguest_data.blocked_interrupts &= ~1u;
		CHECK(wait_for(&fired, 1, PATIENCE), "the interrupt never came");
		took = clock_us() - start;
		worst = took > worst ? took : worst;
	}
	CHECK(worst < 3000 || !option_u32("counted", 0), "it waited for the end of a turn");
	return NULL;
}

const struct test time_tests[] = {
	{"timer_one_shot", one_shot},
	{"timer_cancelled", cancelled},
	{"timer_replaced", replaced},
	{"timer_periodic", periodic},
	{"halt_wakes", halt_wakes},
	{"halt_with_pending", halt_with_pending},
	{"hlt_instruction", hlt_instruction},
	{"sti_then_hlt", sti_then_hlt},
	{"sti_shadow", sti_shadow},
	{"pending_protocol", pending_protocol},
	{"blocked_line", blocked_line},
	{"unmasked_silently", unmasked_silently},
	{"no_interrupt_at_iret", no_interrupt_at_iret},
	{"fault_at_iret", fault_at_iret},
	{"fpu_over_time", fpu_over_time},
	{"clocks_agree", clocks_agree},
	{NULL, NULL},
};
