/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: fork and exec storms, pipes, signals, preemption, sleeping. */
#include "guest-stubs/penguin/user/user.h"

#define STORM_WIDTH 8
#define STORM_DEPTH 2
#define RING	    6
#define BLOCK	    1500u /* does not divide a pipe's buffer */
#define BLOCKS	    40u

static char *number(char *end, u32 n)
{
	*--end = '\0';
	do
		*--end = (char)('0' + n % 10);
	while (n /= 10);
	return end;
}

/* The exit code a child must come back with. */
static u32 answer(u32 depth, u32 seed)
{
	return pattern(seed, depth) & 0x7f;
}

static s32 spawn(u32 depth, u32 seed)
{
	char d[12], s[12];
	const char *argv[] = {own_path, "child", number(d + sizeof(d), depth),
			      number(s + sizeof(s), seed), NULL};
	const char *environment[] = {NULL};
	s32 pid = fork();

	if (pid)
		return pid;
	syscall(SYS_EXECVE, (u32)own_path, (u32)argv, (u32)environment, 0, 0);
	exit(127);
}

u32 storm_child(u32 depth, u32 seed)
{
	static u32 zero[PAGE]; /* a new program's memory is zero, whatever ran before */
	s32 pid[2];
	u32 i;

	verify_value(zero, sizeof(zero), 0);
	fill(zero, sizeof(zero), seed);
	if (depth) {
		for (i = 0; i < ARRAY_LEN(pid); i++)
			pid[i] = spawn(depth - 1, seed + i);
		for (i = 0; i < ARRAY_LEN(pid); i++)
			expect(pid[i], EXITED(answer(depth - 1, seed + i)));
	}
	verify(zero, sizeof(zero), seed);
	return answer(depth, seed);
}

void test_storm(u32 rounds)
{
	s32 pid[STORM_WIDTH];
	u32 r, i;

	for (r = 0; r < rounds; r++) {
		for (i = 0; i < STORM_WIDTH; i++)
			pid[i] = spawn(STORM_DEPTH, r * 100 + i);
		for (i = 0; i < STORM_WIDTH; i++)
			expect(pid[i], EXITED(answer(STORM_DEPTH, r * 100 + i)));
	}
}

static void read_all(s32 fd, void *to, u32 n)
{
	s32 got;

	for (; n; n -= (u32)got, to = (u8 *)to + got) {
		got = read(fd, to, n);
		CHECK(got > 0);
	}
}

static void write_all(s32 fd, const void *from, u32 n)
{
	s32 put;

	for (; n; n -= (u32)put, from = (const u8 *)from + put) {
		put = write(fd, from, n);
		CHECK(put > 0);
	}
}

/* One member of the ring: hands on every block, one added to each of its words. */
static void relay(s32 from, s32 to)
{
	static u32 block[BLOCK / 4];
	u32 b, i;

	for (b = 0; b < BLOCKS; b++) {
		read_all(from, block, BLOCK);
		for (i = 0; i < BLOCK / 4; i++)
			block[i]++;
		write_all(to, block, BLOCK);
	}
}

static void pipe_ring(u32 seed)
{
	static u32 block[BLOCK / 4];
	s32 fd[RING + 1][2], pid[RING + 1];
	u32 i, b, k;

	for (i = 0; i <= RING; i++)
		CHECK(pipe(fd[i]) == 0);
	for (i = 0; i < RING; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			relay(fd[i][0], fd[i + 1][1]);
			exit(0);
		}
	}
	pid[RING] = fork(); /* the writer: more than all pipes hold */
	if (!pid[RING]) {
		for (b = 0; b < BLOCKS; b++) {
			fill(block, BLOCK, seed + b);
			write_all(fd[0][1], block, BLOCK);
		}
		exit(0);
	}
	for (b = 0; b < BLOCKS; b++) {
		read_all(fd[RING][0], block, BLOCK);
		for (k = 0; k < BLOCK / 4; k++)
			CHECK(block[k] == pattern(seed + b, k) + RING);
	}
	for (i = 0; i <= RING; i++)
		expect(pid[i], EXITED(0));
	for (i = 0; i <= RING; i++)
		close(fd[i][1]);
	CHECK(read(fd[RING][0], block, 1) == 0); /* nobody writes any more */
	for (i = 0; i <= RING; i++)
		close(fd[i][0]);
}

