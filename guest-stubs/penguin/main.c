/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * penguin's beginning and its list of tests.
 *
 *   run=all | run=name,name...   which (default all: those that need nothing special)
 *   rounds=N                     how often (default 1)
 *   seconds=N                    how long `sleep` sleeps (default: the rounds)
 *   counted=1                    instructions are counted, so that time must be exact
 *   bench=1                      print how many TSC ticks each program took: "bench: NAME 1 TICKS"
 *   run=panic                    crash with a message instead of anything else
 *
 * Tests of the kernel are in drivers.c. All others are runs of the torture program in a process
 * of its own. After each every page and every process must be gone again.
 */
#include "guest-stubs/lib/marks.h"
#include "guest-stubs/penguin/check.h"
#include "guest-stubs/penguin/penguin.h"

enum when { NAMED, ALWAYS, WITH_FPU }; /* what of `all` is true for a test */

#define LAZY_TRAPS 20u /* each of two times five processes uses the FPU more than once */

/* Tests by program; what the program gets as its number. */
static const struct {
	const char *name;
	u32 factor; /* times the rounds */
	enum when in_all;
	bool swap; /* needs a disk to swap to */
} programs[] = {
	{"storm", 1, ALWAYS, false},  {"pipe", 1, ALWAYS, false},
	{"signal", 1, ALWAYS, false}, {"preempt", 1, ALWAYS, false},
	{"mmap", 1, ALWAYS, false},   {"cow", 2, ALWAYS, false},
	{"fpu", 1, ALWAYS, false},    {"lazyfpu", 1, WITH_FPU, false},
	{"tls", 1, ALWAYS, false},    {"fault", 1, ALWAYS, false},
	{"sleep", 1, ALWAYS, false},  {"memory", 4, ALWAYS, false},
	{"swap", 0, NAMED, true},     {"oom", 1, NAMED, false},
	{"reboot", 0, NAMED, false},
};

static u32 passed, failed;

static bool listed(const char *name, bool in_all)
{
	char run[256];
	const char *p;
	u32 len = strlen(name);

	if (!option("run", run, sizeof(run)))
		return in_all;
	for (p = run; *p;) {
		const char *end = p;

		while (*end && *end != ',')
			end++;
		if ((in_all && !strncmp(p, "all", 3) && end - p == 3) ||
		    ((u32)(end - p) == len && !strncmp(p, name, len)))
			return true;
		p = *end ? end + 1 : end;
	}
	return false;
}

static bool nobody_left(void)
{
	u32 status, i;

	for (i = 1; i < TASKS; i++)
		if (tasks[i].state == TASK_ZOMBIE)
			task_reap(0, &status);
	for (i = 1; i < TASKS; i++)
		if (tasks[i].state != TASK_FREE)
			return false;
	return true;
}

/* The program's second number, if it is not 0, asks it for more. */
static bool run_program_with(const char *name, u32 rounds, u32 more)
{
	char number[12], second[12];
	const char *argv[] = {"/torture", name, number, more ? second : NULL, NULL};
	u32 status = 0;
	s32 pid;

	snprintf(number, sizeof(number), "%u", rounds);
	snprintf(second, sizeof(second), "%u", more);
	pid = task_spawn(argv);
	if (pid < 0 || task_reap((u32)pid, &status) != pid)
		return complain("the process did not start or end");
	if (status)
		printf("penguin: the process ended with status %x\n", status);
	return status == 0;
}

static bool run_program(const char *name, u32 rounds)
{
	return run_program_with(name, rounds, 0);
}

/* Counted: the program gets the speed of the TSC to compare with. */
static bool run_sleep(u32 rounds)
{
	u32 khz = lguest_data.tsc_khz;

	if (!option_u32("counted", 0))
		khz = 0;
	else
		TRY(khz);
	return run_program_with("sleep", option_u32("seconds", rounds), khz);
}

/* More memory than there is, by a third. */
static bool run_swap(void)
{
	u32 mib = pages_free() / 256, before = swap_counts.out;

	TRY(disks && vblk_sectors(0) / 2048 > mib / 2);
	TRY(run_program("memory", mib + mib / 3));
	printf("penguin: %u pages written to the disk, %u read\n", swap_counts.out - before,
	       swap_counts.in);
	TRY(swap_counts.out > before);
	TRY(swap_slots_used() == 0);
	return true;
}

static bool run_oom(u32 rounds)
{
	u32 before = swap_counts.kills;

	TRY(run_program("oom", rounds));
	TRY(swap_counts.kills == before + rounds);
	return true;
}

