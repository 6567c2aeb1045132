/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock ticks: while the kernel sleeps, while it computes, and not while interrupts are off. */
#include "labs/harness/harness.h"
#include "labs/kernel/trap.h"

static u64 tsc(void)
{
	u64 t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

/* Microseconds since *start, which moves on. */
static u32 since(u64 *start)
{
	u64 now = tsc();
	u32 cycles = (u32)(now - *start);

	*start = now;
	return cycles / (lguest_data.tsc_khz / 1000);
}

/* Do ticks come at all, while the kernel is awake? Without a clock it would sleep for ever. */
static bool clock_runs(void)
{
	u32 before = clock_ticks;
	u64 start = tsc();

	while (clock_ticks - before < 3 && tsc() - start < (u64)lguest_data.tsc_khz * 100)
		;
	return check(clock_ticks - before >= 3, "3 ticks in 100 ms, seen %u", clock_ticks - before);
}

/* Until so many ticks passed; false when they do not come. */
static bool sleep_ticks(u32 n)
{
	u32 until, tries;

	if (!clock_runs())
		return false;
	until = clock_ticks + n;
	for (tries = 0; (s32)(until - clock_ticks) > 0; tries++) {
		if (!check(tries < 10 * n, "a tick, 10 ms after the last one (%u came)",
			   clock_ticks))
			return false;
		interrupts_off();
		wait_for_interrupt();
		interrupts_on();
	}
	return true;
}

TEST(b2_ticks)
{
	u64 start;
	u32 us, i;

	if (!sleep_ticks(1))
		return;
	start = tsc();
	for (i = 0; i < 20; i++) {
		interrupts_off();
		wait_for_interrupt();
		interrupts_on();
	}
	us = since(&start);
	check(us > 195000 && us < 205000, "200 ms for 20 ticks, seen %u us", us);
	note(20);
}

static u32 busy(u32 rounds, u32 x)
{
	while (rounds--)
		x = (x << 7 | x >> 25) * 1664525 + 1013904223;
	return x;
}

/* The same computation, once with the clock's interrupts in between. */
TEST(b2_busy)
{
	u32 seed = random_number(), before, quiet, disturbed;

	interrupts_off();
	quiet = busy(20000000, seed);
	interrupts_on();
	before = clock_ticks;
	disturbed = busy(20000000, seed);
	check(clock_ticks - before >= 4, "at least 4 ticks while the kernel computes, seen %u",
	      clock_ticks - before);
	check_equal("the sum, with interrupts in between", quiet, disturbed);
	note(disturbed);
}

static volatile u32 seen_on, in_handler, deepest, spent;

static void look(void)
{
	if (++in_handler > deepest)
		deepest = in_handler;
	if (*(volatile u32 *)&lguest_data.irq_enabled & EFLAGS_IF)
		seen_on++;
	if (deepest < 5)
		spent += busy(3000000, 1); /* more than a tick's time */
	in_handler--;
}

static volatile u32 left;

static void on_leaving(void)
{
	left++;
}

static void ignore(struct trap_frame *f)
{
	(void)f;
}

/* The scheduler of B5 may only take the CPU from code that can be interrupted. */
static void leaving(void)
{
	trap_register(TRAP_BREAKPOINT, ignore);
	interrupts_off();
	trap_leaving = on_leaving;
	__asm__ volatile("int3" : : : "memory");
	check_equal("calls of trap_leaving for code with interrupts off", 0, left);
	interrupts_on();
	__asm__ volatile("int3" : : : "memory");
	interrupts_off();
	trap_leaving = NULL;
	check(left >= 1, "a call of trap_leaving for code with interrupts on, seen none");
	note(left >= 1);
	part("leaving");
}

TEST(b2_off)
{
	u32 before;

	if (!sleep_ticks(1))
		return;
	interrupts_off();
	before = clock_ticks;
	note(busy(20000000, 1));
	check_equal("ticks while interrupts are off", 0, clock_ticks - before);
	interrupts_on(); /* one waited; there is only one of each line */
	check_equal("ticks at once when they are on again", 1, clock_ticks - before);
	part("off");

	clock_hook = look;
	sleep_ticks(5);
	clock_hook = NULL;
	check_equal("handlers that ran with interrupts on", 0, seen_on);
	check_equal("handlers at the same time", 1, deepest);
	note(seen_on);
	part("handler");

	interrupts_off();
	wait_for_interrupt();
	check_equal("the flag behind wait_for_interrupt()", 0, lguest_data.irq_enabled & EFLAGS_IF);
	note(lguest_data.irq_enabled);
	part("wait");
	leaving();
}

static u32 line_seen, line_count;

static void on_line(u32 line)
{
	line_seen = line;
	line_count++;
}

/* A line that nobody asked for stays masked; one that was registered reaches its function. */
TEST(b2_lines)
{
	u32 i, masked = *(volatile u32 *)&lguest_data.blocked_interrupts;

	check_equal("the clock's line, masked", 0, masked & 1);
	check_equal("the lines of devices, masked", 0xfffe, masked & 0xfffe);
	irq_register(1, on_line);
	check_equal("line 1, masked after it was registered", 0,
		    *(volatile u32 *)&lguest_data.blocked_interrupts & 2);
	for (i = 0; i < 5; i++)
		puts("b2_lines: the console interrupts when it has printed\n");
	interrupts_off();
	interrupts_on();
	check(line_count > 0, "an interrupt of line 1, the console's");
	check_equal("its number", 1, line_seen);
	note(line_seen);
}
