/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls of user programs, and what happens to a program that faults. */
#include "guest-stubs/shell/shell.h"
#include "guest-stubs/shell/user/user.h"

#define WRITE_MAX 256u

static u32 sys_exit(u32 a, u32 b)
{
	(void)a;
	(void)b;
	task_exit();
}

/* The text must lie in what a program has: its image and its stack. A hole in between makes the
 * kernel fault, so the copy is made under a probe. */
static char bounce[WRITE_MAX];
static u32 copy_from;

static void copy_in(u32 len)
{
	memcpy(bounce, (const void *)copy_from, len);
}

static u32 sys_write(u32 at, u32 len)
{
	if (len > WRITE_MAX || at < USER_BASE || at > USER_STACK - len)
		return 0;
	copy_from = at;
	if (probe(copy_in, len))
		return 0;
	console_write(bounce, len);
	return len;
}

static u32 sys_yield(u32 a, u32 b)
{
	(void)a;
	(void)b;
	task_yield();
	return 0;
}

static u32 sys_sleep(u32 ms, u32 b)
{
	(void)b;
	task_sleep(MIN(ms, 60000u));
	return 0;
}

static u32 sys_id(u32 a, u32 b)
{
	(void)a;
	(void)b;
	return current->id;
}

static u32 sys_time(u32 a, u32 b)
{
	(void)a;
	(void)b;
	return clock_us();
}

static u32 (*const table[])(u32 a, u32 b) = {
	[SYS_EXIT] = sys_exit,	 [SYS_WRITE] = sys_write, [SYS_YIELD] = sys_yield,
	[SYS_SLEEP] = sys_sleep, [SYS_ID] = sys_id,	  [SYS_TIME] = sys_time,
};
_Static_assert(ARRAY_LEN(table) == SYS_CALLS, "one row per system call");

static void system_call(struct frame *f)
{
	current->calls++;
	f->eax = f->eax < SYS_CALLS ? table[f->eax](f->ebx, f->ecx) : ~0u;
}

static void on_fault(struct frame *f)
{
	if (!from_user(f))
		trap_unhandled(f); /* a probe, or the end */
	printf("task %u (%s) ended: trap %u error %x at %p cr2 %p\n", current->id, current->name,
	       f->vector, f->error, (void *)f->eip, (void *)lguest_data.cr2);
	task_exit();
}

void syscalls_init(void)
{
	u32 v;

	for (v = 0; v < 32; v++)
		trap_handler[v] = on_fault;
	trap_handler[LGUEST_SYSCALL_VECTOR] = system_call;
	/* An interrupt gate: the kernel is entered with the virtual interrupt flag off. */
	trap_set_gate(LGUEST_SYSCALL_VECTOR, GATE_INTERRUPT, 3);
}
