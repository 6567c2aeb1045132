/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/guest/life.c */
/* The states of a guest, and somebody who holds its end back. */
#include "devices/devices.h"
#include "hv/guest/guest.h"
#include "lib/log.h"
#include "lib/trace.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

struct trace_ring trace_ring;
struct cpu_features cpu;
static bool holds; /* the debugger holds ends back, each once */
static u32 held, yields, wakes;

bool bus_console_flush(struct bus *b)
{
	(void)b;
	return false;
}

void run_yield(void)
{
	yields++;
}

void run_wake(struct guest *g)
{
	(void)g;
	wakes++;
}

static bool hold(struct guest *g, enum guest_end end, const char *why)
{
	(void)end;
	assert_string_not_equal(why, "");
	if (!holds || held || g->state != GUEST_RUNNING)
		return false;
	held++;
	guest_pause(g);
	return true;
}

static int fresh(void **state)
{
	(void)state;
	memset(guests, 0, sizeof(guests));
	guest_count = 1;
	strcpy(guests[0].name, "g");
	guests[0].state = GUEST_RUNNING;
	guests[0].held = true;
	holds = false;
	held = yields = wakes = 0;
	guest_end_hook(hold);
	return 0;
}

static void first_reason(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	guest_kill(g, "for %s", "this");
	guest_end(g, END_OFF, "for that");
	assert_int_equal(g->state, GUEST_ENDED);
	assert_int_equal(g->end, END_KILLED);
	assert_string_equal(g->why, "for this");
	assert_int_equal(yields, 1);
	guest_resume(g);
	assert_int_equal(g->state, GUEST_ENDED);
}

static void pauses(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	guest_pause(g);
	assert_int_equal(g->state, GUEST_PAUSED);
	guest_resume(g);
	assert_int_equal(g->state, GUEST_RUNNING);
	assert_int_equal(wakes, 1);
}

/* A debugger looks at what it was killed for. Whoever lets it go on, the monitor too, ends it. */
static void held_back(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	holds = true;
	guest_kill(g, "for this");
	assert_int_equal(g->state, GUEST_PAUSED);
	assert_true(guest_alive(g));
	guest_resume(g);
	assert_int_equal(g->state, GUEST_ENDED);
	assert_int_equal(g->end, END_KILLED);
	assert_string_equal(g->why, "for this");
}

static void restarts(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	holds = true;
	guest_kill(g, "for this");
	guest_restart(g);
	assert_true(guest_restarting(g));
	g->held = false; /* reaped */
	g->end = END_KILLED;
	guest_restart(g);
	assert_true(guest_restarting(g));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_reason, fresh),
		cmocka_unit_test_setup(pauses, fresh),
		cmocka_unit_test_setup(held_back, fresh),
		cmocka_unit_test_setup(restarts, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
