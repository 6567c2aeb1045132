/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads: begin, take turns, wait, end. */
#include "labs/harness/harness.h"
#include "labs/kernel/thread.h"
#include "labs/kernel/trap.h"

static u32 order[64];
static volatile u32 done;

/* Its own local variables, over many changes of threads. */
static void turns(void *arg)
{
	u32 me = (u32)arg, i, a = me * 3, b = me * 5, c = me * 7, d = me * 11;

	for (i = 0; i < 8; i++) {
		order[done++ % ARRAY_LEN(order)] = me;
		thread_yield();
		a += b;
		b ^= c;
		c -= d;
		d = d << 1 | d >> 31;
	}
	note(a ^ b ^ c ^ d);
}

TEST(b5_turns)
{
	struct thread *t[4];
	u32 i, n;

	for (i = 0; i < 4; i++) {
		t[i] = thread_start("turns", turns, (void *)(i + 1));
		check(t[i] != NULL, "a thread");
	}
	check_equal("turns before anybody gave way", 0, done);
	part("start");
	for (i = 0; i < 20; i++)
		thread_yield();
	for (i = 0; i < 4; i++)
		thread_join(t[i]);
	n = done;
	check_equal("turns of four threads, eight each", 32, n);
	for (i = 0; i < MIN(n, 32); i++)
		check_equal("whose turn it is: they wait in a queue", i % 4 + 1, order[i]);
	note(n);
	part("order");
}

static u32 use_stack(u32 depth, u32 x)
{
	volatile u32 here[20];
	u32 i;

	for (i = 0; i < 20; i++)
		here[i] = x * 31 + i;
	if (depth % 7 == 0)
		thread_yield();
	return depth ? use_stack(depth - 1, x + 1) ^ here[x % 20] : here[3];
}

static u32 wanted(u32 depth, u32 x)
{
	return depth ? wanted(depth - 1, x + 1) ^ (x * 31 + x % 20) : x * 31 + 3;
}

static void stacks(void *arg)
{
	u32 x = *(u32 *)arg;

	*(u32 *)arg = use_stack(40, x);
	done++;
}

/* Fifty threads, as many at a time as there are: stacks apart, slots used again, ids that differ.
 */
TEST(b5_stacks)
{
	struct thread *t[THREADS];
	u32 x[THREADS], want[THREADS], round, i, n, last_id = 0, all = 0;

	for (round = 0; round < 4; round++) {
		for (n = 0; n < THREADS; n++) {
			x[n] = random_number() & 0xffff;
			want[n] = wanted(40, x[n]);
			t[n] = thread_start("stacks", stacks, &x[n]);
			if (!t[n])
				break;
			check(t[n]->id > last_id, "a new id, above %u, seen %u", last_id, t[n]->id);
			last_id = t[n]->id;
		}
		check(n >= 8 && n < THREADS, "NULL when all %u threads are in use, seen %u started",
		      THREADS, n);
		for (i = 0; i < n; i++) {
			thread_join(t[i]);
			check_equal("what a thread computed on its stack", want[i], x[i]);
			note(x[i]);
		}
		all += n;
	}
	check_equal("threads that came to their end", all, done);
}

#define SPIN_MOST 150 /* ticks: others shall have had their turns long before */

static void spin(void *arg)
{
	volatile u32 *count = arg;

	while (!done && clock_ticks < SPIN_MOST)
		(*count)++;
}

/* Nobody gives way, and all get the same time. The threads count; so do the clock's ticks. */
TEST(b5_preempt)
{
	static volatile u32 count[4];
	struct thread *t[4];
	u32 i, until, ticks = 0;

	for (i = 0; i < 4; i++)
		t[i] = thread_start("spin", spin, (void *)&count[i]);
	until = clock_ticks + 80;
	thread_sleep(80);
	check(clock_ticks - until < 20, "the sleeper to get its turn soon, seen %u ticks later",
	      clock_ticks - until);
	for (i = 0; i < 4; i++) {
		check(count[i] > 0, "a turn for thread %u, beside those that never give way", i);
		check(t[i]->ticks >= 16 && t[i]->ticks <= 24,
		      "20 of 80 ticks for thread %u of four, seen %u", i, t[i]->ticks);
		ticks += t[i]->ticks;
	}
	check(ticks >= 78, "nearly all ticks to have found one of them, seen %u of 80", ticks);
	done = 1;
	for (i = 0; i < 4; i++)
		thread_join(t[i]);
	note(done);
}

static u32 woken[8], how_many;

static void sleeper(void *arg)
{
	u32 ticks = (u32)arg, start = clock_ticks;

	thread_sleep(ticks);
	woken[how_many++ % 8] = ticks;
	check(clock_ticks - start >= ticks, "a sleep of %u ticks or more, seen %u", ticks,
	      clock_ticks - start);
	check(clock_ticks - start <= ticks + 4, "the sleeper awake after %u ticks, seen %u", ticks,
	      clock_ticks - start);
}

TEST(b5_sleep)
{
	static const u8 ticks[] = {9, 3, 14, 6, 11};
	struct thread *t[5];
	u32 i, before = clock_ticks;

	for (i = 0; i < 5; i++)
		t[i] = thread_start("sleeper", sleeper, (void *)(u32)ticks[i]);
	for (i = 0; i < 5; i++)
		thread_join(t[i]);
	check_equal("sleepers that woke up", 5, how_many);
	for (i = 1; i < 5; i++)
		check(woken[i - 1] < woken[i],
		      "them in the order of their times, seen %u before %u", woken[i - 1],
		      woken[i]);
	check(clock_ticks - before <= 20, "all of them to sleep at the same time, seen %u ticks",
	      clock_ticks - before);
	thread_sleep(0);
	note(how_many);
}

static u32 forever(u32 x)
{
	volatile u32 here[100];

	here[0] = x;
	return x == 1000000 ? 0 : forever(here[0] + 1) + here[0];
}

static void overflow(void *arg)
{
	puts("b5_overflow: going down\n");
	*(u32 *)arg = forever(0);
}

/* A stack that runs out says so, and spoils no other. */
TEST(b5_overflow)
{
	u32 x;

	thread_join(thread_start("overflow", overflow, &x));
}
