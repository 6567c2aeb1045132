/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See monitor_fixture.h. */
#include "tests/unit/monitor_fixture.h"
#include "devices/devices.h"
#include "devices/host/pci.h"
#include "hv/console/console.h"
#include "hv/panic/panic.h"
#include "hv/time/time.h"
#include "hv/why/why.h"
#include "lib/trace.h"

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

char got[16384];
char asked_for[256];
struct guest *focus;
u32 runs;
jmp_buf end;

static void note(const char *what, const struct guest *g)
{
	strcat(strcat(strcat(asked_for, what), g ? g->name : "none"), ";");
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
	sprintf(asked_for + strlen(asked_for), "end %d;", v);
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

struct guest *shown;
u32 burst;

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

enum log_level level;

void report_show(u32 page)
{
	snprintf(asked_for, sizeof(asked_for), "report %u", page);
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
	sprintf(asked_for + strlen(asked_for), "trace %s %s %u;", who ? who : "-",
		event ? event : "-", last);
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
	sprintf(asked_for + strlen(asked_for), "walk %s %#x;", g->name, va);
}

void why_peek(const struct guest *g, gva_t va, u32 bytes, why_line_fn *line, void *ctx)
{
	(void)line;
	(void)ctx;
	sprintf(asked_for + strlen(asked_for), "peek %s %#x %u;", g->name, va, bytes);
}

static struct guest_config configs[2];
struct vcpu vcpu;

int monitor_setup(void **state)
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

void monitor_run(const char *command)
{
	char line[80];

	strcpy(line, command);
	got[0] = asked_for[0] = 0;
	monitor_command(line);
}

void assert_got(const char *text)
{
	if (!strstr(got, text))
		fail_msg("no \"%s\" in:\n%s", text, got);
}
