/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/gdb/[a-z]*.c tests/unit/gdb_fixture.c */
/* gdb and the lives of a guest: a restart, a reboot, a start, `target extended-remote`. */
#include "tests/unit/gdb_fixture.h"

/* The run loop's part of a restart. */
static void live_again(struct guest *g)
{
	assert_int_equal(g->end, END_RESTART);
	gdb_released(g);
	guest_runs(g);
	out_len = 0;
	assert_true(gdb_started(g));
	g->state = GUEST_PAUSED;
	gdb_poll();
}

/* It was to start, and could not. */
static void not_loaded(struct guest *g)
{
	g->state = GUEST_ENDED;
	g->end = END_KILLED;
	g->held = false;
	gdb_released(g);
}

/* The command ends when the new life is there, and with it gdb's wait: no stop is told. */
static void test_restart(void **state)
{
	(void)state;
	ask("?");
	ask("Z0,20,1");
	regs[0].eip = 0x1234;
	command("restart");
	assert_true(sent("$O6120697320")); /* "a is ", of whom */
	assert_false(sent("$OK#9a"));
	live_again(&guests[0]);
	assert_true(sent("$OK#9a"));
	assert_false(sent("$T"));
	assert_false(breakpoint_at(&guests[0], 0x20));
	gdb_poll();
	assert_false(sent("$T"));
	assert_string_equal(ask("?"), "T05thread:1;");
	assert_string_equal(ask("vCont;c"), "+");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_false(gdb_started(&guests[1]));
	stop_guest(&guests[0], SIG_TRAP);
	gdb_poll();
	command("restart");
	gdb_released(&guests[0]);
	out_len = 0;
	not_loaded(&guests[0]);
	assert_true(sent("$E01#"));
}

/* One answer to one question, whoever else stops before the restarted guest is there. */
static void test_restart_overtaken(void **state)
{
	(void)state;
	ask("?");
	ask("c");
	guest_restart(&guests[0]);
	gdb_released(&guests[0]);
	guests[0].state = GUEST_STARTING;
	stop_watch(&guests[1]);
	stop_guest(&guests[1], SIG_TRAP);
	out_len = 0;
	gdb_poll();
	assert_true(sent("$T05thread:2;#"));
	guest_runs(&guests[0]);
	assert_true(gdb_started(&guests[0]));
	guests[0].state = GUEST_PAUSED;
	debugged(&guests[0])->held = true;
	out_len = 0;
	gdb_poll();
	assert_int_equal(out_len, 0);
	assert_string_equal(ask("c"), "T05thread:1;"); /* but it is not forgotten */
	assert_int_equal(guests[1].state, GUEST_RUNNING);
	guest_restart(
		&guests[0]); /* the monitor's, of one that stands still, which has last words */
	assert_string_equal(ask("c"), "+");
	out_len = 0;
	gdb_poll();
	assert_int_equal(out_len, 0);
	live_again(&guests[0]);
	assert_true(sent("$T20thread:1;#"));
}

/* Whoever did not come up as gdb wanted it does not wait for gdb when it does another time. */
static void test_not_loaded(void **state)
{
	(void)state;
	ask("qSupported:x");
	ask("!");
	ask("?");
	assert_string_equal(ask("vRun;62"), "+");
	gdb_released(&guests[1]);
	out_len = 0;
	not_loaded(&guests[1]);
	assert_true(sent("$E01#"));
	out_len = 0;
	gdb_poll();
	assert_int_equal(out_len, 0);
	guest_runs(&guests[1]);
	assert_false(gdb_started(&guests[1]));
	ask("vAttach;2");
	ask("c");
	guest_restart(&guests[1]); /* by itself */
	gdb_released(&guests[1]);
	guests[1].state = GUEST_STARTING;
	guest_end(&guests[1], END_KILLED, ""); /* by the monitor */
	out_len = 0;
	gdb_poll();
	gdb_released(&guests[1]);
	gdb_poll();
	assert_true(sent("$X09#"));
	assert_int_equal(out_len, 7);
	guest_runs(&guests[1]);
	assert_false(gdb_started(&guests[1]));
}

/* A guest that starts again by itself is stopped at its new beginning: gdb's breakpoints went with
 * the old life. */
