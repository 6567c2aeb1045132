/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/why/report.c */
/* How the report of a guest's end gets out over a slow line, beside others and restarts. What it
 * says is tested in tests/system/why.sh. */
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/why/private.h"
#include "lib/trace.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <string.h>

const char *const guest_state_name[GUEST_STATES] = {"empty", "starting", "running", "paused",
						    "ended"};
static char got[16384];
static u32 room; /* lines that the serial line takes */
static struct regs regs = {.vector = VEC_PF};
static struct vcpu vcpu = {.regs = &regs};

bool console_line_room(void)
{
	return room;
}

void console_line(void *ctx, const char *text)
{
	(void)ctx;
	assert_true(room);
	room--;
	strcat(strcat(got, text), "\n");
}

void why_say(const struct why_out *o, const char *fmt, ...)
{
	char text[CONSOLE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	o->line(o->ctx, text);
}

void why_reason(const struct guest *g, const struct why_out *o)
{
	(void)g;
	why_say(o, "reason");
}

void why_instruction(const struct guest *g, const struct why_out *o)
{
	(void)g;
	(void)o;
}

void why_registers(const struct guest *g, why_line_fn *line, void *ctx)
{
	(void)g;
	line(ctx, "registers");
}

void why_code(const struct guest *g, const struct why_out *o)
{
	(void)g;
	(void)o;
}

void why_stack(const struct guest *g, u32 words, const struct why_out *o)
{
	(void)g;
	(void)words;
	(void)o;
}

void why_backtrace(const struct guest *g, u32 frames, why_line_fn *line, void *ctx)
{
	(void)g;
	(void)frames;
	line(ctx, "caller");
}

bool why_address(const struct vcpu *v, gva_t *va)
{
	*va = v->cr2;
	return true;
}

void why_walk(const struct guest *g, gva_t va, why_line_fn *line, void *ctx)
{
	(void)g;
	(void)va;
	line(ctx, "walk");
}

bool trace_print_of(const char *who, const char *event, u32 last, u32 khz,
		    void (*line)(void *ctx, const char *text), void *ctx)
{
	(void)who;
	(void)event;
	(void)last;
	(void)khz;
	(void)line;
	(void)ctx;
	return true;
}

void console_recent(const struct guest *g, u32 n, void (*line)(void *ctx, const char *text),
		    void *ctx)
{
	(void)g;
	(void)n;
	(void)line;
	(void)ctx;
}

#define STARTED_NS 1u

u64 now_ns(void)
{
	return STARTED_NS + 5000000;
}

u32 time_tsc_khz(void)
{
	return 0;
}

static void ends(struct guest *g, const char *name, enum guest_end end, const char *why)
{
	memset(g, 0, sizeof(*g));
	snprintf(g->name, sizeof(g->name), "%s", name);
	snprintf(g->why, sizeof(g->why), "%s", why);
	g->state = GUEST_ENDED;
	g->end = end;
	g->vcpu = &vcpu;
	g->started_ns = STARTED_NS;
	got[0] = '\0';
	room = 100;
}

static void says_all(void **state)
{
	static struct guest g;

	(void)state;
	ends(&g, "a", END_KILLED, "of this");
	room = 0;
	assert_false(why_report(&g));
	room = 2;
	assert_false(why_report(&g));
	room = 100;
	assert_true(why_report(&g));
	assert_string_equal(got, "[a] why: it was killed after 0.005 s: of this\n[a] reason\n"
				 "[a]   registers\n[a]   caller\n[a]   walk\n");
}

static void nothing_failed(void **state)
{
	static struct guest g;

	(void)state;
	for (enum guest_end end = END_NONE; end < GUEST_ENDS; end++) {
		ends(&g, "b", end, "of this");
		room = 0;
		assert_int_equal(why_report(&g), end != END_CRASHED && end != END_KILLED);
		room = 100;
		assert_true(why_report(&g));
	}
}

/* It is restarted by hand while its end is being told of: that is told to the end, and the next end
 * is another one. */
static void restarts_meanwhile(void **state)
{
	static struct guest g;

	(void)state;
	ends(&g, "c", END_KILLED, "the first");
	room = 1;
	assert_false(why_report(&g));
	g.end = END_RESTART;
	room = 2;
	assert_false(why_report(&g));
	room = 100;
	assert_true(why_report(&g));
	assert_non_null(strstr(got, "walk"));
	ends(&g, "c", END_CRASHED, "the second");
	assert_true(why_report(&g));
	assert_non_null(strstr(got, "gave up after 0.005 s: the second"));
	assert_null(strstr(got, "the first"));
}

static void print_line(void *ctx, const char *text)
{
	(void)ctx;
	strcat(strcat(got, text), "\n");
}

/* Before its first instruction there is nothing wrong with its registers. */
static void not_run_yet(void **state)
{
	static struct guest g;

	(void)state;
	ends(&g, "e", END_NONE, "");
	g.state = GUEST_PAUSED;
	regs.vector = VECTOR_POISON;
	why_print(&g, print_line, NULL);
	assert_non_null(strstr(got, "registers\n"));
	got[0] = '\0';
	regs.vector = VEC_GP << 16 | VECTOR_POISON;
	why_print(&g, print_line, NULL);
	assert_non_null(strstr(got, "registers are lost"));
	regs.vector = VEC_PF;
}

/* Killed while its memory is being cleared: all that is known is by whom. */
static void no_cpu_yet(void **state)
{
	static struct guest g;

	(void)state;
	ends(&g, "f", END_KILLED, KILLED_BY_HAND);
	g.vcpu = NULL;
	g.started_ns = 0;
	assert_true(why_report(&g));
	why_print(&g, print_line, NULL);
	assert_string_equal(got, "why: it was not started: " KILLED_BY_HAND "\n");
}

/* The report of a life before does not answer for the one that did not begin. */
static void not_started_again(void **state)
{
	static struct guest g;

	(void)state;
	room = 99;
	ends(&g, "g", END_KILLED, "of this");
	assert_true(why_report(&g));
	g.vcpu = NULL;
	g.started_ns = 0;
	strcpy(g.why, "out of memory");
	got[0] = '\0';
	why_print(&g, print_line, NULL);
	assert_string_equal(got, "why: it was not started: out of memory\n");
}

/* More than are kept: each waits for its turn, and all are told of. */
static void many(void **state)
{
	static struct guest g[6];
	u32 said = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(g); i++) {
		ends(&g[i], "d", END_KILLED, "of this");
		g[i].name[1] = (char)('0' + i);
		room = 0;
		assert_false(why_report(&g[i]));
	}
	for (u32 i = 0; i < ARRAY_LEN(g); i++) {
		room = 100;
		said += why_report(&g[i]);
	}
	assert_int_equal(said, ARRAY_LEN(g));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_all),
		cmocka_unit_test(nothing_failed),
		cmocka_unit_test(restarts_meanwhile),
		cmocka_unit_test(not_run_yet),
		cmocka_unit_test(no_cpu_yet),
		cmocka_unit_test(not_started_again),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
