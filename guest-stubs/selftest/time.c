/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts, the clock event, FPU state over time. A busy machine must not make a test fail:
 * bounds are wide, and what another program may have spoiled is tried again. */
#include "guest-stubs/selftest/selftest.h"

#define TRIES 100u /* for what a pause of the whole machine spoils */

static const char *one_shot(void)
{
	u32 start;

	alarm_fresh();
	start = clock_ms();
	alarm_in(20 * MS);
	irq_on();
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	CHECK(clock_ms() - start >= 19, "too early");
	pass_time(60);
	CHECK_EQ(fired, 1, "interrupts");
	CHECK_EQ(flag_in_handler, 0, "virtual IF in the handler");
	return NULL;
}

/* Arm for 20 ms and give another order before these are over. */
static bool rearm(u32 second)
{
	for (u32 i = 0; i < TRIES; i++) {
		u32 start;

		alarm_fresh();
		start = clock_us();
		alarm_in(20 * MS);
		alarm_in(second);
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

	alarm_fresh();
	start = clock_ms();
	alarm_in(20 * MS);
	halt();
	CHECK_EQ(fired, 1, "interrupts");
	CHECK_EQ(lguest_data.irq_enabled & EFLAGS_IF, EFLAGS_IF, "virtual IF after halt");
	CHECK(clock_ms() - start >= 19, "halt came back too early");
	return NULL;
}

static const char *halt_with_pending(void)
{
	alarm_fresh();
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	CHECK_EQ(fired, 0, "interrupts with the flag off");
	halt(); /* must not sleep: there is no other event to wake it */
	CHECK_EQ(fired, 1, "interrupts");
	return NULL;
}

static const char *hlt_instruction(void)
{
	alarm_fresh();
	alarm_in(10 * MS);
	__asm__ volatile("sti; hlt" : : : "memory");
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt");
	return NULL;
}

static const char *pending_protocol(void)
{
	u32 i;

	alarm_fresh();
	alarm_in(MS);
	CHECK(wait_for(&lguest_data.irq_pending, EFLAGS_IF, PATIENCE), "irq_pending was not set");
	CHECK_EQ(fired, 0, "interrupts with the flag off");
	irq_on();
	CHECK_EQ(fired, 1, "interrupts after turning the flag on");
	CHECK_EQ(lguest_data.irq_pending, 0, "irq_pending after delivery");
	/* a flag word like one copied from EFLAGS: only bit 9 counts */
	alarm_fresh();
	lguest_data.irq_enabled = 0x046;
	alarm_in(MS);
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
	alarm_fresh();
	irq_mask(0);
	alarm_in(MS);
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
	alarm_fresh();
	irq_mask(0);
	alarm_in(MS);
	irq_on();
	pass_time(20);
	lguest_data.blocked_interrupts &= ~1u; /* not told to anybody */
	CHECK(wait_for(&fired, 1, PATIENCE), "no interrupt after a silent unmask");
	return NULL;
}

/* ---- State over time ---------------------------------------------------------------------- */

static const char *fpu_over_time(void)
{
	s32 a = 12345678, b = -7, back = 0;
	u16 cw = 0, status = 0x5a5a;

	__asm__ volatile("fninit; fnstsw %0" : "+m"(status));
	if (status == 0x5a5a)
		return NULL; /* this machine has no FPU */
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

/* An interrupt comes while its line is masked; unmasking tells nobody. It must come all the same
 * and, where instructions are counted (counted=1), before the turn ends. */
static const char *unmasked_silently(void)
{
	u32 worst = 0;

	for (u32 i = 0; i < 20; i++) {
		u32 start, took;

		alarm_fresh();
		irq_mask(0);
		alarm_in(MS / 50);
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
	{"pending_protocol", pending_protocol},
	{"blocked_line", blocked_line},
	{"unmasked_silently", unmasked_silently},
	{"fpu_over_time", fpu_over_time},
	{"clocks_agree", clocks_agree},
	{NULL, NULL},
};
