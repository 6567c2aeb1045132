/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/monitor/commands.c hv/monitor/inside.c hv/monitor/words.c hv/monitor/maps.c
 * hv/monitor/statistics.c hv/config/text.c */
/* The monitor's commands against guests that exist only here: what is done, what is printed. */
#include "devices/devices.h"
#include "devices/host/pci.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/monitor/monitor.h"
#include "hv/monitor/private.h"
#include "hv/panic/panic.h"
#include "hv/time/time.h"
#include "hv/vcpu/vcpu.h"
#include "hv/why/why.h"
#include "lib/trace.h"
#include "tests/unit/support.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

struct guest guests[GUESTS_MAX];
u32 guest_count;
struct config config;
const char *const guest_state_name[GUEST_STATES] = {"empty", "starting", "running", "paused",
						    "ended"};
const char *const exit_reason_name[EXIT_REASONS] = {"hypercall",  "page_fault", "window",  "port",
						    "privileged", "reflect",	"syscall", "fpu",
						    "host_irq",	  "nmi",	"other"};

static char got[16384]; /* lines printed */
static char done[256];	/* what was asked of the rest of hv/ */
static struct guest *focus;
static u32 runs; /* that shadow_walk shows */
static jmp_buf end;

static void note(const char *what, const struct guest *g)
{
	strcat(strcat(strcat(done, what), g ? g->name : "none"), ";");
}

void console_line(void *ctx, const char *text)
{
	(void)ctx;
	assert_true(strlen(text) < CONSOLE_LINE);
	strcat(strcat(got, text), "\n");
}

struct guest *console_focus(void)
{
	return focus;
}

bool console_set_focus(struct guest *g)
{
	note("focus ", g);
	return !g || g->state == GUEST_RUNNING;
}

u64 now_ns(void)
{
	return 2000000000;
}

struct guest *guest_by_name(const char *name)
{
	for (u32 i = 0; i < guest_count; i++)
		if (!strcmp(guests[i].name, name))
			return &guests[i];
	return NULL;
}

void guest_pause(struct guest *g)
{
	note("pause ", g);
}

void guest_resume(struct guest *g)
{
	note("resume ", g);
}

void guest_restart(struct guest *g)
{
	note("restart ", g);
}

void guest_kill(struct guest *g, const char *fmt, ...)
{
	(void)fmt;
	note("kill ", g);
	g->state = GUEST_ENDED;
	g->end = END_KILLED;
}

void machine_end(enum verdict v)
{
	sprintf(done + strlen(done), "end %d;", v);
	longjmp(end, 1);
}

const char *hypercall_name(unsigned n)
{
	return n == HC_HALT ? "halt" : n == HC_SET_PTE ? "set_pte" : "other";
}

void vcpu_time_exits(struct vcpu *v, bool on)
{
	v->timed = on;
}

const struct shadow_stats *shadow_stats(const struct shadow *s)
{
	static const struct shadow_stats stats = {.fills = 5, .tables = 6, .roots = 7};

	assert_non_null(s);
	return &stats;
}

bool shadow_linear(const struct shadow *s)
{
	assert_non_null(s);
	return false;
}

void shadow_walk(struct shadow *s, void (*show)(void *, gva_t, u32, u64), void *ctx)
{
	assert_non_null(s);
	for (u32 i = 0; i < runs; i++)
		show(ctx, i << 13, 2, 0x8000000000001063ull);
}

void bus_show(struct bus *b, void (*line)(void *ctx, const char *text), void *ctx)
{
	assert_non_null(b);
	line(ctx, "00:00.0 bridge");
}

static struct guest *shown;
static u32 burst;

bool bus_display(const struct bus *b, struct display_mode *mode)
{
	assert_non_null(b);
	*mode = (struct display_mode){.address = 0x4400000, .width = 640, .height = 480};
	return true;
}

bool screen_focus(struct guest *g)
{
	shown = g->bus ? g : shown;
	return g->bus != NULL;
}

struct guest *screen_guest(void)
{
	return shown;
}

u32 screen_switches(void)
{
	return 7;
}

