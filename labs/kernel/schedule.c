/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is. Threads that could run stand in one queue; each gets a slice of time, then the
 * next one. */
#include "labs/kernel/schedule.h"
#include "labs/kernel/trap.h"

static struct queue ready;
static u32 slice;	  /* ticks that are left of this turn */
static bool turn_is_over; /* at the next return from a trap, somebody else shall run */

static void append(struct queue *q, struct thread *t)
{
	t->next = NULL;
	if (q->first)
		q->last->next = t;
	else
		q->first = t;
	q->last = t;
}

static struct thread *take_first(struct queue *q)
{
	struct thread *t = q->first;

	if (t)
		q->first = t->next;
	return t;
}

/*
 * Go on with another stack. Of the registers that a C function must keep, EBX and EBP are pushed on
 * the old one, and of the others the compiler is told that they change. Then comes the place to go
 * on at; whoever switches back returns to that place.
 */
static NOINLINE void switch_stacks(u32 *save, u32 load)
{
	__asm__ volatile("pushl %%ebp\n\t"
			 "pushl %%ebx\n\t"
			 "pushl $1f\n\t"
			 "movl %%esp, (%0)\n\t"
			 "movl %1, %%esp\n\t"
			 "ret\n"
			 "1:\n\t"
			 "popl %%ebx\n\t"
			 "popl %%ebp"
			 : "+a"(save), "+d"(load)
			 :
			 : "ecx", "esi", "edi", "memory", "cc");
}

static void switch_to(struct thread *next)
{
	struct thread *old = current;

	current = next;
	slice = SLICE_TICKS;
	if (next->user_esp) /* where traps from ring 3 begin, of this thread's program */
		hcall(HC_SET_STACK, GUEST_KERNEL_DS, next->user_esp, 1);
	if (next->space != current_space)
		space_load(next->space);
	switch_stacks(&old->esp, next->esp);
}

void schedule(void)
{
	struct thread *next = take_first(&ready);

	turn_is_over = false;
	if (!next)
		next = current->state == THREAD_READY ? current : idle;
	if (next != current)
		switch_to(next);
}

void make_ready(struct thread *t)
{
	t->state = THREAD_READY;
	if (t != idle)
		append(&ready, t);
	if (current == idle)
		turn_is_over = true;
}

/* The rest of this turn goes to the others. */
void thread_yield(void)
{
	u32 flags = interrupts_off();

	make_ready(current);
	schedule();
	interrupts_restore(flags);
}

void wait(struct queue *q)
{
	current->state = THREAD_WAITING;
	append(q, current);
	schedule();
}

struct thread *wake_one(struct queue *q)
{
	u32 flags = interrupts_off();
	struct thread *t = take_first(q);

	if (t)
		make_ready(t);
	interrupts_restore(flags);
	return t;
}

void wake_all(struct queue *q)
{
	while (wake_one(q))
		;
}

/* In the timer's interrupt. */
static void count_slice(void)
{
	current->ticks++;
	if (slice)
		slice--;
	if (!slice)
		turn_is_over = true;
	wake_sleepers();
}

/* At the end of an interrupt, before the code that it interrupted goes on. */
static void preempt(void)
{
	u32 flags = interrupts_off();

	if (turn_is_over)
		thread_yield();
	interrupts_restore(flags);
}

void schedule_init(void)
{
	slice = SLICE_TICKS;
	clock_hook = count_slice;
	trap_leaving = preempt;
}