/* The same processes as of `fpu`, which give the CPU away, and others, from which it is taken, with
 * the FPU switched by #NM. */
static bool run_lazyfpu(u32 rounds)
{
	bool right;

	fpu_lazy_begin();
	right = run_program("fpu", rounds) && run_program("lazyfpu", rounds);
	fpu_lazy_end();
	printf("penguin: %u times #NM\n", fpu_traps);
	TRY(right);
	TRY(fpu_traps >= LAZY_TRAPS);
	return true;
}

/* Does not come back at the first start, which leaves a mark in the last sector of the first disk
 * and processes in the midst of their work. The second one finds nothing but the mark. */
static bool run_reboot(void)
{
	static const char mark[SECTOR] = "penguin: restarted";
	static const char *const argv[] = {"/torture", "storm", "1", NULL};
	static char sector[SECTOR];
	u32 last = (u32)vblk_sectors(0) - 1;

	TRY(disks && vblk_read(0, last, sector, 1));
	if (!memcmp(sector, mark, SECTOR)) {
		printf("penguin: this is the second start\n");
		memset(sector, 0, SECTOR);
		TRY(vblk_write(0, last, sector, 1) && vblk_flush(0));
		return true;
	}
	memcpy(sector, mark, SECTOR);
	TRY(vblk_write(0, last, sector, 1) && vblk_flush(0));
	TRY(task_spawn(argv) > 0 && task_spawn(argv) > 0);
	task_sleep(0);
	printf("penguin: restarting\n");
	restart();
}

static bool run_one(u32 i, u32 rounds)
{
	if (programs[i].swap)
		return run_swap();
	if (!strcmp(programs[i].name, "oom"))
		return run_oom(rounds);
	if (!strcmp(programs[i].name, "sleep"))
		return run_sleep(rounds);
	if (!strcmp(programs[i].name, "reboot"))
		return run_reboot();
	if (!strcmp(programs[i].name, "lazyfpu"))
		return run_lazyfpu(rounds);
	return run_program(programs[i].name, rounds * programs[i].factor);
}

static bool run_timed(u32 i, u32 rounds)
{
	u64 ticks = RDTSC_MARKED(MARK_START);
	bool ok = run_one(i, rounds);

	ticks = RDTSC_MARKED(MARK_STOP) - ticks;
	if (option_u32("bench", 0))
		printf("bench: %s 1 %u.0\n", programs[i].name, (u32)ticks);
	RDTSC_MARKED(MARK_NEXT);
	return ok;
}

static void count(const char *name, bool ok, u32 pages)
{
	if (!nobody_left())
		ok = complain("processes are left");
	if (pages_free() != pages) {
		printf("penguin: %u pages free, %u before\n", pages_free(), pages);
		ok = complain("pages are left");
	}
	printf("penguin: %s %s\n", name, ok ? "ok" : "FAILED");
	*(ok ? &passed : &failed) += 1;
}

static void run_all(void)
{
	u32 rounds = option_u32("rounds", 1), i;
	const struct kernel_test *k;

	for (k = driver_tests; k->name; k++) {
		bool in_all = !strcmp(k->name, "boot") || !strcmp(k->name, "pci") ||
			      !strcmp(k->name, "kmap") || !strcmp(k->name, "rng");

		if (listed(k->name, in_all)) {
			u32 pages = pages_free();

			count(k->name, k->run(rounds), pages);
		}
	}
	for (i = 0; i < ARRAY_LEN(programs); i++) {
		enum when when = programs[i].in_all;

		if (listed(programs[i].name,
			   when == ALWAYS || (when == WITH_FPU && fpu_present()))) {
			u32 pages = pages_free();

			if (programs[i].swap && disks)
				swap_init(0);
			count(programs[i].name, run_timed(i, rounds), pages);
		}
	}
}

void guest_main(void)
{
	traps_init();
	paging_init();
	tables_init();
	reclaim_init();
	drivers_init();
	syscalls_init();
	faults_init();
	tasks_init();
	printf("penguin: %s tables, %u KiB\n", tables->levels == 3 ? "PAE" : "2-level",
	       ram_bytes() / 1024);
	show_initrd();
	if (listed("panic", false))
		panic("penguin: on purpose");
	run_all();
	printf("penguin: %u passed, %u failed\n", passed, failed);
	clock_stop();
	irq_off();
	if (failed)
		panic("penguin: %u tests failed", failed);
	power_off();
}
