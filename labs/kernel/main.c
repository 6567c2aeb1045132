/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel from its first line of C to its last: one step a lab, each on top of those before. */
#include "labs/harness/harness.h"
#include "labs/kernel/console.h"
#include "labs/kernel/fs.h"
#include "labs/kernel/memory.h"
#include "labs/kernel/net.h"
#include "labs/kernel/thread.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/user.h"

u32 lab;

static const struct {
	void (*init)(void);
	const char *what;
} step[] = {
	{console_init, "console"}, /* B1 */
	{traps_init, "traps"},	   {memory_init, "memory"}, {user_init, "programs"},
	{threads_init, "threads"}, {files_init, "files"},   {network_init, "network"},
};

void kernel_main(void)
{
	u32 last = harness_lab() ? harness_lab() : ARRAY_LEN(step);

	for (lab = 1; lab <= last && lab <= ARRAY_LEN(step); lab++)
		step[lab - 1].init();
	lab = last;
	interrupts_on();
	harness_run();
	puts("Hello from ring 1\n");
}
