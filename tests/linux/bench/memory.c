/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: pages used first, given back, protected, moved, copied on write. */
#include "tests/linux/bench/bench.h"

#define MREMAP_FIXED 2
#define PLACE	     0x20000000u /* two places to move to and fro, nothing else is near */
#define OTHER_PLACE  0x30000000u
#define MOVED	     1024u
#define PROTECTED    64u

static u64 touch_page(u32 n)
{
	u8 *p = map(0, n * PAGE, PROT_RW, MAP_PRIVATE);
	u64 ticks;

	CHECK(p);
	ticks = count_start();
	touch(p, n);
	ticks = count_stop() - ticks;
	unmap(p, n * PAGE);
	return ticks;
}

static u64 munmap_page(u32 n)
{
	u8 *p = map_touched(n);

	return TIMED(1, i, unmap(p, n * PAGE));
}

static u64 map_touch_unmap(u32 n)
{
	u64 start = count_start();

	for (u32 i = 0; i < n; i++) {
		u8 *p = map_touched(1);

		unmap(p, PAGE);
	}
	return count_stop() - start;
}

/* Read-only, writable again, one write; as many of the pages in use. */
static u64 protects(u32 n, u32 used)
{
	u8 *p = map(0, PROTECTED * PAGE, PROT_RW, MAP_PRIVATE);
	u64 start;

	CHECK(p);
	touch(p, used);
	start = count_start();
	for (u32 i = 0; i < n; i++) {
		protect(p, PROTECTED * PAGE, PROT_READ);
		protect(p, PROTECTED * PAGE, PROT_RW);
		touch(p, 1);
	}
	start = count_stop() - start;
	unmap(p, PROTECTED * PAGE);
	return start;
}

static u64 mprotect_64(u32 n)
{
	return protects(n, 1);
}

static u64 mprotect_64_used(u32 n)
{
	return protects(n, PROTECTED);
}

static u8 *guarded;

static void unguard(int signal)
{
	(void)signal;
	protect(guarded, PAGE, PROT_RW);
}

static u64 segv_mprotect(u32 n)
{
	u64 start;

	guarded = map_touched(1);
	on_signal(SIGSEGV, unguard);
	start = count_start();
	for (u32 i = 0; i < n; i++) {
		protect(guarded, PAGE, PROT_READ);
		touch(guarded, 1);
	}
	start = count_stop() - start;
	unmap(guarded, PAGE);
	return start;
}

/* MOVED pages to another place, not to be read there. */
static u64 mremap_1024(u32 n)
{
	void *p = map(PLACE, MOVED * PAGE, PROT_RW, MAP_PRIVATE | MAP_FIXED);
	u32 at = PLACE;
	u64 start;

	CHECK(p == (void *)PLACE);
	touch(p, MOVED);
	start = count_start();
	for (u32 i = 0; i < n; i++) {
		u32 to = at == PLACE ? OTHER_PLACE : PLACE;

		CHECK(syscall(SYS_MREMAP, at, MOVED * PAGE, MOVED * PAGE,
			      MREMAP_MAYMOVE | MREMAP_FIXED, to) == (s32)to);
		at = to;
	}
	start = count_stop() - start;
	unmap((void *)at, MOVED * PAGE);
	return start;
}

/* Pages that fork() made read-only, and nobody shares any more. */
static u64 write_after_fork(u32 n)
{
	u8 *p = map_touched(n);
	s32 pid = fork();
	u64 ticks;

	if (!pid)
		exit(0);
	expect(pid, EXITED(0));
	ticks = count_start();
	touch(p, n);
	ticks = count_stop() - ticks;
	unmap(p, n * PAGE);
	return ticks;
}

/* The same while the child is there, so that each is copied. */
static u64 cow_fault(u32 n)
{
	u8 *p = map_touched(n);
	s32 fd[2], pid;
	u64 ticks;
	u8 byte;

	CHECK(pipe(fd) == 0);
	pid = fork();
	if (!pid) {
		close(fd[1]);
		read(fd[0], &byte, 1);
		exit(0);
	}
	ticks = count_start();
	touch(p, n);
	ticks = count_stop() - ticks;
	close(fd[0]);
	close(fd[1]);
	expect(pid, EXITED(0));
	unmap(p, n * PAGE);
	return ticks;
}

/* Read a mapped file that lies in the page cache. */
static u64 file_page(u32 n)
{
	s32 fd = open_scratch(), r;
	u64 start;

	CHECK(n <= SCRATCH_PAGES);
	__asm__ volatile("pushl %%ebp; xorl %%ebp, %%ebp; int $0x80; popl %%ebp"
			 : "=a"(r)
			 : "a"(SYS_MMAP2), "b"(0), "c"(n * PAGE), "d"(PROT_READ), "S"(MAP_PRIVATE),
			   "D"(fd)
			 : "memory");
	CHECK((u32)r < 0xfffff000u);
	start = count_start();
	for (u32 i = 0; i < n; i++)
		(void)*(volatile u32 *)((u32)r + i * PAGE);
	start = count_stop() - start;
	unmap((void *)r, n * PAGE);
	close(fd);
	return start;
}

const struct bench memory_benches[] = {
	{"touch_page", 1024, touch_page},
	{"munmap_page", 1024, munmap_page},
	{"map_touch_unmap", 200, map_touch_unmap},
	{"mprotect_64", 50, mprotect_64},
	{"mprotect_64_used", 50, mprotect_64_used},
	{"segv_mprotect", 100, segv_mprotect},
	{"mremap_1024", 8, mremap_1024},
	{"write_after_fork", 256, write_after_fork},
	{"cow_fault", 256, cow_fault},
	{"file_page", SCRATCH_PAGES, file_page},
	{NULL, 0, NULL},
};
