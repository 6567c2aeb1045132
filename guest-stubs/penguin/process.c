/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: fork, start, end, and the parent's wait for the end. */
#include "guest-stubs/penguin/penguin.h"

extern const char leave_trap[];

/* What task_switch pops. */
struct switch_frame {
	u32 edi, esi, ebx, ebp, eip;
};

static u32 next_pid = 1;

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

/* The first switch to t "returns" into the end of a trap with the frame f. */
static void start_at(struct task *t, const struct frame *f)
{
	struct frame *copy = (struct frame *)task_stack_top(t) - 1;
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
