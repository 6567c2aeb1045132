/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runner. Words it is given, all optional:
 *
 *	only=TEXT   benchmarks whose names begin with it
 *	disk=PATH   instead: read a disk, such as /ringone/dev/vda
 *	restart     end by a restart: the bare machine's QEMU ends by that
 */
#include "tests/linux/bench/bench.h"

static const char *only = "";

/* What a static program with a C library has touched when its main() begins. */
#define IMAGE_PAGES 64u
static u8 image[IMAGE_PAGES * PAGE];

/* " 12.3": ticks for one of n, if that has 32 bits. */
static void print_each(u64 ticks, u32 n)
{
	u32 quotient, rest;

	__asm__("divl %4"
		: "=a"(quotient), "=d"(rest)
		: "0"((u32)ticks), "1"((u32)(ticks >> 32) % n), "r"(n));
	print(" ");
	print_number(quotient);
	print(".");
	print_number(rest * 10 / n);
}

static void run(const struct bench *b)
{
	u64 best = ~0ull, worst = 0;

	for (u32 i = 0; i < TRIES; i++) {
		u64 ticks = b->run(b->count);

		best = ticks < best ? ticks : best;
		worst = ticks > worst ? ticks : worst;
	}
	print("bench: ");
	print(b->name);
	print(" ");
	print_number(b->count * TRIES);
	print_each(best, b->count);
	print_each(worst, b->count);
	print("\n");
	RDTSC_MARKED(MARK_NEXT);
}

static bool begins(const char *text, const char *with)
{
	while (*with && *text == *with)
		text++, with++;
	return !*with;
}

static void run_all(const struct bench *b)
{
	for (; b->name; b++)
		if (begins(b->name, only))
			run(b);
}

/* How long it took to get here, and the table. */
static void measure(u64 boot)
{
	if (begins("boot", only)) {
		print("bench: boot 1");
		print_each(boot, 1);
		print_each(boot, 1);
		print("\n");
		RDTSC_MARKED(MARK_NEXT);
	}
	close(open_scratch());
	run_all(call_benches);
	run_all(memory_benches);
	run_all(process_benches);
}

u32 program(u32 argc, char **argv)
{
	u64 boot = rdtsc();
	const char *disk = NULL;
	s32 pid;
	u32 end = 0x4321fedc; /* LINUX_REBOOT_CMD_POWER_OFF */

	own_path = argv[0];
	touch(image, IMAGE_PAGES);
	if (argc == 2 && same(argv[1], "nothing"))
		return 0;
	for (u32 i = 1; i < argc; i++)
		if (same(argv[i], "restart"))
			end = 0x01234567; /* LINUX_REBOOT_CMD_RESTART */
	/* NAME=VALUE comes in the environment of the first process. */
	for (char **env = argv + argc + 1; *env; env++) {
		if (begins(*env, "only="))
			only = *env + 5;
		if (begins(*env, "disk="))
			disk = *env + 5;
	}
	/* The first process is a special one for the kernel, a child of it is not. */
	pid = fork();
	if (!pid) {
		if (disk)
			read_disk(disk);
		else
			measure(boot);
		exit(0);
	}
	expect(pid, EXITED(0));
	print("bench: end\n");
	if (getpid() == 1) /* not where it is tried out */
		syscall(SYS_REBOOT, 0xfee1dead, 672274793, end, 0, 0);
	return 0;
}
