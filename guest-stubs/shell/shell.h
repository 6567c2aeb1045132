/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell: a small operating system as a guest. The kernel lives at 0xC0000000; each user program
 * runs in ring 3 in an address space of its own. The kernel is not preempted, programs are.
 * For the files of this guest.
 */
#ifndef GUEST_SHELL_H
#define GUEST_SHELL_H

#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define HZ 100

/* ---- Tasks (task.c) ----------------------------------------------------------------------- */

#define TASKS	   12
#define TASK_STACK (2 * PAGE_SIZE) /* what SET_STACK can name */
#define NAME_MAX   16

enum task_state { TASK_FREE, TASK_READY, TASK_WAITING };

struct task {
	u8 stack[TASK_STACK] ALIGNED(4096); /* the kernel's, for this task */
	enum task_state state;
	char name[NAME_MAX];
	u32 id, root, esp, ticks, calls;
	bool user;
	bool (*ready)(u32 arg); /* waiting until this says true */
	u32 ready_arg;
};

extern struct task *current;
void tasks_init(void); /* the caller becomes task 1 */
/* Start a kernel thread, or a user program with `arg` in EAX. NULL: no room. */
struct task *task_kernel(const char *name, void (*fn)(void));
struct task *task_user(const char *program, u32 arg);
void task_wait(bool (*ready)(u32 arg), u32 arg);
void task_sleep(u32 ms);
void task_yield(void);
void task_kill(struct task *t); /* of another task */
NORETURN void task_exit(void);
struct task *task_at(u32 slot); /* 0..TASKS-1; NULL: free */
void programs_list(void);

/* ---- The terminal (keys.c) ------------------------------------------------------------------ */

char get_key(void); /* waits for one */

/* ---- System calls (syscall.c) ------------------------------------------------------------- */
void syscalls_init(void);

/* ---- Network (net.c) ---------------------------------------------------------------------- */
void net_init(void);
void net_ping(const char *address, u32 count);

/* ---- Files on the first disk (files.c): a tar archive ------------------------------------- */
void files_list(void);
void files_print(const char *name);

/* ---- Commands (commands.c) ---------------------------------------------------------------- */
void command_run(char *line); /* several, separated by ; */

#endif
