/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The torture program: self-checking work for an operating system, one test a run, chosen by
 * argv[1]. It knows nothing but the system calls of i386 Linux below and needs no library, so that
 * the same file runs on penguin and on Linux. Exit status 0: everything was right. For the
 * files of this program.
 */
#ifndef PENGUIN_USER_H
#define PENGUIN_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define PAGE	     4096u
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define SYS_EXIT	    1
#define SYS_FORK	    2
#define SYS_READ	    3
#define SYS_WRITE	    4
#define SYS_CLOSE	    6
#define SYS_WAITPID	    7
#define SYS_EXECVE	    11
#define SYS_GETPID	    20
#define SYS_KILL	    37
#define SYS_PIPE	    42
#define SYS_SIGACTION	    67
#define SYS_GETTIMEOFDAY    78
#define SYS_MUNMAP	    91
#define SYS_SETITIMER	    104
#define SYS_SIGRETURN	    119
#define SYS_MPROTECT	    125
#define SYS_SCHED_YIELD	    158
#define SYS_NANOSLEEP	    162
#define SYS_MREMAP	    163
#define SYS_MMAP2	    192
#define SYS_SET_THREAD_AREA 243

#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_RW	   3

#define MAP_SHARED     1
#define MAP_PRIVATE    2
#define MAP_FIXED      0x10
#define MAP_ANONYMOUS  0x20
#define MREMAP_MAYMOVE 1

#define SIGILL	4
#define SIGFPE	8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGNALS 32

#define SA_RESTORER 0x04000000u

/* i386's old struct sigaction, and struct timeval. */
struct sigaction {
	void (*handler)(int signal);
	u32 mask, flags;
	void (*restorer)(void);
};

struct timeval {
	s32 sec, usec;
};

/* struct user_desc of set_thread_area. */
struct user_desc {
	u32 entry, base, limit, flags;
};

#define USER_DESC_FLAT 0x51u /* 32-bit, limit in pages, usable */

static inline s32 syscall(u32 number, u32 a, u32 b, u32 c, u32 d, u32 e)
{
	s32 r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return r;
}

__attribute__((noreturn)) static inline void exit(u32 status)
{
	for (;;)
		syscall(SYS_EXIT, status, 0, 0, 0, 0);
}

static inline s32 fork(void)
{
	return syscall(SYS_FORK, 0, 0, 0, 0, 0);
}

static inline s32 getpid(void)
{
	return syscall(SYS_GETPID, 0, 0, 0, 0, 0);
}

static inline s32 waitpid(s32 pid, u32 *status)
{
	return syscall(SYS_WAITPID, (u32)pid, (u32)status, 0, 0, 0);
}

static inline s32 kill(s32 pid, u32 signal)
{
	return syscall(SYS_KILL, (u32)pid, signal, 0, 0, 0);
}

static inline s32 read(s32 fd, void *to, u32 n)
{
	return syscall(SYS_READ, (u32)fd, (u32)to, n, 0, 0);
}

static inline s32 write(s32 fd, const void *from, u32 n)
{
	return syscall(SYS_WRITE, (u32)fd, (u32)from, n, 0, 0);
}

static inline s32 close(s32 fd)
{
	return syscall(SYS_CLOSE, (u32)fd, 0, 0, 0, 0);
}

static inline s32 pipe(s32 fd[2])
{
	return syscall(SYS_PIPE, (u32)fd, 0, 0, 0, 0);
}

static inline s32 yield(void)
{
	return syscall(SYS_SCHED_YIELD, 0, 0, 0, 0, 0);
}

/* NULL when the system refuses. */
static inline void *map(u32 at, u32 bytes, u32 prot, u32 flags)
{
	s32 r;

	/* The sixth argument, the offset, goes into EBP. */
	__asm__ volatile("pushl %%ebp; xorl %%ebp, %%ebp; int $0x80; popl %%ebp"
			 : "=a"(r)
			 : "a"(SYS_MMAP2), "b"(at), "c"(bytes), "d"(prot),
			   "S"(flags | MAP_ANONYMOUS), "D"(-1)
			 : "memory");
	return (u32)r > 0xfffff000u ? NULL : (void *)r;
}

static inline s32 unmap(void *at, u32 bytes)
{
	return syscall(SYS_MUNMAP, (u32)at, bytes, 0, 0, 0);
}

static inline s32 protect(void *at, u32 bytes, u32 prot)
{
	return syscall(SYS_MPROTECT, (u32)at, bytes, prot, 0, 0);
}

static inline void *remap(void *at, u32 bytes, u32 new_bytes)
{
	s32 r = syscall(SYS_MREMAP, (u32)at, bytes, new_bytes, MREMAP_MAYMOVE, 0);

	return (u32)r > 0xfffff000u ? NULL : (void *)r;
}

static inline u64 rdtsc(void)
{
	u64 t;

	__asm__ volatile("rdtsc" : "=A"(t));
	return t;
}

/* Status words of waitpid. */
#define EXITED(code)   ((code) << 8)
#define KILLED(signal) (signal)

/* ---- The program's own: called by _start; gives the exit status ------------------------------ */
u32 program(u32 argc, char **argv);

/* ---- lib.c -------------------------------------------------------------------------------- */
bool same(const char *a, const char *b);
extern const char *own_path; /* argv[0], for exec */
extern u32 tsc_khz; /* the program's second number: the clocks must be exact; 0: need not */
void print(const char *text);
void print_number(u32 n);
/* Says where it went wrong and ends the program with status 1. */
__attribute__((noreturn)) void fail(const char *what, u32 value);
#define CHECK(what)                                 \
	do {                                        \
		if (!(what))                        \
			fail(#what, (u32)__LINE__); \
	} while (0)
void on_signal(u32 signal, void (*handler)(int signal));
void sleep_ms(u32 ms);
void set_alarm(u32 first_ms, u32 every_ms);
/* Wait for exactly this child and fail unless it ended with this status. */
void expect(s32 pid, u32 status);
/* A reproducible byte or word for a place. */
u32 pattern(u32 seed, u32 at);
void fill(void *at, u32 bytes, u32 seed);
void verify(const void *at, u32 bytes, u32 seed); /* fails with the address */
void verify_value(const void *at, u32 bytes, u8 value);

/* ---- The tests, each with its number of rounds --------------------------------------------- */
typedef void test_fn(u32 rounds);
test_fn test_storm, test_pipe, test_signal, test_preempt, test_mmap, test_cow, test_fpu, test_tls,
	test_memory, test_oom, test_sleep, test_fault, test_lazyfpu;
u32 storm_child(u32 depth, u32 seed); /* exit code of an exec'd child */

#endif
