/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: made, replaced, ended, and taking turns. */
#include "tests/linux/bench/bench.h"

#define SHELL	 "/bin/busybox"
#define RING_MAX 64u

#define HEAP_PAGES 150u

static u64 forks(u32 n, u32 pages)
{
	u8 *heap = map_touched(pages);
	u64 start = count_start();

	for (u32 i = 0; i < n; i++) {
		s32 pid = fork();

		if (!pid)
			exit(0);
		expect(pid, EXITED(0));
	}
	start = count_stop() - start;
	unmap(heap, pages * PAGE);
	return start;
}

static u64 fork_exit(u32 n)
{
	return forks(n, HEAP_PAGES);
}

static u64 fork_4mib(u32 n)
{
	return forks(n, 1024);
}

/* CLONE_VM | CLONE_VFORK: the child runs on its parent's stack, so all it does is in here. */
static u64 vfork_exit(u32 n)
{
	u64 start = count_start();

	for (u32 i = 0; i < n; i++) {
		s32 pid;

		__asm__ volatile("int $0x80; testl %%eax, %%eax; jnz 1f; movl $1, %%eax;"
				 "xorl %%ebx, %%ebx; int $0x80; 1:"
				 : "=a"(pid)
				 : "a"(SYS_CLONE), "b"(0x4100 | 17), "c"(0), "d"(0), "S"(0), "D"(0)
				 : "memory");
		expect(pid, EXITED(0));
	}
	return count_stop() - start;
}

/* False: there is no such program. */
static bool run_program(const char *path, const char *const *argv)
{
	static const char *const environment[] = {NULL};
	u32 status = 0;
	s32 pid = fork();

	if (!pid) {
		syscall(SYS_EXECVE, (u32)path, (u32)argv, (u32)environment, 0, 0);
		exit(127);
	}
	CHECK(waitpid(pid, &status) == pid);
	return status == 0;
}

static u64 fork_exec(u32 n)
{
	const char *argv[] = {own_path, "nothing", NULL};
	u8 *heap = map_touched(HEAP_PAGES);
	u64 ticks = TIMED(n, i, CHECK(run_program(own_path, argv)));

	unmap(heap, HEAP_PAGES * PAGE);
	return ticks;
}

/* A shell that runs a program of 2 MB so often; 0: there is none. */
static u64 shell_command(u32 n)
{
	static const char *const argv[] = {
		SHELL, "sh", "-c",
		"i=0; while [ $i -lt 20 ]; do /bin/busybox true || exit 1; i=$((i+1)); done", NULL};
	bool there;
	u64 ticks;

	CHECK(n == 20);
	ticks = count_start();
	there = run_program(SHELL, argv);
	ticks = count_stop() - ticks;
	return there ? ticks : 0;
}

/* A byte goes round n times. This process is the first of the ring. */
static u64 ring(u32 n, u32 size)
{
	s32 fd[RING_MAX][2], pid[RING_MAX];
	u8 byte = 1;
	u64 ticks;

	CHECK(size <= RING_MAX);
	for (u32 i = 0; i < size; i++)
		CHECK(pipe(fd[i]) == 0);
	for (u32 k = 1; k < size; k++) {
		pid[k] = fork();
		if (pid[k])
			continue;
		for (u32 i = 0; i <= n; i++) {
			CHECK(read(fd[k - 1][0], &byte, 1) == 1);
			CHECK(write(fd[k][1], &byte, 1) == 1);
		}
		exit(0);
	}
	/* Once before counting: all of them have started then. */
	ticks = 0;
	for (u32 i = 0; i <= n; i++) {
		if (i == 1)
			ticks = count_start();
		CHECK(write(fd[0][1], &byte, 1) == 1);
		CHECK(read(fd[size - 1][0], &byte, 1) == 1);
	}
	ticks = count_stop() - ticks;
	for (u32 k = 1; k < size; k++)
		expect(pid[k], EXITED(0));
	for (u32 i = 0; i < size; i++) {
		close(fd[i][0]);
		close(fd[i][1]);
	}
	return ticks;
}

static u64 pipe_round_trip(u32 n)
{
	return ring(n, 2);
}

static u64 ring_8(u32 n)
{
	return ring(n, 8);
}

static u64 ring_14(u32 n)
{
	return ring(n, 14);
}

static u64 ring_24(u32 n)
{
	return ring(n, 24);
}

static u64 ring_64(u32 n)
{
	return ring(n, 64);
}

const struct bench process_benches[] = {
	{"pipe_round_trip", 300, pipe_round_trip},
	{"ring_8", 40, ring_8},
	{"ring_14", 30, ring_14},
	{"ring_24", 20, ring_24},
	{"ring_64", 10, ring_64},
	{"fork_exit", 40, fork_exit},
	{"vfork_exit", 40, vfork_exit},
	{"fork_exec", 20, fork_exec},
	{"fork_4mib", 5, fork_4mib},
	{"shell_command", 20, shell_command},
	{NULL, 0, NULL},
};
