/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A2: what a trap costs, in the emulator's counted instructions (a TSC tick each): direct ones are
 * cheap. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"
#include "labs/check.h"

#define CALLS 100u
#define MOST  200u

USER_CODE_BLOB(u_calls, "movl $100, %ecx; 1: int $0x80; loop 1b; ud2");
USER_CODE_BLOB(u_breaks, "movl $100, %ecx; 1: int3; loop 1b; ud2");

static u32 calls;

static void count(struct frame *f)
{
	(void)f;
	calls++;
}

static void tried(const char *name, u32 vector, const char *start, const char *end)
{
	struct frame f;
	u64 before;
	u32 each;

	trap_handler[vector] = count;
	calls = 0;
	user_frame(&f, start, end);
	before = rdtsc();
	probe_user(&f);
	each = (u32)(rdtsc() - before) / CALLS;
	if (calls != CALLS)
		printf("not ok %s: expected %u calls of the handler, seen %u\n", name, CALLS,
		       calls);
	else if (each >= MOST)
		printf("not ok %s: expected fewer than %u instructions, seen %u\n", name, MOST,
		       each);
	else
		printf("ok %s (%u instructions)\n", name, each);
}

void guest_main(void)
{
	traps_init();
	paging_init();
	if (!user_init(kernel_root))
		panic("no memory");
	tried("system-call", LGUEST_SYSCALL_VECTOR, u_calls_start, u_calls_end);
	tried("breakpoint", VECTOR_BREAKPOINT, u_breaks_start, u_breaks_end);
	power_off();
}
