/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls, numbered as i386 Linux numbers them. */
#include "guest-stubs/penguin/penguin.h"

#define CALLS	   256
#define ARGS_BYTES 1024u
#define ARGS_MAX   16u
#define VM_LIMIT   (1u << 30)

#define MAP_SHARED 1u
#define MAP_FIXED  0x10u

#define USER_DATA_HI 0x00c0f200u /* 32-bit, limit in pages, DPL 3, data, writable */

static s32 sys_exit(struct frame *f)
{
	task_exit((f->ebx & 0xff) << 8);
}

static s32 sys_fork(struct frame *f)
{
	return task_fork(f);
}

static struct file *file_at(u32 fd)
{
	return fd < FILES ? &current->file[fd] : NULL;
}

static s32 sys_read(struct frame *f)
{
	struct file *file = file_at(f->ebx);

	if (!file)
		return -EBADF;
	return user_ok(f->ecx, f->edx, true) ? file_read(file, f->ecx, f->edx) : -EFAULT;
}

static s32 sys_write(struct frame *f)
{
	struct file *file = file_at(f->ebx);

	if (!file)
		return -EBADF;
	return user_ok(f->ecx, f->edx, false) ? file_write(file, f->ecx, f->edx) : -EFAULT;
}

static s32 sys_close(struct frame *f)
{
	struct file *file = file_at(f->ebx);

	if (!file || (!file->pipe && !file->console))
		return -EBADF;
	file_close(file);
	return 0;
}

static s32 sys_waitpid(struct frame *f)
{
	u32 status = 0;
	s32 pid;

	if (f->ecx && !user_ok(f->ecx, 4, true))
		return -EFAULT;
	pid = task_reap((s32)f->ebx > 0 ? f->ebx : 0, &status);
	if (pid > 0 && f->ecx)
		*(u32 *)f->ecx = status;
	return pid;
}

/* A string of the process, at most up to the end of `room`; false: not all there. */
static bool copy_string(char *to, u32 *room, u32 from)
{
	u32 n = 0;

	do {
		if (!user_ok(from + n, 1, false) || n == *room)
			return false;
		to[n] = *(const char *)(from + n);
	} while (to[n++]);
	*room -= n;
	return true;
}

static s32 sys_execve(struct frame *f)
{
	char strings[ARGS_BYTES];
	const char *argv[ARGS_MAX + 1];
	u32 argc, room = ARGS_BYTES;

	for (argc = 0; argc < ARGS_MAX; argc++) {
		u32 at = f->ecx + 4 * argc;

		if (!user_ok(at, 4, false))
			return -EFAULT;
		if (!*(const u32 *)at)
			break;
		argv[argc] = strings + ARGS_BYTES - room;
		if (!copy_string(strings + ARGS_BYTES - room, &room, *(const u32 *)at))
			return -EFAULT;
	}
	if (!task_exec(f, argc, argv))
		task_exit(SIGKILL);
	fpu_load(current->fpu);
	return 0;
}

static s32 sys_getpid(struct frame *f)
{
	(void)f;
	return (s32)current->pid;
}

static s32 sys_kill(struct frame *f)
{
	struct task *t = task_find(f->ebx);

	if (!t || !t->space)
		return -ESRCH;
	if (f->ecx >= SIGNALS)
		return -EINVAL;
	if (f->ecx)
		signal_send(t, f->ecx);
	return 0;
}

static struct file *free_file(const struct file * not )
{
	struct file *f;

	for (f = current->file; f < current->file + FILES; f++)
		if (f != not &&!f->pipe && !f->console)
			return f;
	return NULL;
}

static s32 sys_pipe(struct frame *f)
{
	struct file *reader = free_file(NULL), *writer = free_file(reader);

	if (!user_ok(f->ebx, 8, true))
		return -EFAULT;
	if (!reader || !writer || !file_pipe(reader, writer))
		return -EMFILE;
	((u32 *)f->ebx)[0] = (u32)(reader - current->file);
	((u32 *)f->ebx)[1] = (u32)(writer - current->file);
	return 0;
}

static s32 sys_sigaction(struct frame *f)
{
	if (!f->ebx || f->ebx >= SIGNALS || f->ebx == SIGKILL)
		return -EINVAL;
	if (!user_ok(f->ecx, sizeof(struct sigaction), false))
		return -EFAULT;
	current->action[f->ebx] = *(const struct sigaction *)f->ecx;
	return 0;
}

static s32 sys_gettimeofday(struct frame *f)
{
	u32 nanoseconds;

	if (!user_ok(f->ebx, 8, true))
		return -EFAULT;
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0); /* brings lguest_data.time up to date */
	((u32 *)f->ebx)[0] = clock_wall(&nanoseconds);
	((u32 *)f->ebx)[1] = nanoseconds / 1000;
	return 0;
}

