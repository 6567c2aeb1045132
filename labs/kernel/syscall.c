/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls: a table of functions, and the one door that they are called through. */
#include "labs/kernel/console.h"
#include "labs/kernel/thread.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/user.h"

static s32 sys_exit(u32 status, u32 b, u32 c)
{
	(void)b, (void)c;
	program_end(status & 0xff); /* no program may look like one that was killed */
}

static s32 sys_write(u32 text, u32 len, u32 c)
{
	char some[128];
	u32 done, n;

	(void)c;
	for (done = 0; done < len; done += n) {
		n = MIN(len - done, sizeof(some));
		if (!copy_from_user(some, text + done, n))
			return SYS_FAULT;
		console_write(some, n);
	}
	return (s32)len;
}

static s32 sys_read(u32 buffer, u32 len, u32 c)
{
	u32 n;
	int typed;

	(void)c;
	for (n = 0; n < len && (typed = console_getc()) >= 0; n++) {
		char one = (char)typed;

		if (!copy_to_user(buffer + n, &one, 1))
			return SYS_FAULT;
	}
	return (s32)n;
}

static s32 sys_ticks(u32 a, u32 b, u32 c)
{
	(void)a, (void)b, (void)c;
	return (s32)clock_ticks;
}

static s32 sys_sleep(u32 ticks, u32 b, u32 c)
{
	(void)b, (void)c;
	thread_sleep(ticks);
	return 0;
}

static s32 sys_yield(u32 a, u32 b, u32 c)
{
	(void)a, (void)b, (void)c;
	thread_yield();
	return 0;
}

static s32 (*const call[])(u32, u32, u32) = {
	[SYS_EXIT] = sys_exit,	 [SYS_WRITE] = sys_write, [SYS_READ] = sys_read,
	[SYS_TICKS] = sys_ticks, [SYS_SLEEP] = sys_sleep, [SYS_YIELD] = sys_yield,
};
_Static_assert(ARRAY_LEN(call) == SYS_COUNT, "each call has its function");

/* The kernel may be interrupted meanwhile, as a program may. */
void syscall(struct trap_frame *f)
{
	interrupts_on();
	if (f->eax < SYS_COUNT)
		f->eax = (u32)call[f->eax](f->ebx, f->ecx, f->edx);
	else
		f->eax = (u32)SYS_UNKNOWN;
	interrupts_off();
}
