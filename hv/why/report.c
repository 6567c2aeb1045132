/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of a guest's end, and of its life when somebody asks. That of an end is made at once,
 * while the guest still holds what it tells of; it is printed as the serial line has room, so
 * nobody else waits for it, and the last few are kept for `why`.
 */
#include "hv/console/console.h"
#include "hv/why/private.h"
#include "lib/string.h"
#include "lib/trace.h"

#define KEPT	    4u
#define TEXT	    6144u
#define EVENTS	    6u
#define LINES	    5u
#define FRAMES	    6u
#define STACK_WORDS 16u

static struct kept {
	const struct guest *g; /* NULL: nothing */
	bool printing;
	u32 age; /* the higher, the younger */
	u32 lines, len, shown;
	char text[TEXT]; /* lines, each with its newline */
} kept[KEPT];
static u32 age;

static struct kept *find(const struct guest *g)
{
	for (u32 i = 0; i < KEPT; i++)
		if (kept[i].g == g)
			return &kept[i];
	return NULL;
}

/* The guest's own place, or the oldest of those that nobody waits for. */
static struct kept *place_for(const struct guest *g)
{
	struct kept *best = NULL;

	for (u32 i = 0; i < KEPT; i++) {
		struct kept *k = &kept[i];

		if (k->printing)
			continue;
		if (k->g == g)
			return k;
		if (!best || k->age < best->age)
			best = k;
	}
	return best;
}

static void keep_line(void *ctx, const char *text)
{
	struct kept *k = ctx;
	u32 n = (u32)strlen(text);

	if (k->lines == WHY_LINES || k->len + n + 1 > TEXT)
		return;
	memcpy(k->text + k->len, text, n);
	k->text[k->len + n] = '\n';
	k->len += n + 1;
	k->lines++;
}

/* ---- The report --------------------------------------------------------------------------- */

static void event_line(void *ctx, const char *text)
{
	why_say(ctx, "  event %s", text);
}

static void printed_line(void *ctx, const char *text)
{
	why_say(ctx, "  printed | %s", text);
}

static void indented(void *ctx, const char *text)
{
	why_say(ctx, "  %s", text);
}

static const char *how_it_ended(const struct guest *g)
{
	return g->end == END_CRASHED ? "it gave up" : "it was killed";
}

static void headline(const struct guest *g, const struct why_out *o)
{
	u64 ms = (now_ns() - g->started_ns) / 1000000u;

	if (g->state == GUEST_ENDED)
		why_say(o, "why: %s after %u.%03u s: %s", how_it_ended(g), (u32)(ms / 1000u),
			(u32)(ms % 1000u), g->why);
	else
		why_say(o, "why: it is %s%s, for %u.%03u s now", guest_state_name[g->state],
			g->vcpu->halted ? " and waits in HALT" : "", (u32)(ms / 1000u),
			(u32)(ms % 1000u));
}

static void report(const struct guest *g, why_line_fn *line, void *ctx)
{
	struct why_out o = {line, ctx};
	gva_t va;

	headline(g, &o);
	/* Without a vector in the upper half it has not run yet, and its registers are there. */
	if ((g->vcpu->regs->vector & 0xffffu) == VECTOR_POISON && g->vcpu->regs->vector >> 16) {
		why_say(&o, "Its registers are lost.");
	} else {
		why_reason(g, &o);
		why_instruction(g, &o);
		why_registers(g, indented, &o);
		why_code(g, &o);
		why_stack(g, STACK_WORDS, &o);
		why_backtrace(g, FRAMES, indented, &o);
		if (!why_address(g->vcpu, &va))
			va = g->vcpu->regs->eip;
		why_walk(g, va, indented, &o);
	}
	trace_print_of(g->name, NULL, EVENTS, time_tsc_khz(), event_line, &o);
	console_recent(g, LINES, printed_line, &o);
}

/* The line that begins at *at, which goes on to the next. */
static const char *next_line(const struct kept *k, u32 *at, char line[CONSOLE_LINE])
{
	u32 n = 0;

	while (k->text[*at + n] != '\n')
		n++;
	snprintf(line, CONSOLE_LINE, "%.*s", (int)n, k->text + *at);
	*at += n + 1;
	return line;
}

/* Its report was kept no longer than until KEPT others came to their ends. */
static void what_is_left(const struct guest *g, const struct why_out *o)
{
	if (g->end == END_KILLED || g->end == END_CRASHED) {
		why_say(o, "why: %s: %s", how_it_ended(g), g->why);
		why_say(o, "Its report was printed then; the last %u are kept.", KEPT);
	} else {
		why_say(o, "%s", g->why[0] ? g->why : "nothing is known of it: it does not run");
	}
}

static struct kept *begin(const struct guest *g)
{
	struct kept *k = place_for(g);

	if (!k)
		return NULL;
	k->g = g;
	k->printing = true;
	k->age = ++age;
	k->lines = k->len = k->shown = 0;
	if (g->vcpu)
		report(g, keep_line, k);
	return k;
}

bool why_report(const struct guest *g)
{
	char line[CONSOLE_LINE], text[CONSOLE_LINE];
	bool failed = g->end == END_KILLED || g->end == END_CRASHED;
	struct kept *k = find(g);

	/* What was begun is brought to its end although it is to restart now. */
	if (!failed && (!k || !k->printing))
		return true;
	if (!k || !k->printing)
		k = begin(g);
	if (!k)
		return false; /* four others are being told of; this one waits */
	while (k->shown < k->len && console_line_room()) {
		snprintf(text, sizeof(text), "[%s] %s", g->name, next_line(k, &k->shown, line));
		console_line(NULL, text);
	}
	k->printing = k->shown < k->len;
	return !k->printing;
}

void why_print(const struct guest *g, why_line_fn *line, void *ctx)
{
	const struct kept *k = find(g);
	const struct why_out o = {line, ctx};
	char text[CONSOLE_LINE];

	if (g->vcpu && g->state != GUEST_STARTING)
		report(g, line, ctx);
	else if (g->state == GUEST_ENDED && !g->started_ns && g->why[0])
		why_say(&o, "why: it was not started: %s", g->why);
	else if (k && k->len)
		for (u32 at = 0; at < k->len;)
			line(ctx, next_line(k, &at, text));
	else
		what_is_left(g, &o);
}
