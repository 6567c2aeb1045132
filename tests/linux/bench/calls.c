/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that touch no page table, files, the timer. */
#include "tests/linux/bench/bench.h"

#define MIB	 (1u << 20)
#define DISK_MIB 16u /* a part that every disk has */
#define PASSES	 8u
#define TICK_GAP 500u /* a loop that reads the clock never takes so long by itself */

static u64 null_call(u32 n)
{
	return TIMED(n, i, getpid());
}

static u64 clock(u32 n)
{
	struct timeval t;

	return TIMED(n, i, syscall(SYS_GETTIMEOFDAY, (u32)&t, 0, 0, 0, 0));
}

s32 open_scratch(void)
{
	static u8 page[PAGE];
	s32 fd = syscall(SYS_OPEN, (u32)SCRATCH, O_RDWR, 0600, 0, 0);

	if (fd >= 0)
		return fd;
	fd = syscall(SYS_OPEN, (u32)SCRATCH, O_RDWR | O_CREAT, 0600, 0, 0);
	CHECK(fd >= 0);
	for (u32 i = 0; i < SCRATCH_PAGES; i++)
		CHECK(write(fd, page, PAGE) == (s32)PAGE);
	return fd;
}

static u64 open_close(u32 n)
{
	return TIMED(n, i, close(open_scratch()));
}

static u64 stat(u32 n)
{
	static u32 result[64];

	return TIMED(n, i, syscall(SYS_STAT64, (u32)SCRATCH, (u32)result, 0, 0, 0));
}

static u64 pread(u32 n)
{
	static u8 to[64];
	s32 fd = open_scratch();
	u64 ticks = TIMED(n, i, syscall(SYS_PREAD64, (u32)fd, (u32)to, sizeof(to), 0, 0));

	close(fd);
	return ticks;
}

static volatile u32 signals;

static void on_usr1(int signal)
{
	(void)signal;
	signals++;
}

static u64 signal_self(u32 n)
{
	s32 me = getpid();

	on_signal(SIGUSR1, on_usr1);
	return TIMED(n, i, kill(me, SIGUSR1));
}

/* A loop that reads the clock sees an interrupt as a gap. */
static u64 timer_tick(u32 n)
{
	u64 last = count_start(), now, sum = 0;

	while (n) {
		now = rdtsc();
		if (now - last > TICK_GAP) {
			sum += now - last;
			n--;
		}
		last = now;
	}
	count_stop();
	return sum;
}

static u32 now_us(void)
{
	struct timeval t;

	syscall(SYS_GETTIMEOFDAY, (u32)&t, 0, 0, 0, 0);
	return (u32)t.sec * 1000000u + (u32)t.usec;
}

/* "bench: disk MIB BEST-MICROSECONDS WORST": the page cache is not used, so all of it is read. */
void read_disk(const char *path)
{
	u8 *to = map(0, MIB, PROT_RW, MAP_PRIVATE);
	u32 best = ~0u, worst = 0;
	s32 fd;

	CHECK(to);
	CHECK(syscall(SYS_MOUNT, (u32) "dev", (u32) "/ringone/dev", (u32) "devtmpfs", 0, 0) == 0);
	fd = syscall(SYS_OPEN, (u32)path, O_DIRECT, 0, 0, 0);
	CHECK(fd >= 0);
	for (u32 pass = 0; pass < PASSES; pass++) {
		u32 start = now_us(), took;

		CHECK(syscall(SYS_LSEEK, (u32)fd, 0, 0, 0, 0) == 0);
		for (u32 i = 0; i < DISK_MIB; i++)
			CHECK(read(fd, to, MIB) == (s32)MIB);
		took = now_us() - start;
		best = took < best ? took : best;
		worst = took > worst ? took : worst;
	}
	print("bench: disk ");
	print_number(DISK_MIB);
	print(" ");
	print_number(best);
	print(" ");
	print_number(worst);
	print("\n");
}

const struct bench call_benches[] = {
	{"null_call", 5000, null_call},
	{"gettimeofday", 1000, clock},
	{"stat", 500, stat},
	{"open_close", 300, open_close},
	{"pread_64", 500, pread},
	{"signal_self", 300, signal_self},
	{"timer_tick", 4, timer_tick},
	{NULL, 0, NULL},
};
