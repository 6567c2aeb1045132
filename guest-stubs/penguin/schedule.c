/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler: round robin; a waiting task names a condition that is looked at whenever somebody
 * is to be chosen, so no wake-up is lost. A switch makes the hypercalls that Linux makes: LOAD_TLS,
 * NEW_PGTABLE, SET_STACK and perhaps TS in the ring, then FLUSH_ASYNC.
 */
#include "guest-stubs/penguin/penguin.h"

void task_switch(u32 *save_esp, u32 load_esp);

static u8 stacks[TASKS][STACK_BYTES] ALIGNED(4096);
static bool reschedule;

/* ---- What a switch carries over ----------------------------------------------------------- */

void load_tls(void)
{
	/* A selector whose descriptor goes away must not stay in a register. */
	__asm__ volatile("movl %0, %%gs" : : "r"(0));
	hcall_async(HC_LOAD_TLS, phys(current->tls), 0, 0, 0);
}

u8 *task_stack_top(const struct task *t)
{
	return stacks[t - tasks] + STACK_BYTES;
}

static void switch_to(struct task *next)
{
	struct task *previous = current;

	fpu_leave(previous, next);
	current = next;
	load_tls();
	hcall_async(HC_NEW_PGTABLE, next->space ? next->space->root : kernel_root, 0, 0, 0);
	hcall_async(HC_SET_STACK, GUEST_KERNEL_DS, (u32)task_stack_top(next),
		    STACK_BYTES / PAGE_SIZE, 0);
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	fpu_arrive(next);
	task_switch(&previous->esp, next->esp);
}

/* ---- Scheduling --------------------------------------------------------------------------- */

static void on_tick(void)
{
	struct task *t;

	reschedule = true;
	for (t = tasks; t < tasks + TASKS; t++)
		if (t->alarm_at && (s32)(clock_ticks - t->alarm_at) >= 0) {
			t->alarm_at = t->alarm_every ? clock_ticks + t->alarm_every : 0;
			signal_send(t, SIGALRM);
		}
}

static bool runnable(struct task *t)
{
	if (t->state == TASK_WAITING && (t->ready(t->ready_arg) || signal_waits(t)))
		t->state = TASK_READY;
	return t->state == TASK_READY;
}

static struct task *choose(void)
{
	u32 at = (u32)(current - tasks), i;

	for (i = 1; i <= TASKS; i++) {
		struct task *t = &tasks[(at + i) % TASKS];

		if (runnable(t))
			return t;
	}
	return NULL;
}

void task_yield(void)
{
	u32 flags = irq_save();
	struct task *next;

	reschedule = false;
	while (!(next = choose()))
		halt_off();
	if (next != current)
		switch_to(next);
	irq_restore(flags);
}

bool task_wait(bool (*ready)(u32), u32 arg)
{
	current->ready = ready;
	current->ready_arg = arg;
	current->state = TASK_WAITING;
	task_yield();
	return ready(arg);
}

static bool time_reached(u32 tick)
{
	return (s32)(clock_ticks - tick) >= 0;
}

bool task_sleep(u32 ticks)
{
	return task_wait(time_reached, clock_ticks + ticks + 1);
}

/* Before a return to a process: the end of its turn. */
void task_turn_ends(void)
{
	if (reschedule)
		task_yield();
}

void tasks_init(void)
{
	fpu_init();
	current = tasks;
	current->state = TASK_READY;
	set_kernel_stack(task_stack_top(current));
	clock_tick = on_tick;
	clock_start(HZ);
	irq_on();
}