void screen_burst(u32 n)
{
	burst = n;
}

bool pcihost_present(void)
{
	return true;
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	struct host_function f = {.vendor = 0x8086, .device = 0x1237, .base_class = 6};
	u32 n = 0;

	do
		n++;
	while (fn(ctx, &f));
	assert_int_equal(n, 64); /* an endless machine ends somewhere */
}

u32 frame_total_count(void)
{
	return 1000;
}

u32 frame_free_count(void)
{
	return 600;
}

static enum log_level level;

void report_show(u32 page)
{
	snprintf(done, sizeof(done), "report %u", page);
}

void log_set_level(enum log_level now)
{
	level = now;
}

u32 time_tsc_khz(void)
{
	return 1000;
}

bool trace_print_of(const char *who, const char *event, u32 last, u32 khz,
		    void (*line)(void *ctx, const char *text), void *ctx)
{
	assert_int_equal(khz, 1000);
	(void)line;
	(void)ctx;
	sprintf(done + strlen(done), "trace %s %s %u;", who ? who : "-", event ? event : "-", last);
	return !event || strcmp(event, "irq") == 0;
}

void why_print(const struct guest *g, why_line_fn *line, void *ctx)
{
	(void)line;
	(void)ctx;
	note("why ", g);
}

void why_registers(const struct guest *g, why_line_fn *line, void *ctx)
{
	(void)line;
	(void)ctx;
	note("registers ", g);
}

void why_backtrace(const struct guest *g, u32 frames, why_line_fn *line, void *ctx)
{
	(void)g;
	(void)line;
	(void)ctx;
	assert_true(frames > 0);
}

void why_walk(const struct guest *g, gva_t va, why_line_fn *line, void *ctx)
{
	(void)line;
	(void)ctx;
	sprintf(done + strlen(done), "walk %s %#x;", g->name, va);
}

void why_peek(const struct guest *g, gva_t va, u32 bytes, why_line_fn *line, void *ctx)
{
	(void)line;
	(void)ctx;
	sprintf(done + strlen(done), "peek %s %#x %u;", g->name, va, bytes);
}

/* ---- Helpers ------------------------------------------------------------------------------ */

static struct guest_config configs[2];
static struct vcpu vcpu;

static int setup(void **state)
{
	(void)state;
	memset(guests, 0, sizeof(guests));
	memset(&vcpu, 0, sizeof(vcpu));
	guest_count = 2;
	focus = NULL;
	runs = 1;
	for (u32 i = 0; i < 2; i++) {
		sprintf(guests[i].name, "g%u", i);
		configs[i].mem_bytes = MIB(4);
		guests[i].config = &configs[i];
		guests[i].started_ns = 1000000000;
	}
	guests[0].state = GUEST_RUNNING;
	guests[0].vcpu = &vcpu;
	guests[0].bus = (void *)&guests[0];
	guests[0].owner.frames = 300;
	guests[0].mem.ram_pages = 256;
	guests[0].mem.slots = 1;
	guests[0].mem.slot[0] = (struct slot){.pages = 256, .kind = SLOT_RAM};
	vcpu.shadow = (void *)&vcpu;
	vcpu.stats.exits[EXIT_HYPERCALL] = 40;
	vcpu.stats.exits[EXIT_PORT] = 2;
	vcpu.stats.hypercalls[HC_HALT] = 3;
	guests[0].run_ns = 250000000;
	guests[1].state = GUEST_ENDED;
	guests[1].end = END_OFF;
	strcpy(guests[1].why, "bye");
	return 0;
}

static void run(const char *command)
{
	char line[80];

	strcpy(line, command);
	got[0] = done[0] = 0;
	monitor_command(line);
}

static void assert_got(const char *text)
{
	if (!strstr(got, text))
		fail_msg("no \"%s\" in:\n%s", text, got);
}

/* ---- Tests -------------------------------------------------------------------------------- */

