/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of tasks, the current one, and what is asked of one without changing its turn. */
#include "guest-stubs/penguin/penguin.h"

struct task tasks[TASKS];
struct task *current = tasks;

struct task *task_find(u32 pid)
{
	struct task *t;

	for (t = tasks; t < tasks + TASKS; t++)
		if (t->state != TASK_FREE && t->pid == pid)
			return t;
	return NULL;
}

u32 signal_mask(u32 signal)
{
	return 1u << (signal - 1);
}

bool signal_waits(const struct task *t)
{
	return t->pending & (~t->blocked | signal_mask(SIGKILL));
}

void signal_send(struct task *t, u32 signal)
{
	if (t->space)
		t->pending |= signal_mask(signal);
}

bool user_ok(u32 at, u32 bytes, bool write)
{
	return space_allows(current->space, at, bytes, write);
}
