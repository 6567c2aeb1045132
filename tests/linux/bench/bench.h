/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a Linux that is measured: loops of what programs ask a kernel for, each
 *timed by RDTSC, on the bare machine and in a guest alike. Prints for each
 *
 *	bench: NAME OPERATIONS BEST WORST
 *
 * all operations that were counted, and ticks for one in the best and the worst of TRIES tries.
 */
#ifndef LINUX_BENCH_H
#define LINUX_BENCH_H

#include "guest-stubs/lib/marks.h"
#include "guest-stubs/penguin/user/user.h"

#define TRIES 3

#define SYS_OPEN    5
#define SYS_UNLINK  10
#define SYS_LSEEK   19
#define SYS_MOUNT   21
#define SYS_REBOOT  88
#define SYS_CLONE   120
#define SYS_PREAD64 180
#define SYS_STAT64  195

#define O_RDWR	 2
#define O_CREAT	 0100
#define O_DIRECT 040000

struct bench {
	const char *name;
	u32 count;
	u64 (*run)(u32 n); /* n operations after whatever preparation; the ticks that they took */
};

/* Each ends with a row without a name. */
extern const struct bench call_benches[], memory_benches[], process_benches[];

#define SCRATCH	      "/ringone/scratch" /* a file in the RAM file system, SCRATCH_PAGES long */
#define SCRATCH_PAGES 256u

static inline u64 count_start(void)
{
	return RDTSC_MARKED(MARK_START);
}

static inline u64 count_stop(void)
{
	return RDTSC_MARKED(MARK_STOP);
}

/* n times a statement, timed. */
#define TIMED(n, i, statement)                \
	({                                    \
		u64 start_ = count_start();   \
		for (u32 i = 0; i < (n); i++) \
			statement;            \
		count_stop() - start_;        \
	})

static inline void touch(void *at, u32 pages)
{
	for (u32 i = 0; i < pages; i++)
		*(volatile u32 *)((u8 *)at + i * PAGE) = i;
}

static inline u8 *map_touched(u32 pages)
{
	u8 *p = map(0, pages * PAGE, PROT_RW, MAP_PRIVATE);

	CHECK(p);
	touch(p, pages);
	return p;
}

s32 open_scratch(void);
void read_disk(const char *path); /* prints how long it takes to read it by 1 MiB */

#endif