static void test_list(void **state)
{
	(void)state;
	focus = &guests[0];
	run("list");
	assert_string_equal(got, "* g0              running  mem=4096K exits=42 time=25% \n"
				 "  g1              ended    mem=4096K exits=0 time=0% "
				 "powered off: bye\n");
	guest_count = 0;
	run("list");
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
		run(row[i].command);
		assert_string_equal(done, row[i].done);
		assert_string_equal(got, row[i].got);
	}
	guests[0].state = GUEST_PAUSED;
	run("resume g0");
	assert_string_equal(done, "resume g0;");
	guests[1].end = END_RESTART;
	run("kill g1"); /* restarted, and reaped long since */
	assert_string_equal(done, "");
	guests[1].held = true; /* about to start again: it must not */
	run("kill g1");
	assert_string_equal(done, "kill g1;");
}

static void test_words(void **state)
{
	(void)state;
	run("");
	assert_string_equal(got, "");
	run("   ");
	assert_string_equal(got, "");
	run("  li  ");
	assert_got(&"* g0"[1]);
	run("re g0");
	assert_string_equal(got, "re: resume or restart?\n");
	run("frob");
	assert_string_equal(got, "frob: no such command; try help\n");
	run("lists");
	assert_string_equal(got, "lists: no such command; try help\n");
	run("kill");
	assert_string_equal(got, "usage: kill NAME\n");
	run("kill g0 g1");
	assert_string_equal(got, "usage: kill NAME\n");
	run("kill g9");
	assert_string_equal(got, "g9: no such guest; list shows them\n");
	run("mem g0");
	assert_string_equal(got, "usage: mem \n");
	assert_string_equal(done, "");
	run("help");
	assert_got("list ");
	assert_got("trace    [NAME] [N] [EVENT] the last N events");
}

static void test_stats(void **state)
{
	(void)state;
	run("stats g0");
	assert_got("[g0] stats exits.hypercall=40 exits.page_fault=0 exits.window=0 exits.port=2 ");
	assert_got(" exits.total=42 exits.before_user=0\n");
	assert_got("[g0] stats hypercall.halt=3\n");
	assert_got("[g0] stats time.run_us=250000 time.per_mille=250 irqs.delivered=0 ");
	assert_got("[g0] stats memory.frames=300 memory.ram=256 memory.overhead=44\n");
	assert_got("[g0] stats shadow.fills=5 ");
	assert_null(strstr(got, "g1"));
	assert_null(strstr(got, "exit_us"));
	run("profile g0");
	assert_got("g0: its exits are measured");
	vcpu.stats.exit_ns[EXIT_PORT] = 7999;
	vcpu.stats.exit_ns[EXIT_HYPERCALL] = 1000001;
	run("stats g0");
	assert_got("[g0] stats exit_us.hypercall=1000 exit_us.port=7 exit_us.total=1008\n");
	run("profile g0");
	assert_got("g0: its exits are no longer measured");
	run("stats g0");
	assert_null(strstr(got, "exit_us"));
	run("profile g1");
	assert_got("g1: it does not run");
	guests[1].run_ns = 5000;
	run("stats");
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
	run("stats g0");
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
	run("maps g0");
	assert_string_equal(got, "slot 0 gpa=00000000 size=00100000 kind=ram cache=wb ops=-\n"
				 "shadow va=00000000 pages=2 entry=0x8000000000001063 ws nx\n"
				 "shadow runs=1 pages=2 tables=6 roots=7 mode=paged\n");
	runs = 1000;
	run("maps g0");
	assert_got("shadow and 936 runs more\nshadow runs=1000 pages=2000 ");
	run("maps g1");
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
	run("maps g0");
	assert_got("slot 1 gpa=00300000 size=00004000 kind=device cache=wc ops=-\n"
		   "slot 1 placed=2 in=device mapped=1\n");
	guests[0].mem.slot[1].ram = true;
	run("maps g0");
	assert_got("slot 1 placed=2 in=ram mapped=1\n");
}