void test_pipe(u32 rounds)
{
	s32 fd[2], pid;
	u32 r;

	for (r = 0; r < rounds; r++)
		pipe_ring(r);
	CHECK(pipe(fd) == 0);
	close(fd[0]);
	pid = fork();
	if (!pid) {
		write(fd[1], "x", 1);
		exit(0);
	}
	expect(pid, KILLED(SIGPIPE));
	close(fd[1]);
}

static volatile u32 counted[SIGNALS];

static void count(int signal)
{
	counted[signal]++;
}

static void nested(int signal)
{
	counted[signal]++;
	if (counted[SIGUSR1] % 2)
		kill(getpid(), SIGUSR2);
}

static u8 *guarded;

static void unguard(int signal)
{
	counted[signal]++;
	CHECK(protect(guarded, PAGE, PROT_RW) == 0);
}

static void signals_to_self(u32 n)
{
	u32 i, before = counted[SIGUSR2];

	on_signal(SIGUSR1, nested);
	on_signal(SIGUSR2, count);
	counted[SIGUSR1] = 0;
	for (i = 1; i <= n; i++) {
		CHECK(kill(getpid(), SIGUSR1) == 0);
		CHECK(counted[SIGUSR1] == i);
	}
	CHECK(counted[SIGUSR2] == before + (n + 1) / 2);
}

static void write_faults(u32 n)
{
	u32 i;

	on_signal(SIGSEGV, unguard);
	counted[SIGSEGV] = 0;
	guarded = map(0, PAGE, PROT_RW, MAP_PRIVATE);
	CHECK(guarded);
	for (i = 0; i < n; i++) {
		CHECK(protect(guarded, PAGE, i % 2 ? PROT_NONE : PROT_READ) == 0);
		*(volatile u32 *)(guarded + 8) = i;
		CHECK(counted[SIGSEGV] == i + 1);
		CHECK(*(volatile u32 *)(guarded + 8) == i);
	}
	unmap(guarded, PAGE);
}

/* Two processes wake each other; a lost or doubled signal hangs or is counted. */
static void ping_pong(u32 n)
{
	s32 parent = getpid(), child;
	u32 i;

	on_signal(SIGUSR2, count);
	counted[SIGUSR2] = 0;
	child = fork();
	if (!child) {
		for (i = 1; i <= n; i++) {
			while (counted[SIGUSR2] < i)
				yield();
			kill(parent, SIGUSR2);
		}
		exit(counted[SIGUSR2] == n ? 0 : 1);
	}
	for (i = 1; i <= n; i++) {
		CHECK(kill(child, SIGUSR2) == 0);
		while (counted[SIGUSR2] < i)
			yield();
	}
	CHECK(counted[SIGUSR2] == n);
	expect(child, EXITED(0));
}

void test_signal(u32 rounds)
{
	s32 pid, fd[2];
	u32 r;
	char c;

	for (r = 0; r < rounds; r++) {
		signals_to_self(200);
		write_faults(100);
		ping_pong(200);
		/* A process asleep in a system call is killed. */
		CHECK(pipe(fd) == 0);
		pid = fork();
		if (!pid) {
			read(fd[0], &c, 1);
			exit(0);
		}
		yield();
		CHECK(kill(pid, SIGTERM) == 0);
		expect(pid, KILLED(SIGTERM));
		close(fd[0]);
		close(fd[1]);
	}
}

/* Processes that never ask the kernel for anything must all get on: the timer takes the CPU away.
 */
