/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a guest (hv/guest/life.c). */
#include "devices/devices.h"
#include "hv/guest/guest.h"
#include "lib/cpu.h"
#include "lib/trace.h"

#include <stdio.h>
#include <string.h>

struct trace_ring trace_ring;
struct cpu_features cpu;
static struct guest *const g = &guests[0];
static bool holds;
static unsigned yields;
static const char *test;
static bool failed;

bool bus_console_flush(struct bus *b)
{
	(void)b;
	return false;
}

void run_yield(void)
{
	yields++;
}

void run_wake(struct guest *who)
{
	(void)who;
}

static bool hold(struct guest *who, enum guest_end end, const char *why)
{
	(void)end;
	(void)why;
	if (!holds)
		return false;
	holds = false;
	guest_pause(who);
	return true;
}

static void fresh(const char *name)
{
	test = name;
	failed = false;
	memset(guests, 0, sizeof(guests));
	guest_count = 1;
	strcpy(g->name, "g");
	g->state = GUEST_RUNNING;
	g->held = true;
	holds = false;
	yields = 0;
	guest_end_hook(hold);
}

static void expect(const char *what, unsigned seen, unsigned wanted)
{
	if (seen == wanted || failed)
		return;
	failed = true;
	printf("not ok %s: %s: expected %u, seen %u\n", test, what, wanted, seen);
}

static void expect_why(const char *wanted)
{
	if (!strcmp(g->why, wanted) || failed)
		return;
	failed = true;
	printf("not ok %s: reason: expected \"%s\", seen \"%s\"\n", test, wanted, g->why);
}

static void end(void)
{
	if (!failed)
		printf("ok %s\n", test);
}

static void first_reason(void)
{
	fresh("first_reason");
	guest_kill(g, "at %#x for %s", 0x1234, "this");
	guest_end(g, END_OFF, "for that");
	guest_kill(g, "for a third");
	expect("state", g->state, GUEST_ENDED);
	expect("end", g->end, END_KILLED);
	expect_why("at 0x1234 for this");
	expect("turns given up", yields, 1);
	expect("still held", g->held, true);
	end();
}

static void long_reason(void)
{
	char text[300];

	fresh("long_reason");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	guest_kill(g, "%s", text);
	expect("characters of the reason", (unsigned)strlen(g->why), sizeof(g->why) - 1);
	end();
}

static void held_back(void)
{
	fresh("held_back");
	holds = true;
	guest_kill(g, "for this");
	expect("state", g->state, GUEST_PAUSED);
	expect("alive", guest_alive(g), true);
	guest_resume(g);
	expect("state after it was let go on", g->state, GUEST_ENDED);
	expect_why("for this");
	end();
}

static void restarts(void)
{
	fresh("restarts");
	guest_restart(g);
	expect("restarting", guest_restarting(g), true);
	guest_restart(g);
	expect("restarting, asked twice", guest_restarting(g), true);
	guest_kill(g, "meanwhile");
	expect("end of one that was killed while it restarts", g->end, END_KILLED);
	fresh("restarts");
	guest_kill(g, "for this");
	g->held = false; /* reaped */
	guest_restart(g);
	expect("restarting after it was reaped", guest_restarting(g), true);
	fresh("restarts");
	guest_kill(g, "for this");
	guest_restart(g); /* not reaped yet */
	expect("restarting before it is reaped", guest_restarting(g), true);
	end();
}

int main(void)
{
	setbuf(stdout, NULL);
	first_reason();
	long_reason();
	held_back();
	restarts();
	return 0;
}
