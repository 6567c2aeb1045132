/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench: what operations cost, in ticks of the TSC, which are instructions under QEMU's -icount.
 * The same source is a guest and a kernel in ring 0 (GUEST_NATIVE). For the files of this guest.
 */
#ifndef GUEST_BENCH_H
#define GUEST_BENCH_H

#include "guest-stubs/lib/marks.h"
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"

struct bench {
	const char *name;
	u32 count;
	u64 (*run)(u32 n); /* do it n times after whatever preparation; the ticks that took */
};

/* Each ends with a row without a name. */
extern const struct bench trap_benches[], clock_benches[], memory_benches[], device_benches[],
	peer_benches[];

/* The second guest of peer_benches: answers frames until it is told to end. */
void peer_main(void);
bool peer_find(void); /* false: there is none */
void peer_end(void);
bool disk_find(void);

extern u32 bench_root; /* the current address space between two benchmarks */

static inline u32 fault_address(void)
{
#ifdef GUEST_NATIVE
	u32 va;

	__asm__ volatile("movl %%cr2, %0" : "=r"(va));
	return va;
#else
	return *(volatile u32 *)&lguest_data.cr2;
#endif
}

static inline void timer_handled(void)
{
#ifdef GUEST_NATIVE
	native_eoi();
#endif
}

/* The clock, before and after what is counted. */
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

#endif
