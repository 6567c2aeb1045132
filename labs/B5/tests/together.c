/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs at the same time: each on a thread, in a space of its own, at the same addresses. */
#include "labs/harness/harness.h"
#include "labs/kernel/thread.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/user.h"

static u32 status[3], seeds[3], finished;

static u32 wanted(u32 x)
{
	u32 i;

	for (i = 0; i < 12000000; i++)
		x = x * 1664525 + 1013904223;
	return x >> 24;
}

static void run(void *arg)
{
	u32 i = (u32)arg;

	status[i] = program_run(program_find("count"), seeds[i]);
	finished++;
}

TEST(b5_programs)
{
	struct thread *t[3];
	u32 i, before = frames_left(), together = 0;

	for (i = 0; i < 3; i++) {
		seeds[i] = random_number();
		t[i] = thread_start("count", run, (void *)i);
	}
	while (finished < 3) {
		thread_sleep(1);
		if (t[0]->ticks && t[1]->ticks && t[2]->ticks && !finished)
			together++;
	}
	check(together > 0, "three programs under way at the same time");
	for (i = 0; i < 3; i++) {
		thread_join(t[i]);
		check_equal("what a program computed beside two others", wanted(seeds[i]) & 0xff,
			    status[i]);
		note(status[i]);
	}
	check_equal("frames that are left", before, frames_left());
}
