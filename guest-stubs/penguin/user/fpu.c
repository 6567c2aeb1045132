/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to a process beside its memory: the FPU's and SSE's registers, its TLS segment. */
#include "guest-stubs/penguin/user/user.h"

#define WORKERS	  5
#define LOOPS	  300
#define REGISTERS 8
#define SUMS	  5000 /* the results fit 32 bits */
#define TURNS	  4    /* by the timer */
#define CPUID_SSE (1u << 25)

static bool has_sse(void)
{
	u32 a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d & CPUID_SSE;
}

static void load_sse(u32 (*v)[4])
{
	__asm__ volatile("movups (%0), %%xmm0; movups 16(%0), %%xmm1\n"
			 "movups 32(%0), %%xmm2; movups 48(%0), %%xmm3\n"
			 "movups 64(%0), %%xmm4; movups 80(%0), %%xmm5\n"
			 "movups 96(%0), %%xmm6; movups 112(%0), %%xmm7"
			 :
			 : "r"(v)
			 : "memory");
}

static void store_sse(u32 (*v)[4])
{
	__asm__ volatile("movups %%xmm0, (%0); movups %%xmm1, 16(%0)\n"
			 "movups %%xmm2, 32(%0); movups %%xmm3, 48(%0)\n"
			 "movups %%xmm4, 64(%0); movups %%xmm5, 80(%0)\n"
			 "movups %%xmm6, 96(%0); movups %%xmm7, 112(%0)"
			 :
			 : "r"(v)
			 : "memory");
}

static void disturb(int signal)
{
	u32 junk[REGISTERS][4];

	(void)signal;
	fill(junk, sizeof(junk), 666);
	__asm__ volatile("fninit; fldpi; fldl2e; fldz");
	if (has_sse())
		load_sse(junk);
}

/* All eight x87 registers and the control word, and all of SSE, across `LOOPS` switches; now and
 * then a signal handler uses them in between. */
static void worker(u32 seed, bool sse)
{
	u32 sse_set[REGISTERS][4], sse_got[REGISTERS][4], i, loop;
	u16 control = (u16)(0x037f & ~(seed % 4 << 10)), control_got;
	s32 set[REGISTERS], got;

	on_signal(SIGUSR1, disturb);
	for (loop = 0; loop < LOOPS; loop++) {
		volatile u32 spin;

		__asm__ volatile("fninit; fldcw %0" : : "m"(control));
		for (i = 0; i < REGISTERS; i++) {
			set[i] = (s32)(seed * 1000003u + i * 7919u + loop);
			__asm__ volatile("fildl %0" : : "m"(set[i]));
		}
		fill(sse_set, sizeof(sse_set), seed + loop);
		if (sse)
			load_sse(sse_set);
		if (loop % 16 == 0)
			kill(getpid(), SIGUSR1);
		else if (loop % 4 == 0)
			yield();
		else
			for (spin = 0; spin < 500; spin++)
				;
		if (sse) {
			store_sse(sse_got);
			for (i = 0; i < sizeof(sse_got) / 4; i++)
				CHECK(((u32 *)sse_got)[i] == ((u32 *)sse_set)[i]);
		}
		__asm__ volatile("fnstcw %0" : "=m"(control_got));
		CHECK(control_got == control);
		for (i = REGISTERS; i--;) {
			__asm__ volatile("fistpl %0" : "=m"(got));
			CHECK(got == set[i]);
		}
	}
}

void test_fpu(u32 rounds)
{
	bool sse = has_sse();
	s32 pid[WORKERS];
	u32 r, i;

	for (r = 0; r < rounds; r++) {
		for (i = 0; i < WORKERS; i++) {
			pid[i] = fork();
			if (!pid[i]) {
				worker(r * WORKERS + i + 1, sse);
				exit(0);
			}
		}
		for (i = 0; i < WORKERS; i++)
			expect(pid[i], EXITED(0));
	}
}

/* Seven sums of `n` times the seed, each from its own start, all in registers meanwhile: whole
 * numbers, so that they are exact. No system call: only the timer takes the CPU away. */
static void sums(u32 seed, u32 n)
{
	s32 step = (s32)(seed * 7919u), start, got;
	u32 i, left = n;

	__asm__ volatile("fninit");
	for (i = 1; i < REGISTERS; i++) {
		start = (s32)(seed + i * 1013u);
		__asm__ volatile("fildl %0" : : "m"(start));
	}
	__asm__ volatile("fildl %1\n"
			 "1: fadd %%st, %%st(1); fadd %%st, %%st(2); fadd %%st, %%st(3)\n"
			 "fadd %%st, %%st(4); fadd %%st, %%st(5); fadd %%st, %%st(6)\n"
			 "fadd %%st, %%st(7); decl %0; jnz 1b\n"
			 "fistpl %1"
			 : "+r"(left), "+m"(step)
			 :
			 : "cc");
	CHECK(step == (s32)(seed * 7919u));
	for (i = REGISTERS - 1; i; i--) {
		__asm__ volatile("fistpl %0" : "=m"(got));
		CHECK(got == (s32)(seed + i * 1013u + n * (seed * 7919u)));
	}
}

/* Compute until each of the others got on TURNS times; one of them never touches the FPU. */
static void compute(volatile u32 *progress, u32 self)
{
	u32 seen[WORKERS] = {0}, turns[WORKERS] = {0}, i, missing = 1;

	while (missing) {
		if (self)
			sums(self, SUMS);
		progress[self]++;
		missing = 0;
		for (i = 0; i < WORKERS; i++) {
			if (i == self)
				continue;
			turns[i] += progress[i] != seen[i];
			seen[i] = progress[i];
			missing += turns[i] < TURNS && !progress[WORKERS + i];
		}
	}
	progress[WORKERS + self] = 1; /* done: nobody waits for it any more */
}

/* Processes that compute while others do, preempted in the midst of it. */
void test_lazyfpu(u32 rounds)
{
	volatile u32 *progress = map(0, PAGE, PROT_RW, MAP_SHARED);
	s32 pid[WORKERS];
	u32 r, i;

	CHECK(progress);
	for (r = 0; r < rounds; r++) {
		for (i = 0; i < 2 * WORKERS; i++)
			progress[i] = 0;
		for (i = 0; i < WORKERS; i++) {
			pid[i] = fork();
			if (!pid[i]) {
				compute(progress, i);
				exit(0);
			}
		}
		for (i = 0; i < WORKERS; i++)
			expect(pid[i], EXITED(0));
	}
	unmap((void *)progress, PAGE);
}

static u32 through_gs(void)
{
	u32 v;

	__asm__ volatile("movl %%gs:0, %0" : "=r"(v));
	return v;
}

void test_tls(u32 rounds)
{
	static u32 block;
	s32 pid[WORKERS];
	u32 i, r;

	for (i = 0; i < WORKERS; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		/* The same address in each process, another value behind it; one has no segment. */
		struct user_desc d = {~0u, (u32)&block, 0xfffff, USER_DESC_FLAT};

		block = 0x1000 + i;
		if (i) {
			CHECK(syscall(SYS_SET_THREAD_AREA, (u32)&d, 0, 0, 0, 0) == 0);
			__asm__ volatile("movl %0, %%gs" : : "r"(d.entry * 8 + 3));
		}
		for (r = 0; r < rounds * 100; r++) {
			yield();
			if (i)
				CHECK(through_gs() == 0x1000 + i);
		}
		exit(0);
	}
	for (i = 0; i < WORKERS; i++)
		expect(pid[i], EXITED(0));
}
