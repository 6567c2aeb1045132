/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks and the scheduler: round robin over those that are ready. A waiting task names a
 * condition, which is looked at whenever something else is to be chosen; so no wake-up is lost.
 */
#include "guest-stubs/shell/shell.h"
#include "guest-stubs/shell/user/user.h"

extern const struct program user_image[];
extern const char user_image_end[];
extern const char leave_trap[];
void task_switch(u32 *save_esp, u32 load_esp);

/* What task_switch pops. */
struct switch_frame {
	u32 edi, esi, ebx, ebp, eip;
};

static struct task tasks[TASKS];
struct task *current;

static u32 next_id = 1;
static bool reschedule, idle;

static void on_tick(void)
{
	if (!idle)
		current->ticks++;
	reschedule = true;
}

/* Before every return from a trap: a user program whose time is over gives way. */
static void on_trap_exit(struct frame *f)
{
	if (from_user(f) && reschedule)
		task_yield();
}

static bool runnable(struct task *t)
{
	if (t->state == TASK_WAITING && t->ready(t->ready_arg))
		t->state = TASK_READY;
	return t->state == TASK_READY;
}

/* The next one after the current, which comes last; NULL: nobody. */
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

static void schedule(void)
{
	struct task *next, *previous = current;
	u32 flags = irq_save();

	reschedule = false;
	while (!(next = choose())) {
		idle = true;
		halt_off();
	}
	idle = false;
	if (next != previous) {
		current = next;
		/* Two calls, one trap: they wait in the ring until the third. */
		hcall_async(HC_NEW_PGTABLE, next->root, 0, 0, 0);
		hcall_async(HC_SET_STACK, GUEST_KERNEL_DS, (u32)(next->stack + TASK_STACK),
			    TASK_STACK / PAGE_SIZE, 0);
		hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
		task_switch(&previous->esp, next->esp);
	}
	irq_restore(flags);
}

void task_yield(void)
{
	schedule();
}

void task_wait(bool (*ready)(u32 arg), u32 arg)
{
	current->ready = ready;
	current->ready_arg = arg;
	current->state = TASK_WAITING;
	schedule();
}

static bool time_reached(u32 tick)
{
	return (s32)(clock_ticks - tick) >= 0;
}

void task_sleep(u32 ms)
{
	task_wait(time_reached, clock_ticks + (ms * HZ + 999) / 1000);
}

struct task *task_at(u32 slot)
{
	return tasks[slot].state == TASK_FREE ? NULL : &tasks[slot];
}

static struct task *new_task(const char *name)
{
	struct task *t;

	for (t = tasks; t < tasks + TASKS; t++)
		if (t->state == TASK_FREE && t != current) {
			t->id = next_id++;
			t->root = kernel_root;
			t->ticks = t->calls = 0;
			t->user = false;
			snprintf(t->name, NAME_MAX, "%s", name);
			return t;
		}
	return NULL;
}

void tasks_init(void)
{
	current = &tasks[TASKS - 1]; /* so that slot 0 is free for us */
	current = new_task("shell");
	current->state = TASK_READY;
	set_kernel_stack(current->stack + TASK_STACK);
	clock_tick = on_tick;
	trap_exit = on_trap_exit;
	clock_start(HZ);
	irq_on();
}

static void kernel_thread(void)
{
	void (*fn)(void) = (void (*)(void))current->ready_arg;

	irq_on();
	fn();
	task_exit();
}

struct task *task_kernel(const char *name, void (*fn)(void))
{
	struct task *t = new_task(name);
	struct switch_frame *s;

	if (!t)
		return NULL;
	s = (struct switch_frame *)(t->stack + TASK_STACK - 16) - 1;
	*s = (struct switch_frame){.eip = (u32)kernel_thread};
	t->ready_arg = (u32)fn;
	t->esp = (u32)s;
	t->state = TASK_READY;
	return t;
}

static void free_space(struct task *t)
{
	if (t->root == kernel_root)
		return;
	page_free(pte_read(pte_slot(t->root, USER_STACK - PAGE_SIZE, false)) & ~(PAGE_SIZE - 1));
	root_free(t->root);
	t->root = kernel_root;
}

/* The programs' image, shared and read-only, and a stack of its own. */
static bool fill_space(u32 root, u32 stack)
{
	u32 va = USER_BASE, at;

	for (at = phys(user_image); at < phys(user_image_end); at += PAGE_SIZE, va += PAGE_SIZE)
		if (!map_page(root, va, at | PTE_P | PTE_U))
			return false;
	return map_page(root, USER_STACK - PAGE_SIZE, stack | PTE_USER);
}

static bool make_space(struct task *t)
{
	u32 root = root_new(), stack = page_alloc();

	if (root && stack && fill_space(root, stack)) {
		t->root = root;
		return true;
	}
	if (root)
		root_free(root);
	if (stack)
		page_free(stack);
	return false;
}

static u32 entry_of(const char *program)
{
	const struct program *p;

	for (p = user_image; p->entry; p++)
		if (!strcmp(p->name, program))
			return p->entry;
	return 0;
}

void programs_list(void)
{
	const struct program *p;

	for (p = user_image; p->entry; p++)
		printf(" %s", p->name);
}

struct task *task_user(const char *program, u32 arg)
{
	u32 entry = entry_of(program);
	struct task *t = entry ? new_task(program) : NULL;
	struct switch_frame *s;
	struct frame *f;

	if (!t || !make_space(t))
		return NULL;
	/* Its first switch "returns" into the end of a trap that never was. */
	f = (struct frame *)(t->stack + TASK_STACK) - 1;
	*f = (struct frame){.ds = GUEST_USER_DS,
			    .es = GUEST_USER_DS,
			    .eax = arg,
			    .eip = entry,
			    .cs = GUEST_USER_CS,
			    .eflags = EFLAGS_IF | 2,
			    .esp = USER_STACK - 16,
			    .ss = GUEST_USER_DS};
	s = (struct switch_frame *)f - 1;
	*s = (struct switch_frame){.eip = (u32)leave_trap};
	t->esp = (u32)s;
	t->user = true;
	t->state = TASK_READY;
	return t;
}

void task_kill(struct task *t)
{
	if (t == current || !t->user)
		return;
	t->state = TASK_FREE;
	free_space(t);
}

void task_exit(void)
{
	irq_off();
	root_load(kernel_root);
	free_space(current);
	/* The stack stays in use until the switch: new_task() does not take the current slot. */
	current->state = TASK_FREE;
	schedule();
	panic("shell: a task that ended was run");
}
