/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/monitor/commands.c hv/monitor/inside.c hv/monitor/words.c hv/monitor/maps.c
 * hv/monitor/statistics.c hv/config/text.c tests/unit/monitor_fixture.c */
/* The monitor's commands: what is done, what is printed. */
#include "lib/trace.h"
#include "tests/unit/monitor_fixture.h"

#include <setjmp.h>
#include <string.h>

static void test_list(void **state)
{
	(void)state;
	focus = &guests[0];
	monitor_run("list");
	assert_string_equal(got, "* g0              running  mem=4096K exits=42 time=25% \n"
				 "  g1              ended    mem=4096K exits=0 time=0% "
				 "powered off: bye\n");
	guest_count = 0;
	monitor_run("list");
	assert_string_equal(got, "no guest was configured\n");
}

static void test_states(void **state)
{
	static const struct {
		const char *command, *done, *got;
	} row[] = {
		{"pause g0", "pause g0;", ""},
		{"pause g1", "", "g1 is not running but ended\n"},
		{"resume g0", "", "g0 is not paused but running\n"},
		{"restart g0", "restart g0;", ""},
		{"restart g1", "restart g1;", ""},
		{"focus g0", "focus g0;", ""},
		{"focus none", "focus none;", ""},
		{"focus g1", "focus g1;", "g1 does not run\n"},
		{"focus g2", "", "g2: no such guest; give the name of one, or none\n"},
		{"kill g1", "", "g1 is not running but ended\n"},
		{"kill g0", "kill g0;", ""},
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		monitor_run(row[i].command);
		assert_string_equal(asked_for, row[i].done);
		assert_string_equal(got, row[i].got);
	}
	guests[0].state = GUEST_PAUSED;
	monitor_run("resume g0");
	assert_string_equal(asked_for, "resume g0;");
	guests[1].end = END_RESTART;
	monitor_run("kill g1"); /* restarted, and reaped long since */
	assert_string_equal(asked_for, "");
	guests[1].held = true; /* about to start again: it must not */
	monitor_run("kill g1");
	assert_string_equal(asked_for, "kill g1;");
}

static void test_words(void **state)
{
	(void)state;
	monitor_run("");
	assert_string_equal(got, "");
	monitor_run("   ");
	assert_string_equal(got, "");
	monitor_run("  li  ");
	assert_got(&"* g0"[1]);
	monitor_run("re g0");
	assert_string_equal(got, "re: resume or restart?\n");
	monitor_run("frob");
	assert_string_equal(got, "frob: no such command; try help\n");
	monitor_run("lists");
	assert_string_equal(got, "lists: no such command; try help\n");
	monitor_run("kill");
	assert_string_equal(got, "usage: kill NAME\n");
	monitor_run("kill g0 g1");
	assert_string_equal(got, "usage: kill NAME\n");
	monitor_run("kill g9");
	assert_string_equal(got, "g9: no such guest; list shows them\n");
	monitor_run("mem g0");
	assert_string_equal(got, "usage: mem \n");
	assert_string_equal(asked_for, "");
	monitor_run("help");
	assert_got("list ");
	assert_got("trace    [NAME] [N] [EVENT] the last N events");
}

