/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/gdb/[a-z]*.c tests/unit/gdb_fixture.c */
/* gdb and its guests over time: lost connections, several guests, stops, any packets at all. */
#include "tests/unit/gdb_fixture.h"

#include <stdio.h>
#include <string.h>

/* gdb falls silent at a stop: for ever, or for as long as was asked. */
static void test_patience(void **state)
{
	(void)state;
	ask("?");
	clock_ns += 3600 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	config.opt.gdb_patience = 60;
	ask("?");
	assert_true(wakes_at == clock_ns + 60 * 1000000000ull); /* though nobody runs */
	clock_ns += 59 * 1000000000ull;
	ask("?");
	clock_ns += 59 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	clock_ns += 1 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_false(vcpu[0].watched);
	ask("?");
	ask("c"); /* it runs and nobody waits: silence is right */
	clock_ns += 600 * 1000000000ull;
	gdb_poll();
	assert_true(vcpu[0].watched);
	stop_guest(&guests[0], SIG_TRAP); /* then it stops, and gdb has its time from there */
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	clock_ns += 59 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	command("restart"); /* it is gdb that waits now */
	clock_ns += 600 * 1000000000ull;
	gdb_poll();
	assert_true(session.attached);
}

/* The clock reaches the end of its time between the look at the line and that at the timers: it is
 * the last that wakes anybody. */
static void test_patience_timer(void **state)
{
	(void)state;
	config.opt.gdb_patience = 60;
	ask("?");
	clock_ns += 60 * 1000000000ull - 1;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	clock_ns++;
	timers_run();
	assert_int_equal(guests[0].state, GUEST_RUNNING);
}

/* Others run on while gdb is at a stop. What stops one of them is told when gdb waits again. */
static void test_stop_meanwhile(void **state)
{
	(void)state;
	ask("?");
	ask("vCont;c:2");
	assert_string_equal(ask("Z2,100,4"), "OK");
	stop_guest(&guests[1], SIG_TRAP);
	gdb_poll();
	assert_true(sent("$T05thread:2;#"));
	stop_guest(&guests[0], SIG_SEGV);
	gdb_poll();
	assert_string_equal(ask("c"), "T0bthread:1;");
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_int_equal(guests[1].state, GUEST_RUNNING);
	ask("c");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
}

/* One gdb goes without a word: the next one finds the guest as it was, and nothing else. */
static void test_second_gdb(void **state)
{
	(void)state;
	assert_non_null(strstr(ask("qSupported:x"), "PacketSize"));
	ask("QStartNoAckMode");
	ask("?");
	ask("Z0,20,1");
	ask("Z2,100,4");
	command("memory physical");
	assert_string_equal(ask("vCont;c"), "");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_true(breakpoint_at(&guests[0], 0x20));
	assert_non_null(strstr(ask("qSupported:x"), "PacketSize"));
	assert_int_equal(output[0], '+');
	assert_false(breakpoint_at(&guests[0], 0x20));
	assert_int_equal(vcpu[0].dr7, 0);
	assert_false(session.physical);
	assert_string_equal(ask("?"), "T05thread:1;");
	ask("vRun;62"); /* of one that nobody looked at */
	ask("qSupported:x");
	gdb_released(&guests[1]);
	guest_runs(&guests[1]);
	assert_false(gdb_started(&guests[1]));
	ask("?");
	ask("Hg2");
	command("restart"); /* of one that was never stopped */
	assert_non_null(strstr(ask("qSupported:x"), "PacketSize"));
	gdb_released(&guests[1]);
	guest_runs(&guests[1]);
	assert_false(gdb_started(&guests[1])); /* this gdb does not wait for it */
	ask("?");
	assert_string_equal(ask("vCont;c:2"), "+");
	assert_int_equal(guests[1].state, GUEST_RUNNING);
}

static void test_interrupt(void **state)
{
	(void)state;
	ask("?");
	ask("c");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	input[0] = 3;
	in_at = out_len = 0;
	in_len = 1;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_memory_equal(output, "$T02thread:1;#", 14);
}

