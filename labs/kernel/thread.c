/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads: made, ended, put to sleep. */
#include "labs/kernel/thread.h"
#include "labs/kernel/schedule.h"
#include "labs/kernel/trap.h"

/* Below each stack is a page that is not mapped: one that overflows spoils no other. */
struct stack {
	u8 guard[PAGE_SIZE], bytes[STACK_SIZE];
} __attribute__((aligned(4096)));

static struct thread threads[THREADS] = {
	{.state = THREAD_READY, .name = "main", .space = &kernel_space},
};
static struct stack stacks[THREADS]; /* the first thread has its own already */
struct thread *current = &threads[0], *idle;

/* Where a new thread begins: schedule() comes here instead of going back to a caller. */
static void begin(void)
{
	interrupts_on();
	current->fn(current->arg);
	thread_exit();
}

/* A stack that looks like that of a thread which called switch_stacks(): a return address is all
 * that it pops. */
static u32 first_stack(struct stack *s)
{
	u32 *top = (u32 *)(s->bytes + STACK_SIZE);

	*--top = 0; /* begin() has no caller: a backtrace ends here */
	*--top = (u32)begin;
	return (u32)top;
}

static struct thread *free_thread(void)
{
	u32 i;

	for (i = 0; i < THREADS; i++)
		if (threads[i].state == THREAD_FREE)
			return &threads[i];
	return NULL;
}

struct thread *thread_start(const char *name, void (*fn)(void *arg), void *arg)
{
	static u32 last_id;
	u32 flags = interrupts_off();
	struct thread *t = free_thread();

	if (t) {
		*t = (struct thread){.name = name,
				     .id = ++last_id,
				     .esp = first_stack(&stacks[t - threads]),
				     .space = &kernel_space,
				     .fn = fn,
				     .arg = arg};
		make_ready(t);
	}
	interrupts_restore(flags);
	return t;
}

void thread_exit(void)
{
	interrupts_off();
	current->state = THREAD_ENDED;
	wake_all(&current->joining);
	schedule();
	panic("thread %s runs after its end", current->name);
}

void thread_join(struct thread *t)
{
	u32 flags = interrupts_off();

	while (t->state != THREAD_ENDED)
		wait(&t->joining);
	t->state = THREAD_FREE;
	interrupts_restore(flags);
}

void thread_sleep(u32 ticks)
{
	u32 flags = interrupts_off();

	if (ticks) {
		current->state = THREAD_SLEEPING;
		current->wake_at = clock_ticks + ticks;
		schedule();
	}
	interrupts_restore(flags);
}

void wake_sleepers(void)
{
	u32 i;

	for (i = 0; i < THREADS; i++)
		if (threads[i].state == THREAD_SLEEPING &&
		    (s32)(clock_ticks - threads[i].wake_at) >= 0)
			make_ready(&threads[i]);
}

/* Runs when nobody else wants to. */
static void be_idle(void *arg)
{
	(void)arg;
	interrupts_off();
	for (;;)
		wait_for_interrupt();
}

void threads_init(void)
{
	u32 i;

	for (i = 0; i < THREADS; i++)
		unmap(&kernel_space, (u32)stacks[i].guard);
	idle = free_thread(); /* known before it starts, so that it is kept out of the queue */
	thread_start("idle", be_idle, NULL);
	schedule_init();
}