static void test_stats(void **state)
{
	(void)state;
	monitor_run("stats g0");
	assert_got("[g0] stats exits.hypercall=40 exits.page_fault=0 exits.window=0 exits.port=2 ");
	assert_got(" exits.total=42 exits.before_user=0\n");
	assert_got("[g0] stats hypercall.halt=3\n");
	assert_got("[g0] stats time.run_us=250000 time.per_mille=250 irqs.delivered=0 ");
	assert_got("[g0] stats memory.frames=300 memory.ram=256 memory.overhead=44\n");
	assert_got("[g0] stats shadow.fills=5 ");
	assert_null(strstr(got, "g1"));
	assert_null(strstr(got, "exit_us"));
	monitor_run("profile g0");
	assert_got("g0: its exits are measured");
	vcpu.stats.exit_ns[EXIT_PORT] = 7999;
	vcpu.stats.exit_ns[EXIT_HYPERCALL] = 1000001;
	monitor_run("stats g0");
	assert_got("[g0] stats exit_us.hypercall=1000 exit_us.port=7 exit_us.total=1008\n");
	monitor_run("profile g0");
	assert_got("g0: its exits are no longer measured");
	monitor_run("stats g0");
	assert_null(strstr(got, "exit_us"));
	monitor_run("profile g1");
	assert_got("g1: it does not run");
	guests[1].run_ns = 5000;
	monitor_run("stats");
	assert_got("[g0] stats exits");
	assert_got("[g1] stats time.run_us=5 guest.restarts=0\n");
}

/* Numbers as large as they can be: more lines, none of them cut. */
static void test_stats_large(void **state)
{
	u32 pairs = 0;

	(void)state;
	memset(&vcpu.stats, 0xff, sizeof(vcpu.stats));
	guests[0].run_ns = ~0ull;
	monitor_run("stats g0");
	for (const char *s = got; (s = strstr(s, "=18446744073709551615")) != NULL; s++)
		pairs++;
	assert_int_equal(pairs, EXIT_REASONS + 1 + HC_COUNT + 2); /* before_user; irqs */
	assert_got("time.per_mille=1000");
	for (const char *s = got; s[1]; s++)
		assert_true(*s != '\n' || strncmp(s + 1, "[g0] stats ", 11) == 0);
}

static void test_maps(void **state)
{
	(void)state;
	monitor_run("maps g0");
	assert_string_equal(got, "slot 0 gpa=00000000 size=00100000 kind=ram cache=wb ops=-\n"
				 "shadow va=00000000 pages=2 entry=0x8000000000001063 ws nx\n"
				 "shadow runs=1 pages=2 tables=6 roots=7 mode=paged\n");
	runs = 1000;
	monitor_run("maps g0");
	assert_got("shadow and 936 runs more\nshadow runs=1000 pages=2000 ");
	monitor_run("maps g1");
	assert_string_equal(got, "g1 has no shadow tables: it is ended\n");
}

static void test_device_slot(void **state)
{
	static pfn_t place[4] = {{5}, {0}, {6}, {0}};

	(void)state;
	guests[0].mem.slots = 2;
	guests[0].mem.slot[1] = (struct slot){.base = 0x300,
					      .pages = 4,
					      .kind = SLOT_DEVICE,
					      .cache = CACHE_WC,
					      .place = place,
					      .mapped = 1};
	monitor_run("maps g0");
	assert_got("slot 1 gpa=00300000 size=00004000 kind=device cache=wc ops=-\n"
		   "slot 1 placed=2 in=device mapped=1\n");
	guests[0].mem.slot[1].ram = true;
	monitor_run("maps g0");
	assert_got("slot 1 placed=2 in=ram mapped=1\n");
}

static void test_screen(void **state)
{
	(void)state;
	shown = NULL;
	monitor_run("screen");
	assert_string_equal(got, "  g0              640x480 at 0x4400000 presents=0 touches=0\n"
				 "screen switches=7\n");
	monitor_run("screen g0");
	assert_ptr_equal(shown, &guests[0]);
	assert_got("* g0 ");
	monitor_run("screen g1");
	assert_string_equal(
		got, "g1: no such guest with a display; give a name, or a number of turns\n");
	monitor_run("screen g7");
	assert_got("g7: no such guest");
	monitor_run("screen 1000");
	assert_string_equal(got, "");
	assert_int_equal(burst, 1000);
}

