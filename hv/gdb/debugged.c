/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each guest for gdb, and how one comes to stand still. */
#include "hv/gdb/private.h"

static struct debugged states[GUESTS_MAX];

struct debugged *debugged(const struct guest *g)
{
	return &states[g - guests];
}

void stop_guest(struct guest *g, enum gdb_signal why)
{
	struct debugged *d = debugged(g);

	guest_pause(g);
	d->held = g->state == GUEST_PAUSED;
	d->why = why;
	d->stepping = d->reported = false;
	d->hit = NULL;
	d->note[0] = '\0';
}
