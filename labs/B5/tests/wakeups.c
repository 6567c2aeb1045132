/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No wake-up is lost, wherever an interrupt comes: a thread that waits is run a step at a time (the
 * CPU's trap flag), and at its n-th instruction that could be interrupted the thread that wakes it
 * gets its turn. For each n, one try.
 */
#include "labs/harness/harness.h"
#include "labs/kernel/sync.h"
#include "labs/kernel/trap.h"

#define TRAP_STEP 1
#define EFLAGS_TF 0x100u
#define TRIES	  400
#define ROUNDS	  8    /* of yields: enough for everybody to run until it waits */
#define PATIENCE  1000 /* for the first of them to begin */

static struct thread *waiter;
static u32 steps, give_way_at;
static volatile bool begun, flag, woken;
static struct mutex lock;
static struct condition changed;
static struct semaphore events;

static void step(struct trap_frame *f)
{
	if (current != waiter)
		f->eflags &= ~EFLAGS_TF;
	else if ((f->eflags & EFLAGS_IF) && steps++ == give_way_at)
		thread_yield();
}

static void steps_on(void)
{
	__asm__ volatile("pushf\n\torl $0x100, (%%esp)\n\tpopf" : : : "memory", "cc");
}

static void steps_off(void)
{
	__asm__ volatile("pushf\n\tandl $~0x100, (%%esp)\n\tpopf" : : : "memory", "cc");
}

static void condition_waiter(void *arg)
{
	(void)arg;
	mutex_lock(&lock);
	begun = true;
	steps_on();
	while (!flag)
		condition_wait(&changed, &lock);
	steps_off();
	mutex_unlock(&lock);
	woken = true;
}

static void condition_waker(void *arg)
{
	(void)arg;
	while (!begun)
		thread_yield();
	mutex_lock(&lock);
	flag = true;
	condition_signal(&changed);
	mutex_unlock(&lock);
}

static void semaphore_waiter(void *arg)
{
	(void)arg;
	begun = true;
	steps_on();
	semaphore_down(&events);
	steps_off();
	woken = true;
}

static void semaphore_waker(void *arg)
{
	(void)arg;
	while (!begun)
		thread_yield();
	semaphore_up(&events);
}

/* Give up at the first wake-up that is lost: the waiter would sleep for ever. */
static bool try_one(void (*wait_fn)(void *arg), void (*wake_fn)(void *arg))
{
	struct thread *other;
	u32 i;

	begun = flag = woken = false;
	steps = 0;
	waiter = thread_start("waiter", wait_fn, NULL);
	other = thread_start("waker", wake_fn, NULL);
	for (i = 0; i < PATIENCE && (i < ROUNDS || !begun); i++)
		thread_yield();
	if (!check(woken,
		   "the waiter to wake up; seen: a lost wake-up, when it was interrupted at step "
		   "%u of its wait",
		   give_way_at))
		return false;
	thread_join(waiter);
	thread_join(other);
	return true;
}

static void try_all(void (*wait_fn)(void *arg), void (*wake_fn)(void *arg))
{
	u32 most = 0;

	trap_register(TRAP_STEP, step);
	for (give_way_at = 0; give_way_at < TRIES; give_way_at++) {
		if (!try_one(wait_fn, wake_fn))
			return;
		most = steps > most ? steps : most;
		if (give_way_at > steps) /* it was not interrupted any more */
			break;
	}
	check(most > 3, "a wait that can be interrupted somewhere, seen %u steps", most);
}

TEST(b5_wakeups)
{
	try_all(condition_waiter, condition_waker);
	part("condition");
	try_all(semaphore_waiter, semaphore_waker);
	note(events.count);
	part("semaphore");
}