static void test_machine(void **state)
{
	(void)state;
	monitor_run("pci g0");
	assert_string_equal(got, "[g0]\n00:00.0 bridge\n");
	monitor_run("pci g1");
	assert_string_equal(got, "g1 has no bus: it is ended\n");
	monitor_run("pci");
	assert_got("[g0]\n00:00.0 bridge\nthe machine:\n00:00.0 8086:1237 class=060000 irq=0\n");
	monitor_run("mem");
	assert_got("mem owner=g0 frames=300 limit=0\n");
	assert_got("mem total=1000 free=600 guests=300 other=100 (frames of 4K)\n");
	monitor_run("trace");
	assert_string_equal(asked_for, "trace - - 20;");
	monitor_run("trace 5");
	assert_string_equal(asked_for, "trace - - 5;");
	monitor_run("report");
	assert_string_equal(asked_for, "report 0");
	monitor_run("rep 3");
	assert_string_equal(asked_for, "report 3");
	monitor_run("report 0");
	assert_non_null(strstr(got, "0: give a page's number"));
	monitor_run("report all");
	assert_non_null(strstr(got, "all: give a page's number"));
	asked_for[0] = 0;
	monitor_run("log debug");
	assert_int_equal(level, LOG_DEBUG);
	monitor_run("log loud");
	assert_string_equal(got, "loud: give error, warn, info or debug\n");
	assert_int_equal(level, LOG_DEBUG);
}

static void test_inside(void **state)
{
	(void)state;
	monitor_run("trace g0 7 irq");
	assert_string_equal(asked_for, "trace g0 irq 7;");
	monitor_run("trace irq");
	assert_string_equal(asked_for, "trace - irq 20;");
	monitor_run("trace g0");
	assert_string_equal(asked_for, "trace g0 - 20;");
	monitor_run("trace x");
	assert_got("usage: trace");
	monitor_run("trace g0 7 irq more");
	assert_got("usage: trace");
	assert_string_equal(asked_for, "");
	monitor_run("why g1");
	assert_string_equal(asked_for, "why g1;");
	monitor_run("regs g0");
	assert_string_equal(asked_for, "registers g0;");
	monitor_run("regs g1");
	assert_string_equal(got, "g1 is ended: there is nothing to look at\n");
	monitor_run("walk g0 0xc0000000");
	assert_string_equal(asked_for, "walk g0 0xc0000000;");
	monitor_run("walk g0");
	assert_got("usage: walk");
	monitor_run("walk g0 main");
	assert_got("usage: walk");
	monitor_run("peek g0 0x1000");
	assert_string_equal(asked_for, "peek g0 0x1000 64;");
	monitor_run("peek g0 0x1000 4294967295");
	assert_string_equal(asked_for, "peek g0 0x1000 1024;");
	monitor_run("peek g0 0x1000 1 2");
	assert_got("usage: peek");
	monitor_run("peek");
	assert_string_equal(got, "usage: peek NAME ADDR [N]\n");
}

static void off(void)
{
	config.opt.at_end = END_STAY;
	if (!setjmp(end))
		monitor_run("off");
	assert_int_equal(config.opt.at_end, END_POWEROFF);
}

static void test_off(void **state)
{
	(void)state;
	off();
	assert_string_equal(asked_for, "kill g0;end 1;");
	guests[0].end = END_OFF;
	off();
	assert_string_equal(asked_for, "end 0;");
	guests[1].end = END_CRASHED;
	off();
	assert_string_equal(asked_for, "end 1;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_list, monitor_setup),
		cmocka_unit_test_setup(test_states, monitor_setup),
		cmocka_unit_test_setup(test_words, monitor_setup),
		cmocka_unit_test_setup(test_stats, monitor_setup),
		cmocka_unit_test_setup(test_stats_large, monitor_setup),
		cmocka_unit_test_setup(test_maps, monitor_setup),
		cmocka_unit_test_setup(test_device_slot, monitor_setup),
		cmocka_unit_test_setup(test_screen, monitor_setup),
		cmocka_unit_test_setup(test_machine, monitor_setup),
		cmocka_unit_test_setup(test_inside, monitor_setup),
		cmocka_unit_test_setup(test_off, monitor_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