void test_preempt(u32 rounds)
{
	volatile u32 *shared = map(0, PAGE, PROT_RW, MAP_SHARED);
	s32 pid[4];
	u32 i, r;

	CHECK(shared);
	on_signal(SIGALRM, count);
	for (r = 0; r < rounds; r++) {
		for (i = 0; i < 5; i++)
			shared[i] = 0;
		for (i = 0; i < 4; i++) {
			pid[i] = fork();
			if (!pid[i])
				while (!shared[4])
					shared[i]++;
			if (!pid[i])
				exit(0);
		}
		counted[SIGALRM] = 0;
		set_alarm(20, 20);
		while (!shared[0] || !shared[1] || !shared[2] || !shared[3] || counted[SIGALRM] < 5)
			;
		set_alarm(0, 0);
		shared[4] = 1;
		for (i = 0; i < 4; i++)
			expect(pid[i], EXITED(0));
	}
	unmap((void *)shared, PAGE);
}

static u64 now_us(void)
{
	struct timeval t;

	CHECK(syscall(SYS_GETTIMEOFDAY, (u32)&t, 0, 0, 0, 0) == 0);
	return (u64)(u32)t.sec * 1000000 + (u32)t.usec;
}

static bool within_one_percent(u64 measured, u64 expected)
{
	u64 off = measured > expected ? measured - expected : expected - measured;

	return off * 100 <= expected;
}

/* Prints what the wall clock and the time stamp counter say about `rounds` seconds of sleep. */
void test_sleep(u32 rounds)
{
	u64 clock = now_us(), tsc = rdtsc();

	sleep_ms(rounds * 1000);
	tsc = rdtsc() - tsc;
	clock = now_us() - clock;
	print("sleep ");
	print_number(rounds);
	print(" clock-us ");
	print_number((u32)clock);
	print(" tsc-1024 ");
	print_number((u32)(tsc >> 10));
	print("\n");
	CHECK(clock >= rounds * 1000000ull);
	if (tsc_khz) {
		CHECK(within_one_percent(clock, rounds * 1000000ull));
		CHECK(within_one_percent(tsc, rounds * 1000ull * tsc_khz));
	}
}

/* Every fault a user program can cause ends it, and only it, with the right signal. */
#define FAULTS(X)                                                   \
	X(SIGSEGV, "movl $0, 0xc0100000") /* the kernel's */        \
	X(SIGSEGV, "movl 0xc0100000, %%eax")                        \
	X(SIGSEGV, "movl 0xffc00000, %%eax") /* the hypervisor's */ \
	X(SIGSEGV, "movl $0, 0xffc01000")                           \
	X(SIGSEGV, "movl 16, %%eax") /* nobody's */                 \
	X(SIGSEGV, "cli")                                           \
	X(SIGSEGV, "hlt")                                           \
	X(SIGSEGV, "inb $0x60, %%al")                               \
	X(SIGSEGV, "movl %%eax, %%cr3")                             \
	X(SIGSEGV, "int $0x1f") /* a hypercall */                   \
	X(SIGSEGV, "int $0x20")                                     \
	X(SIGSEGV, "movl $0x61, %%eax; movl %%eax, %%ds")           \
	X(SIGSEGV, "ljmp $0x08, $0")                                \
	X(SIGILL, "ud2")                                            \
	X(SIGFPE, "xorl %%ecx, %%ecx; divl %%ecx")

void test_fault(u32 rounds)
{
	u32 r, n, at;

	for (r = 0; r < rounds; r++)
		for (n = 0;; n++) {
			s32 pid = fork();
			u32 want = 0;

			at = 0;
#define ONE(signal, code)                                                                 \
	if (at++ == n) {                                                                  \
		want = signal;                                                            \
		if (!pid)                                                                 \
			__asm__ volatile(code : : : "eax", "ecx", "edx", "cc", "memory"); \
	}
			FAULTS(ONE)
			if (!pid)
				exit(99);
			if (!want) {
				expect(pid, EXITED(99));
				break;
			}
			expect(pid, KILLED(want));
		}
}
