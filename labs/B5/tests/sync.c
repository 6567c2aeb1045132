/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mutex, condition, semaphore: nobody in between, nobody forgotten, nobody always last. */
#include "labs/kernel/sync.h"
#include "labs/harness/harness.h"
#include "labs/kernel/trap.h"

#define WORKERS 5
#define ROUNDS	40

static struct mutex lock;
static volatile u32 counter, inside, stop;
static u32 turns[WORKERS * ROUNDS], taken;

static void work(u32 loops)
{
	volatile u32 x = loops;

	while (x)
		x--;
}

static void increment(void *arg)
{
	u32 i, seen;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		mutex_lock(&lock);
		if (inside++)
			stop = 1;
		seen = counter;
		work(1000);
		if (i % 4 == 0)
			thread_yield(); /* while it holds the lock */
		counter = seen + 1;
		inside--;
		mutex_unlock(&lock);
	}
}

static void run_all(const char *name, void (*fn)(void *arg), u32 n)
{
	struct thread *t[WORKERS];
	u32 i;

	for (i = 0; i < n; i++)
		t[i] = thread_start(name, fn, (void *)i);
	for (i = 0; i < n; i++)
		thread_join(t[i]);
}

TEST(b5_mutex)
{
	run_all("increment", increment, WORKERS);
	check_equal("threads inside with another one", 0, stop);
	check_equal("the counter after all increments", WORKERS * ROUNDS, counter);
	check(lock.owner == NULL, "a free mutex");
	note(counter);
}

/* Each wants the lock again at once; those who wait must get it before. */
static void greedy(void *arg)
{
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		mutex_lock(&lock);
		turns[taken++ % ARRAY_LEN(turns)] = (u32)arg;
		if (i == 0)
			thread_sleep(2); /* so that all stand in the queue */
		work(2000);
		mutex_unlock(&lock);
	}
}

TEST(b5_fair)
{
	u32 i, again = 0;

	run_all("greedy", greedy, WORKERS);
	check_equal("turns", WORKERS * ROUNDS, taken);
	for (i = 1; i < WORKERS * ROUNDS - WORKERS; i++)
		again += turns[i] == turns[i - 1];
	check(again < 5, "the lock to go to those who wait, seen %u times that one took it again",
	      again);
	note(taken);
}

TEST(b5_unlock_astray)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
	mutex_unlock(&lock);
}

/* ---- A buffer between producers and consumers, in a storm of interrupts
 * --------------------------- */

#define ITEMS 300
static struct condition not_empty, not_full;
/* One place, so that threads of both sides wait at the same time: a signal that wakes one of the
 * wrong side is lost for good. */
static u32 buffer[1], first, used, got, sum;

static void produce(void *arg)
{
	u32 i;

	for (i = 0; i < ITEMS; i++) {
		mutex_lock(&lock);
		while (used == ARRAY_LEN(buffer))
			condition_wait(&not_full, &lock);
		buffer[(first + used++) % ARRAY_LEN(buffer)] = (u32)arg * ITEMS + i;
		condition_signal(&not_empty);
		mutex_unlock(&lock);
		if (i % 32 == 31)
			thread_sleep(1); /* let them run dry */
	}
}

static void consume(void *arg)
{
	(void)arg;
	for (;;) {
		mutex_lock(&lock);
		while (!used)
			condition_wait(&not_empty, &lock);
		sum += buffer[first];
		first = (first + 1) % ARRAY_LEN(buffer);
		used--;
		got++;
		condition_signal(&not_full);
		mutex_unlock(&lock);
	}
}

/* A timer that fires every 23 us instead of every 10 ms, and gives the turn away each time: what
 * can be interrupted will be. */
static void storm(u32 line)
{
	static u32 fired;

	(void)line;
	hcall(HC_SET_CLOCKEVENT, 23000 + fired % 7 * 1000, 0, 0);
	if (++fired % 100 == 0)
		clock_ticks++;
	clock_hook();
	clock_hook(); /* a turn has two */
}

TEST(b5_condition)
{
	u32 last = 0, quiet = 0;

	irq_register(0, storm);
	thread_start("consume", consume, NULL);
	thread_start("consume", consume, NULL);
	thread_start("produce", produce, (void *)0);
	thread_start("produce", produce, (void *)1);
	/* When nothing moves for long, a wake-up was lost. */
	while (got < 2 * ITEMS && quiet < 40) {
		thread_sleep(2);
		quiet = got == last ? quiet + 1 : 0;
		last = got;
	}
	check(got == 2 * ITEMS,
	      "%u items to come through, seen %u; then all slept: a lost wake-up (%u in the "
	      "buffer)",
	      2 * ITEMS, got, used);
	check_equal("their sum", (2 * ITEMS - 1) * ITEMS, sum);
	note(sum);
}

static struct condition go;
static u32 ready;

static void racer(void *arg)
{
	(void)arg;
	mutex_lock(&lock);
	ready++;
	while (!stop)
		condition_wait(&go, &lock);
	counter++;
	mutex_unlock(&lock);
}

TEST(b5_broadcast)
{
	struct thread *t[WORKERS];
	u32 i;

	for (i = 0; i < WORKERS; i++) {
		t[i] = thread_start("racer", racer, NULL);
		if (!check(t[i] != NULL, "a thread to start"))
			return;
	}
	while (ready < WORKERS)
		thread_yield();
	thread_sleep(2);
	check_equal("racers on their way before the start", 0, counter);
	mutex_lock(&lock);
	stop = 1;
	condition_signal(&go);
	mutex_unlock(&lock);
	thread_sleep(2);
	check_equal("racers on their way after a signal", 1, counter);
	condition_broadcast(&go);
	thread_sleep(2);
	check_equal("racers on their way after a broadcast", WORKERS, counter);
	for (i = 0; i < WORKERS; i++)
		thread_join(t[i]);
	note(counter);
}

/* ---- A semaphore that an interrupt handler ups
 * ---------------------------------------------------- */

static struct semaphore events;
static u32 sent;

static void (*rest_of_tick)(void);

static void send(void)
{
	if (sent < 40) {
		sent += 2;
		semaphore_up(&events);
		semaphore_up(&events);
	}
	rest_of_tick();
}

static void receiver(void *arg)
{
	u32 i;

	(void)arg;
	for (i = 0; i < 20; i++) {
		semaphore_down(&events);
		counter++;
	}
}

TEST(b5_semaphore)
{
	interrupts_off();
	rest_of_tick = clock_hook;
	clock_hook = send;
	interrupts_on();
	thread_start("receiver", receiver, NULL);
	thread_start("receiver", receiver, NULL);
	thread_sleep(60);
	check_equal("events that were received", 40, counter);
	check_equal("events that were sent", 40, sent);
	check_equal("the count that is left", 0, events.count);
	note(counter);
}
