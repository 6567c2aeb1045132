/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue of deadlines (hv/time/timer.c) on the development machine. The model's CPU has no TSC,
 * so time is what the tick's handler was called for: a millisecond each.
 */
#include "devices/host/apic.h"
#include "devices/host/counter.h"
#include "devices/host/hpet.h"
#include "devices/host/irq.h"
#include "devices/host/pit.h"
#include "hv/time/rate.h"
#include "hv/time/time.h"
#include "lib/cpu.h"

#include <stdio.h>

#define MS    1000000ull
#define COUNT 40u

struct cpu_features cpu;

static host_irq_fn *tick;
static struct timer timer[COUNT];
static unsigned order[4 * COUNT], fired;
static const char *test;
static bool failed;

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	(void)irq;
	(void)ctx;
	tick = fn;
	return HV_OK;
}

void host_irq_take(void)
{
	tick(NULL);
}

bool pic_pending(unsigned irq)
{
	(void)irq;
	return false;
}

bool apic_pass_pic(void)
{
	return false;
}

static u32 programmed, times_programmed;

void pit_oneshot(u32 ticks)
{
	programmed = ticks;
	times_programmed++;
}

void pit_periodic(u32 hz)
{
	(void)hz;
}

u32 pit_read(void)
{
	return PIT_HZ / 1000u; /* the tick has just begun */
}

bool pit_present(void)
{
	return true;
}

/* What this model has not got. */
u32 tsc_calibrate(const char **by)
{
	(void)by;
	return 0;
}

bool pic_replace(void)
{
	return false;
}

bool hpet_open(void)
{
	return false;
}

void hpet_oneshot(u32 ticks)
{
	(void)ticks;
}

bool apic_timer_open(u32 tsc_khz)
{
	(void)tsc_khz;
	return false;
}

void apic_timer_oneshot(u32 ticks)
{
	(void)ticks;
}

void apic_watch(void)
{
}

void apic_watch_kick(void)
{
}

void apic_timer_served(void)
{
}

static void expect(const char *what, unsigned long long seen, unsigned long long wanted)
{
	if (seen == wanted || failed)
		return;
	failed = true;
	printf("not ok %s: %s: expected %llu, seen %llu\n", test, what, wanted, seen);
}

static void note(struct timer *t)
{
	if (fired < ARRAY_LEN(order))
		order[fired] = (unsigned)(t - timer);
	fired++;
}

/* A tick is a little shorter than a millisecond. */
static void pass(unsigned ms)
{
	u64 until = now_ns() + ms * MS;

	while (now_ns() < until)
		tick(NULL);
}

/* Milliseconds from now. */
static void arm(unsigned n, unsigned ms)
{
	timer_arm(&timer[n], now_ns() + ms * MS);
}

static void begin(const char *name)
{
	test = name;
	failed = false;
	fired = 0;
	for (unsigned i = 0; i < COUNT; i++) {
		timer_cancel(&timer[i]);
		timer[i].fire = note;
	}
}

static void end(void)
{
	if (!failed)
		printf("ok %s\n", test);
}

static void by_deadline(void)
{
	static const unsigned ms[] = {30, 10, 50, 20, 40}, wanted[] = {1, 3, 0, 4, 2};

	begin("by_deadline");
	for (unsigned i = 0; i < ARRAY_LEN(ms); i++)
		arm(i, ms[i]);
	timer_run();
	expect("fired before the first deadline", fired, 0);
	pass(25);
	timer_run();
	expect("fired after 25 ms", fired, 2);
	pass(100);
	timer_run();
	expect("fired in all", fired, ARRAY_LEN(ms));
	for (unsigned i = 0; i < ARRAY_LEN(ms); i++)
		expect("the next to fire", order[i], wanted[i]);
	timer_run();
	expect("fired twice", fired, ARRAY_LEN(ms));
	end();
}

static void same_deadline(void)
{
	u64 when = now_ns() + 5 * MS;

	begin("same_deadline");
	for (unsigned i = 0; i < 4; i++)
		timer_arm(&timer[i], when);
	pass(6);
	timer_run();
	expect("fired", fired, 4);
	for (unsigned i = 0; i < 4; i++)
		expect("in the order they were armed", order[i], i);
	end();
}

