/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs at the same time: each on a thread, in a space of its own, at the same addresses. */
#include "labs/harness/harness.h"
#include "labs/kernel/thread.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/user.h"

static struct thread *thread[3];
static u32 status[3], seeds[3], finished, beside;

static u32 wanted(u32 x)
{
	u32 i;

	for (i = 0; i < 12000000; i++) {
		x = x * 1664525 + 1013904223;
		__asm__("" : "+r"(x)); /* each round is done, whatever the compiler knows */
	}
	return x >> 24;
}

static void run(void *arg)
{
	u32 i = (u32)arg;

	status[i] = program_run(program_find("count"), seeds[i]);
	if (finished++ == 0) /* who have had the CPU by now */
		for (i = 0; i < 3; i++)
			beside += thread[i]->ticks > 0;
}

TEST(b5_programs)
{
	u32 i, before = frames_left();

	for (i = 0; i < 3; i++) {
		seeds[i] = random_number();
		thread[i] = thread_start("count", run, (void *)i);
	}
	for (i = 0; i < 3; i++) {
		thread_join(thread[i]);
		check_equal("what a program computed beside two others", wanted(seeds[i]) & 0xff,
			    status[i]);
		note(status[i]);
	}
	check_equal("programs under way when the first one ended", 3, beside);
	check_equal("frames that are left", before, frames_left());
}