static void test_reboot(void **state)
{
	(void)state;
	ask("?");
	ask("Z0,20,1");
	ask("c");
	guest_restart(&guests[0]);
	live_again(&guests[0]);
	assert_true(sent("$T20thread:1;#"));
	assert_int_equal(guests[1].state, GUEST_RUNNING);
	ask("c");
	ask("D"); /* without a debugger it is nobody's business */
	guest_restart(&guests[0]);
	gdb_released(&guests[0]);
	guest_runs(&guests[0]);
	assert_false(gdb_started(&guests[0]));
}

/* gdb comes while a guest is being loaded, or turns to it then: it hears of its first instruction.
 */
static void test_starting(void **state)
{
	(void)state;
	guest_count = 1;
	guests[0].state = GUEST_STARTING;
	assert_string_equal(ask("?"), "+");
	guest_runs(&guests[0]);
	out_len = 0;
	assert_true(gdb_started(&guests[0]));
	gdb_poll();
	assert_true(sent("$T05thread:1;#"));
	guest_count = 2;
	guests[1].state = GUEST_STARTING;
	assert_string_equal(ask("vCont;c:2"), "+");
	guest_runs(&guests[1]);
	out_len = 0;
	assert_true(gdb_started(&guests[1]));
	gdb_poll();
	assert_true(sent("thread:2;#"));
	guests[1].state = GUEST_ENDED;
	guests[1].held = false;
	assert_string_equal(ask("vCont;c:2"), "W00");
	ask("!");
	ask("D");
	guests[1].state = GUEST_STARTING; /* who is named is meant, not who is there already */
	assert_string_equal(ask("vAttach;2"), "+");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	guest_runs(&guests[1]);
	out_len = 0;
	assert_true(gdb_started(&guests[1]));
	gdb_poll();
	assert_true(sent("$T05thread:2;#"));
}

/* From now on, and as long as that something wakes the machine. */
static void rests_a_minute(void)
{
	assert_true(gdb_rests());
	for (u32 s = 0; s < 60; s++) {
		assert_true(session.rest.armed);
		assert_true(gdb_rests());
		clock_ns += 1000000000ull;
		gdb_poll();
		clock_ns++;
		timers_run();
	}
	assert_false(gdb_rests());
}

/* Under `target extended-remote` gdb stays when its guest ends, and may run it again. */
static void test_extended(void **state)
{
	(void)state;
	ask("qSupported:x");
	assert_string_equal(ask("!"), "OK");
	assert_string_equal(ask("?"), "T05thread:1;");
	assert_false(gdb_rests());
	assert_string_equal(ask("vKill;a410"), "OK");
	assert_int_equal(guests[0].end, END_KILLED);
	assert_string_equal(ask("?"), "W00"); /* the other one is left alone */
	assert_string_equal(ask("qfThreadInfo"), "l");
	assert_int_equal(guests[1].state, GUEST_RUNNING);
	rests_a_minute();
	ask("?"); /* it is there still */
	rests_a_minute();
	gdb_released(&guests[0]);
	assert_string_equal(ask("vRun;"), "+");
	assert_true(gdb_rests());
	live_again(&guests[0]);
	assert_true(sent("$T05thread:1;#"));
	assert_false(gdb_rests());
	assert_string_equal(ask("vRun;78"), "E01"); /* x: there is none of this name */
	ask("c");
	guest_end(&guests[0], END_OFF, "");
	out_len = 0;
	gdb_released(&guests[0]);
	assert_true(sent("$W00#"));
	assert_string_equal(ask("?"), "W00");
	assert_string_equal(ask("vRun;62;78"), "+"); /* b, with an argument */
	live_again(&guests[1]);
	assert_true(sent("$T05thread:2;#"));
	assert_string_equal(ask("vAttach;2"), "T05thread:2;");
	assert_string_equal(ask("k"), "+"); /* to which there is no answer */
	assert_int_equal(guests[1].end, END_KILLED);
	assert_string_equal(ask("vAttach;1"), "E01");
	guest_runs(&guests[0]);
	assert_string_equal(ask("vAttach;1"), "T05thread:1;");
	assert_string_equal(ask("vAttach;3"), "E01");
	assert_string_equal(ask("qSupported:x")[0] == 'P' ? ask("?") : "", "T05thread:1;");
	ask("k");
	assert_false(gdb_rests()); /* that one is no extended one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_restart, gdb_setup),
		cmocka_unit_test_setup(test_restart_overtaken, gdb_setup),
		cmocka_unit_test_setup(test_not_loaded, gdb_setup),
		cmocka_unit_test_setup(test_reboot, gdb_setup),
		cmocka_unit_test_setup(test_starting, gdb_setup),
		cmocka_unit_test_setup(test_extended, gdb_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