static void cancelled(void)
{
	begin("cancelled");
	for (unsigned i = 0; i < 5; i++)
		arm(i, 10 + i);
	timer_cancel(&timer[0]); /* the first, one between, the last, one twice, one never armed */
	timer_cancel(&timer[2]);
	timer_cancel(&timer[4]);
	timer_cancel(&timer[2]);
	timer_cancel(&timer[30]);
	expect("armed after it was cancelled", timer[2].armed, 0);
	pass(30);
	timer_run();
	expect("fired", fired, 2);
	expect("the first", order[0], 1);
	expect("the second", order[1], 3);
	end();
}

static void armed_again(void)
{
	begin("armed_again");
	for (unsigned i = 0; i < 3; i++)
		arm(i, 10);
	arm(0, 50); /* later than before, and earlier */
	arm(2, 5);
	pass(20);
	timer_run();
	expect("fired by 20 ms", fired, 2);
	expect("the first", order[0], 2);
	expect("the second", order[1], 1);
	pass(40);
	timer_run();
	expect("fired by 60 ms", fired, 3);
	end();
}

static void periodic(struct timer *t)
{
	note(t);
	if (fired < 3)
		timer_arm(t, t->when + 10 * MS);
}

static void cancels_next(struct timer *t)
{
	note(t);
	timer_cancel(&timer[1]);
	arm(2, 0);
}

/* What fires may arm itself, cancel one that is due, and arm one that is. */
static void while_firing(void)
{
	begin("while_firing");
	timer[0].fire = periodic;
	arm(0, 10);
	for (unsigned i = 1; i <= 3; i++) {
		pass(10);
		timer_run();
		expect("fired", fired, i);
	}
	pass(50);
	timer_run();
	expect("fired in all", fired, 3);
	fired = 0;
	timer[0].fire = cancels_next;
	arm(0, 5);
	arm(1, 6);
	pass(10);
	timer_run();
	expect("fired of three, one cancelled", fired, 2);
	expect("the second", order[1], 2);
	end();
}

/* The machine's own timer is set for the earliest: whoever becomes that says so. */
static void stale(void)
{
	begin("stale");
	arm(0, 20);
	timer_stale = false;
	arm(1, 30);
	expect("timer_stale after a later one", timer_stale, false);
	arm(2, 10);
	expect("timer_stale after an earlier one", timer_stale, true);
	end();
}

static void many(void)
{
	unsigned random = 12345, armed = 0;
	u64 last = 0;

	begin("many");
	for (unsigned i = 0; i < 1000; i++) {
		random = random * 1103515245u + 12345u;
		if (random >> 16 & 3)
			arm(random >> 18 & 31, random >> 23 & 255);
		else
			timer_cancel(&timer[random >> 18 & 31]);
	}
	for (unsigned i = 0; i < 32; i++)
		armed += timer[i].armed;
	pass(256);
	timer_run();
	expect("armed at all", armed > 0, true);
	expect("fired", fired, armed);
	for (unsigned i = 0; i < MIN(fired, COUNT); i++) {
		expect("earlier than its forerunner", timer[order[i]].when < last, false);
		last = timer[order[i]].when;
	}
	end();
}

/* With a clock that runs by itself: the PIT is set so that it does not fire early, and once. */
static void machine(void)
{
	const u32 most = 0xffff, tick_ns = 838;

	begin("machine");
	time_set_tsc_khz(1000000); /* whatever it is here: a cycle is a nanosecond */
	for (u32 i = 0; i < 2000; i++) {
		u64 when = now_ns() + 20000 + i * 137, left;

		timer_arm(&timer[0], when);
		programmed = 0;
		timer_program();
		left = now_ns(); /* it was less when the PIT was set */
		left = when > left ? when - left : 0;
		expect("a PIT that fires before the deadline",
		       (u64)programmed * 838095u / 1000u < left, false);
		expect("a PIT that fires much later than the deadline",
		       programmed > (20000 + i * 137) / tick_ns + 2, false);
		timer_cancel(&timer[0]);
		tick(NULL);
	}
	arm(0, 1000);
	timer_program();
	expect("ticks of the PIT for a second", programmed, most);
	times_programmed = 0;
	timer_program();
	if (now_ns() < timer[0].when - 950 * MS) /* and the machine has not stood still */
		expect("settings of a PIT that was set", times_programmed, 0);
	end();
}

int main(void)
{
	setbuf(stdout, NULL);
	time_init(0);
	by_deadline();
	same_deadline();
	cancelled();
	armed_again();
	while_firing();
	stale();
	many();
	machine();
	return 0;
}