static bool page_range(u32 start, u32 *bytes)
{
	*bytes = (*bytes + PAGE_SIZE - 1) & PTE_FRAME;
	return !(start % PAGE_SIZE) && *bytes && *bytes <= VM_LIMIT && start <= MMAP_TOP - *bytes;
}

static s32 sys_mmap2(struct frame *f)
{
	u32 at = f->ebx, bytes = f->ecx;

	if (!(f->esi & MAP_FIXED))
		at = 0;
	if (!page_range(at, &bytes))
		return -EINVAL;
	if (at)
		space_unmap(current->space, at, at + bytes);
	else
		at = space_find(current->space, bytes);
	if (!at || !space_map(current->space, at, at + bytes, f->edx & 7, f->esi & MAP_SHARED))
		return -ENOMEM;
	return (s32)at;
}

static s32 sys_munmap(struct frame *f)
{
	u32 bytes = f->ecx;

	if (!page_range(f->ebx, &bytes))
		return -EINVAL;
	space_unmap(current->space, f->ebx, f->ebx + bytes);
	return 0;
}

static s32 sys_mprotect(struct frame *f)
{
	u32 bytes = f->ecx;

	if (!page_range(f->ebx, &bytes))
		return -EINVAL;
	return space_protect(current->space, f->ebx, f->ebx + bytes, f->edx & 7) ? 0 : -ENOMEM;
}

static s32 sys_mremap(struct frame *f)
{
	u32 old = f->ecx, bytes = f->edx, at;

	if (!page_range(f->ebx, &old) || !page_range(0, &bytes))
		return -EINVAL;
	at = space_move(current->space, f->ebx, old, bytes);
	return at ? (s32)at : -ENOMEM;
}

static u32 ticks(const u32 *timeval)
{
	return timeval[0] * HZ + timeval[1] / (1000000 / HZ);
}

static s32 sys_setitimer(struct frame *f)
{
	const u32 *t = (const u32 *)f->ecx;
	u32 first;

	if (!user_ok(f->ecx, 16, false))
		return -EFAULT;
	first = ticks(t + 2);
	current->alarm_every = ticks(t);
	current->alarm_at = first ? clock_ticks + first : 0;
	return 0;
}

static s32 sys_yield(struct frame *f)
{
	(void)f;
	task_yield();
	return 0;
}

static s32 sys_nanosleep(struct frame *f)
{
	const u32 *t = (const u32 *)f->ebx;

	if (!user_ok(f->ebx, 8, false))
		return -EFAULT;
	return task_sleep(t[0] * HZ + t[1] / (1000000000 / HZ)) ? 0 : -EINTR;
}

/* struct user_desc: entry, base, limit, flags. Only flat data segments are given. */
static s32 sys_set_thread_area(struct frame *f)
{
	u32 *d = (u32 *)f->ebx;

	if (!user_ok(f->ebx, 16, true))
		return -EFAULT;
	current->tls[0][0] = (d[2] & 0xffff) | d[1] << 16;
	current->tls[0][1] =
		(d[1] & 0xff000000) | (d[1] >> 16 & 0xff) | (d[2] & 0xf0000) | USER_DATA_HI;
	d[0] = GDT_TLS_MIN;
	load_tls();
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
	return 0;
}

static s32 (*const table[CALLS])(struct frame *f) = {
	[1] = sys_exit,	      [2] = sys_fork,	     [3] = sys_read,
	[4] = sys_write,      [6] = sys_close,	     [7] = sys_waitpid,
	[11] = sys_execve,    [20] = sys_getpid,     [37] = sys_kill,
	[42] = sys_pipe,      [67] = sys_sigaction,  [78] = sys_gettimeofday,
	[91] = sys_munmap,    [104] = sys_setitimer, [119] = signal_return,
	[125] = sys_mprotect, [158] = sys_yield,     [162] = sys_nanosleep,
	[163] = sys_mremap,   [192] = sys_mmap2,     [243] = sys_set_thread_area,
};

/* Entered through an interrupt gate; like Linux, interrupts go on again at once. */
static void system_call(struct frame *f)
{
	u32 number = f->eax;

	irq_on();
	f->eax = (u32)(number < CALLS && table[number] ? table[number](f) : -ENOSYS);
	irq_off();
}

void syscalls_init(void)
{
	trap_handler[LGUEST_SYSCALL_VECTOR] = system_call;
	trap_set_gate(LGUEST_SYSCALL_VECTOR, GATE_INTERRUPT, 3);
}