static void test_stop_at(void **state)
{
	(void)state;
	ask("?");
	assert_string_equal(command("stop-at hypercall set_clockevent"), "OK");
	assert_int_equal(output[1], '$'); /* and no complaint before it */
	ask("c");
	regs[0].eip = 0x102;
	regs[0].eax = 8;
	take_trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	regs[0].eax = 9;
	take_trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_int_equal(regs[0].eip, 0x100);
	ask("c");
	regs[0].eip = 0x102; /* it is executed again, and carried out */
	take_trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_int_equal(regs[0].eip, 0x102);
	queued = BIT(9) | BIT(14); /* in the ring, before another one */
	regs[0].eax = 8;
	take_trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_int_equal(regs[0].eip, 0x100);
	ask("c");
	regs[0].eip = 0x102;
	take_trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	queued = 0;
	command("stop-at none");
	command("stop-at user");
	regs[0].cs = 0x73;
	take_trap(VEC_PF);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	ask("c");
	take_trap(VEC_PF); /* it is there already */
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	for (u32 i = 0; i < 7; i++) {
		static const char *const wrong[] = {"",	     "32",   "hypercall 20", "irq 16",
						    "irq x", "irqs", "user now"};
		char text[40];

		snprintf(text, sizeof(text), "stop-at %s", wrong[i]);
		assert_int_equal(command(text)[0], 'O');
		assert_true(sent("$O73746f702d61743a"));
	}
}

/* Letters and numbers, most of them those that mean something, behind the beginning of a packet. */
static void make_packet(char *text, u32 size, u32 *seed)
{
	static const char *const words[] = {
		"?",
		"g",
		"G",
		"P",
		"p",
		"m",
		"M",
		"X",
		"c",
		"s",
		"Z0,",
		"Z1,",
		"Z2,",
		"z0,",
		"z3,",
		"H",
		"T",
		"D",
		"vCont",
		"vCont;s:",
		"k",
		"qC",
		"qRcmd,",
		"qSupported",
		"qThreadExtraInfo,",
		"qXfer:features:read:target.xml:",
		"qRcmd,73746f702d617420",
		"qfThreadInfo",
		"vKill;",
		"vRun;",
		"vRun;61",
		"vAttach;1",
		"!",
		"qRcmd,72657374617274",
	};
	static const char some[] = "0123456789abcdef,:;=-f00ffffffffc0000010,4:\003";
	u32 n, len;

	*seed = *seed * 1103515245 + 12345;
	n = (u32)snprintf(text, size, "%s", words[(*seed >> 16) % ARRAY_LEN(words)]);
	len = (*seed >> 8) % ((*seed >> 28) ? 24 : 600);
	while (len--) {
		*seed = *seed * 1103515245 + 12345;
		text[n++] = *seed >> 25 ? some[(*seed >> 16) % (sizeof(some) - 1)]
					: (char)('!' + (*seed >> 16) % 2);
	}
	text[n] = 0;
}

/* What the run loop and a guest do meanwhile. */
static void go_on(u32 k, u32 seed)
{
	if (guests[k].state == GUEST_ENDED) {
		gdb_released(&guests[k]);
		guest_runs(&guests[k]);
		guests[k].held = false;
		(void)gdb_started(&guests[k]);
	}
	if (vcpu[k].dispatch && guests[k].state == GUEST_RUNNING) {
		regs[k].vector = (seed >> 20) % 40;
		regs[k].eip &= RAM - 1;
		vcpu[k].dispatch(&vcpu[k]);
	}
}

/* Right frames around anything: nothing is touched that is not the guests', every answer fits. */
static void test_anything(void **state)
{
	u32 seed = support_seed() + 5;
	char text[700];

	(void)state;
	for (u32 i = 0; i < 60000; i++) {
		make_packet(text, sizeof(text), &seed);
		ask(text);
		assert_false(session.out.overflow);
		go_on(0, seed);
		go_on(1, seed);
	}
	gdb_setup(state);
	assert_string_equal(ask("?"), "T05thread:1;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_patience, gdb_setup),
		cmocka_unit_test_setup(test_patience_timer, gdb_setup),
		cmocka_unit_test_setup(test_stop_meanwhile, gdb_setup),
		cmocka_unit_test_setup(test_second_gdb, gdb_setup),
		cmocka_unit_test_setup(test_interrupt, gdb_setup),
		cmocka_unit_test_setup(test_stop_at, gdb_setup),
		cmocka_unit_test_setup(test_anything, gdb_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
