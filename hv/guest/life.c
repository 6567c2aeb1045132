/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a guest: ended once, and for the first reason given; paused and resumed. */
#include "devices/devices.h"
#include "hv/guest/guest.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"

struct guest guests[GUESTS_MAX];
u32 guest_count, guest_changes;

_Static_assert(GUEST_NAME_MAX == LOG_TAG_MAX && GUESTS_MAX <= LOG_TAGS,
	       "names are tags of the log");

const char *const guest_state_name[GUEST_STATES] = {
	[GUEST_EMPTY] = "empty",   [GUEST_STARTING] = "starting", [GUEST_RUNNING] = "running",
	[GUEST_PAUSED] = "paused", [GUEST_ENDED] = "ended",
};

void guest_set_state(struct guest *g, enum guest_state s)
{
	g->state = s;
	guest_changes++;
}

static bool (*hold_end)(struct guest *g, enum guest_end end, const char *why); /* NULL: nobody */

void guest_end_hook(bool (*hold)(struct guest *g, enum guest_end end, const char *why))
{
	hold_end = hold;
}

void guest_end(struct guest *g, enum guest_end end, const char *why)
{
	static const char *const how[GUEST_ENDS] = {
		[END_OFF] = "powered off",
		[END_RESTART] = "restarts",
		[END_CRASHED] = "crashed",
		[END_KILLED] = "killed",
	};

	if (!guest_alive(g))
		return; /* the first reason is the useful one */
	g->end = end;
	if (why != g->why)
		snprintf(g->why, sizeof(g->why), "%s", why);
	if (hold_end && hold_end(g, end, why))
		return;
	guest_set_state(g, GUEST_ENDED);
	if (g->bus)
		(void)bus_console_flush(g->bus); /* the rest comes before it is reaped */
	log_line(end == END_KILLED || end == END_CRASHED ? LOG_ERROR : LOG_INFO, g->name,
		 end == END_OFF || end == END_RESTART ? "%s" : "%s: %s", how[end], why);
	trace(TRACE_GUEST, g->name, g->state, end, 0);
	run_yield();
}

void guest_kill(struct guest *g, const char *fmt, ...)
{
	char why[sizeof(g->why)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	guest_end(g, END_KILLED, why);
}

void guest_pause(struct guest *g)
{
	if (g->state != GUEST_RUNNING)
		return;
	guest_set_state(g, GUEST_PAUSED);
	run_yield();
}

void guest_resume(struct guest *g)
{
	if (g->state != GUEST_PAUSED)
		return;
	if (g->end != END_NONE) { /* it was held back: what it was killed for may not be run */
		guest_end(g, g->end, g->why);
		return;
	}
	guest_set_state(g, GUEST_RUNNING);
	run_wake(g);
}

/* The run loop reaps it and starts it again, also one that it has reaped before. */
void guest_restart(struct guest *g)
{
	if (g->state == GUEST_ENDED && !g->held) {
		g->held = true;
		g->end = END_RESTART;
	} else if (!guest_restarting(g)) {
		guest_end(g, END_RESTART, "restart");
		g->end = END_RESTART;
	}
}

struct guest *guest_by_name(const char *name)
{
	for (u32 i = 0; i < guest_count; i++)
		if (!strcmp(guests[i].name, name))
			return &guests[i];
	return NULL;
}
