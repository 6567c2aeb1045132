/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long exits of each kind take, for a guest of which somebody wants to know: its traps come by
 * here then. For the others nothing is done. */
#include "hv/vcpu/private.h"

/* Each exit is counted once, so the count that went up tells what it was. Without the world switch,
 * and the work of devices. */
static void timed_dispatch(struct vcpu *v)
{
	u64 began = now_ns();
	u32 before[EXIT_REASONS];

	for (u32 i = 0; i < EXIT_REASONS; i++)
		before[i] = (u32)v->stats.exits[i];
	trap_dispatch(v);
	for (u32 i = 0; i < EXIT_REASONS; i++)
		if ((u32)v->stats.exits[i] != before[i])
			v->stats.exit_ns[i] += now_ns() - began;
}

void vcpu_time_exits(struct vcpu *v, bool on)
{
	v->timed = on;
	v->usual = on ? timed_dispatch : trap_dispatch;
	if (!v->watched)
		v->dispatch = v->usual;
}
