/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes and the scheduler: round robin; a waiting task names a condition that is looked at
 * whenever somebody is to be chosen, so no wake-up is lost. A switch makes the hypercalls that
 * Linux makes: LOAD_TLS, NEW_PGTABLE, SET_STACK and perhaps TS in the ring, then FLUSH_ASYNC.
 */
#include "guest-stubs/penguin/penguin.h"

extern const char leave_trap[];
void task_switch(u32 *save_esp, u32 load_esp);

/* What task_switch pops. */
struct switch_frame {
	u32 edi, esi, ebx, ebp, eip;
};

struct task tasks[TASKS];
struct task *current = tasks;

static u8 stacks[TASKS][STACK_BYTES] ALIGNED(4096);
static bool reschedule;
static u32 next_pid = 1;

/* ---- What a switch carries over ----------------------------------------------------------- */

void load_tls(void)
{
	/* A selector whose descriptor goes away must not stay in a register. */
	__asm__ volatile("movl %0, %%gs" : : "r"(0));
	hcall_async(HC_LOAD_TLS, phys(current->tls), 0, 0, 0);
}

static u8 *stack_top(const struct task *t)
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
	hcall_async(HC_SET_STACK, GUEST_KERNEL_DS, (u32)stack_top(next), STACK_BYTES / PAGE_SIZE,
		    0);
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

void task_wake(struct task *t)
{
	if (t->state == TASK_WAITING)
		t->state = TASK_READY;
}

static bool time_reached(u32 tick)
{
	return (s32)(clock_ticks - tick) >= 0;
}

bool task_sleep(u32 ticks)
{
	return task_wait(time_reached, clock_ticks + ticks + 1);
}

/* Before every return to a process: signals, and the end of its turn. */
static void on_trap_exit(struct frame *f)
{
	if (!from_user(f))
		return;
	irq_off();
	if (reschedule)
		task_yield();
	if (signal_waits(current)) {
		irq_on();
		signal_deliver(f);
		irq_off();
	}
}

/* ---- Birth and death ---------------------------------------------------------------------- */

static struct task *new_task(void)
{
	struct task *t;

	for (t = tasks; t < tasks + TASKS; t++)
		if (t->state == TASK_FREE && t != current) {
			memset(t, 0, sizeof(*t));
			t->pid = next_pid++;
			t->parent = current;
			fpu_clean(t->fpu);
			return t;
		}
	return NULL;
}

struct task *task_find(u32 pid)
{
	struct task *t;

	for (t = tasks; t < tasks + TASKS; t++)
		if (t->state != TASK_FREE && t->pid == pid)
			return t;
	return NULL;
}

void tasks_init(void)
{
	fpu_init();
	current = tasks;
	current->state = TASK_READY;
	set_kernel_stack(stack_top(current));
	clock_tick = on_tick;
	trap_exit = on_trap_exit;
	clock_start(HZ);
	irq_on();
}

/* The first switch to t "returns" into the end of a trap with the frame f. */
static void start_at(struct task *t, const struct frame *f)
{
	struct frame *copy = (struct frame *)stack_top(t) - 1;
	struct switch_frame *s = (struct switch_frame *)copy - 1;

	*copy = *f;
	*s = (struct switch_frame){.eip = (u32)leave_trap};
	t->esp = (u32)s;
	t->state = TASK_READY;
}

s32 task_fork(const struct frame *f)
{
	struct task *t = new_task();
	struct space *space;
	struct frame child = *f;
	u32 i;

	if (!t)
		return -ENOMEM;
	space = space_copy(current->space);
	if (!space)
		return -ENOMEM;
	t->space = space;
	memcpy(t->action, current->action, sizeof(t->action));
	memcpy(t->tls, current->tls, sizeof(t->tls));
	memcpy(t->file, current->file, sizeof(t->file));
	for (i = 0; i < FILES; i++)
		file_share(&t->file[i]);
	t->blocked = current->blocked;
	fpu_save(t->fpu);
	child.eax = 0;
	start_at(t, &child);
	return (s32)t->pid;
}

s32 task_spawn(const char *const *argv)
{
	struct task *t = new_task();
	struct frame f = {0};
	struct task *self = current;
	u32 argc = 0, flags;
	bool ok;

	if (!t)
		return -ENOMEM;
	t->space = space_new();
	if (!t->space)
		return -ENOMEM;
	t->file[0] = t->file[1] = t->file[2] = (struct file){.console = true, .writes = true};
	while (argv[argc])
		argc++;
	/* The new program is written into its own address space, which is put on for that. */
	flags = irq_save();
	current = t;
	root_load(t->space->root);
	ok = task_exec(&f, argc, argv);
	current = self;
	root_load(kernel_root);
	irq_restore(flags);
	if (!ok) {
		space_free(t->space);
		return -ENOMEM;
	}
	start_at(t, &f);
	return (s32)t->pid;
}

void task_exit(u32 status)
{
	struct task *t;
	u32 i;

	irq_off();
	for (i = 0; i < FILES; i++)
		file_close(&current->file[i]);
	for (t = tasks; t < tasks + TASKS; t++)
		if (t->parent == current)
			t->parent = tasks;
	space_clear(current->space);
	root_load(kernel_root);
	space_free(current->space);
	current->space = NULL;
	fpu_forget(current);
	current->exit_status = status;
	current->alarm_at = 0;
	current->pending = 0;
	current->state = TASK_ZOMBIE; /* its stack stays until somebody else asks for its end */
	task_yield();
	panic("penguin: a process that ended was run");
}

struct reaping {
	struct task *parent;
	u32 pid;
	bool any; /* such a child exists at all */
};

static struct task *find_zombie(struct reaping *r)
{
	struct task *t;

	r->any = false;
	for (t = tasks; t < tasks + TASKS; t++) {
		if (t->state == TASK_FREE || t->parent != r->parent || t == r->parent ||
		    (r->pid && t->pid != r->pid))
			continue;
		r->any = true;
		if (t->state == TASK_ZOMBIE)
			return t;
	}
	return NULL;
}

static bool reapable(u32 arg)
{
	struct reaping *r = (struct reaping *)arg;

	return find_zombie(r) || !r->any;
}

s32 task_reap(u32 pid, u32 *status)
{
	struct reaping r = {current, pid, false};
	struct task *t;

	if (!task_wait(reapable, (u32)&r))
		return -EINTR;
	t = find_zombie(&r);
	if (!t)
		return -ECHILD;
	*status = t->exit_status;
	t->state = TASK_FREE;
	return (s32)t->pid;
}
