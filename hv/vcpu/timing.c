/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long exits of each kind take, for a guest of which somebody wants to know: its traps come by
 * here then. For the others nothing is done. */
#include "hv/vcpu/private.h"

/* Until the first exit from ring 3: what it took to get to the first instruction there. */
static COLD void dispatch_until_user(struct vcpu *v)
{
	if ((v->regs->cs & 3) == 3) {
		v->seen_user = true;
		for (u32 i = 0; i < EXIT_REASONS; i++)
			v->stats.first_user_exits += v->stats.exits[i];
		vcpu_time_exits(v, v->timed);
	}
	trap_dispatch(v);
}

static void dispatch(struct vcpu *v)
{
	if (v->seen_user)
		trap_dispatch(v);
	else
		dispatch_until_user(v);
}

/* Each exit is counted once, so the count that went up tells what it was. Without the world switch,
 * and the work of devices. */
static void timed_dispatch(struct vcpu *v)
{
	u64 began = now_ns();
	u32 before[EXIT_REASONS];

	for (u32 i = 0; i < EXIT_REASONS; i++)
		before[i] = (u32)v->stats.exits[i];
	dispatch(v);
	for (u32 i = 0; i < EXIT_REASONS; i++)
		if ((u32)v->stats.exits[i] != before[i])
			v->stats.exit_ns[i] += now_ns() - began;
}

void vcpu_time_exits(struct vcpu *v, bool on)
{
	v->timed = on;
	v->usual = on ? timed_dispatch : v->seen_user ? trap_dispatch : dispatch_until_user;
	if (!v->watched)
		v->dispatch = v->usual;
}