static void test_screen(void **state)
{
	(void)state;
	shown = NULL;
	run("screen");
	assert_string_equal(got, "  g0              640x480 at 0x4400000 presents=0 touches=0\n"
				 "screen switches=7\n");
	run("screen g0");
	assert_ptr_equal(shown, &guests[0]);
	assert_got("* g0 ");
	run("screen g1");
	assert_string_equal(
		got, "g1: no such guest with a display; give a name, or a number of turns\n");
	run("screen g7");
	assert_got("g7: no such guest");
	run("screen 1000");
	assert_string_equal(got, "");
	assert_int_equal(burst, 1000);
}

static void test_machine(void **state)
{
	(void)state;
	run("pci g0");
	assert_string_equal(got, "[g0]\n00:00.0 bridge\n");
	run("pci g1");
	assert_string_equal(got, "g1 has no bus: it is ended\n");
	run("pci");
	assert_got("[g0]\n00:00.0 bridge\nthe machine:\n00:00.0 8086:1237 class=060000 irq=0\n");
	run("mem");
	assert_got("mem owner=g0 frames=300 limit=0\n");
	assert_got("mem total=1000 free=600 guests=300 other=100 (frames of 4K)\n");
	run("trace");
	assert_string_equal(done, "trace - - 20;");
	run("trace 5");
	assert_string_equal(done, "trace - - 5;");
	run("report");
	assert_string_equal(done, "report 0");
	run("rep 3");
	assert_string_equal(done, "report 3");
	run("report 0");
	assert_non_null(strstr(got, "0: give a page's number"));
	run("report all");
	assert_non_null(strstr(got, "all: give a page's number"));
	done[0] = 0;
	run("log debug");
	assert_int_equal(level, LOG_DEBUG);
	run("log loud");
	assert_string_equal(got, "loud: give error, warn, info or debug\n");
	assert_int_equal(level, LOG_DEBUG);
}

static void test_inside(void **state)
{
	(void)state;
	run("trace g0 7 irq");
	assert_string_equal(done, "trace g0 irq 7;");
	run("trace irq");
	assert_string_equal(done, "trace - irq 20;");
	run("trace g0");
	assert_string_equal(done, "trace g0 - 20;");
	run("trace x");
	assert_got("usage: trace");
	run("trace g0 7 irq more");
	assert_got("usage: trace");
	assert_string_equal(done, "");
	run("why g1");
	assert_string_equal(done, "why g1;");
	run("regs g0");
	assert_string_equal(done, "registers g0;");
	run("regs g1");
	assert_string_equal(got, "g1 is ended: there is nothing to look at\n");
	run("walk g0 0xc0000000");
	assert_string_equal(done, "walk g0 0xc0000000;");
	run("walk g0");
	assert_got("usage: walk");
	run("walk g0 main");
	assert_got("usage: walk");
	run("peek g0 0x1000");
	assert_string_equal(done, "peek g0 0x1000 64;");
	run("peek g0 0x1000 4294967295");
	assert_string_equal(done, "peek g0 0x1000 1024;");
	run("peek g0 0x1000 1 2");
	assert_got("usage: peek");
	run("peek");
	assert_string_equal(got, "usage: peek NAME ADDR [N]\n");
}

static void off(void)
{
	config.opt.at_end = END_STAY;
	if (!setjmp(end))
		run("off");
	assert_int_equal(config.opt.at_end, END_POWEROFF);
}

static void test_off(void **state)
{
	(void)state;
	off();
	assert_string_equal(done, "kill g0;end 1;");
	guests[0].end = END_OFF;
	off();
	assert_string_equal(done, "end 0;");
	guests[1].end = END_CRASHED;
	off();
	assert_string_equal(done, "end 1;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_list, setup),
		cmocka_unit_test_setup(test_states, setup),
		cmocka_unit_test_setup(test_words, setup),
		cmocka_unit_test_setup(test_stats, setup),
		cmocka_unit_test_setup(test_stats_large, setup),
		cmocka_unit_test_setup(test_maps, setup),
		cmocka_unit_test_setup(test_device_slot, setup),
		cmocka_unit_test_setup(test_screen, setup),
		cmocka_unit_test_setup(test_machine, setup),
		cmocka_unit_test_setup(test_inside, setup),
		cmocka_unit_test_setup(test_off, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
