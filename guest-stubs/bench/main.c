/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench: one line for each benchmark, "bench: NAME COUNT INSTRUCTIONS", the cost of one
 * operation with one decimal. The difference between 2 n and n operations is counted, so neither
 * the preparation nor the first time count; of three tries the cheapest, since a turn may end
 * in one of them.
 *
 *   peer=1     be the other guest on the network
 *   only=TEXT  just the benchmarks whose names begin with it
 *   timed=1    instructions are not counted: leave out what waits for a time of the clock
 */
#include "guest-stubs/bench/bench.h"

#define TRIES 3

static u64 cheapest(const struct bench *b, u32 n)
{
	u64 best = ~0ull;
	u32 i;

	for (i = 0; i < TRIES; i++) {
		u64 ticks = b->run(n);

		irq_off();
		best = MIN(best, ticks);
	}
	return best;
}

static void run(const struct bench *b)
{
	u64 once = cheapest(b, b->count), twice = cheapest(b, 2 * b->count);
	u32 tenths = twice > once ? div64((twice - once) * 10, b->count, NULL) : 0;

	printf("bench: %s %u %u.%u\n", b->name, b->count, tenths / 10, tenths % 10);
	RDTSC_MARKED(MARK_NEXT);
}

static void run_all(const struct bench *b)
{
	char only[32];

	for (option("only", only, sizeof(only)); b->name; b++)
		if (!strncmp(b->name, only, strlen(only)))
			run(b);
}

static void run_kernel(void)
{
	run_all(trap_benches);
	if (!option_u32("timed", 0))
		run_all(clock_benches);
	run_all(memory_benches);
}

static void prepare(void)
{
	traps_init();
	paging_init();
	bench_root = root_new();
	if (!bench_root || !user_init(bench_root))
		panic("bench: too little memory");
	root_load(bench_root);
}

void guest_main(void)
{
	prepare();
#ifdef GUEST_NATIVE
	run_kernel();
#else
	if (option_u32("peer", 0)) {
		peer_main();
		return;
	}
	run_kernel();
	if (disk_find())
		run_all(device_benches);
	if (peer_find()) {
		run_all(peer_benches);
		peer_end();
	}
#endif
	printf("bench: end\n");
}
