/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that look into a guest, whatever it is doing: nothing here stops it or changes it. */
#include "hv/config/text.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/monitor/private.h"
#include "hv/time/time.h"
#include "hv/why/why.h"
#include "lib/string.h"
#include "lib/trace.h"

#define TRACE_LAST 20u
#define PEEK_BYTES 64u
#define PEEK_MAX   1024u /* the serial line is slow and we wait for it */
#define REST	   80u	 /* a command line is not longer */

static void say(const char *fmt, ...) PRINTF(1, 2);
static void say(const char *fmt, ...)
{
	char text[CONSOLE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_line(NULL, text);
}

/* What is behind a command, to be cut into words: at most three, more are no use to anybody. */
struct words {
	char text[REST];
	u32 n;
	char *word[4];
};

static void split(struct words *w, const char *rest)
{
	char *at = w->text;

	snprintf(w->text, sizeof(w->text), "%s", rest);
	for (w->n = 0; w->n < ARRAY_LEN(w->word); w->n++) {
		w->word[w->n] = monitor_word(&at);
		if (!w->word[w->n])
			break;
	}
}

/* Has it a CPU to look at? */
static bool has_cpu(const struct guest *g)
{
	if (g->vcpu && g->state != GUEST_STARTING)
		return true;
	say("%s is %s: there is nothing to look at", g->name, guest_state_name[g->state]);
	return false;
}

void cmd_why(struct guest *g, const char *word)
{
	(void)word;
	why_print(g, console_line, NULL);
}

void cmd_regs(struct guest *g, const char *word)
{
	(void)word;
	if (!has_cpu(g))
		return;
	why_registers(g, console_line, NULL);
	why_backtrace(g, 8, console_line, NULL);
}

void cmd_walk(struct guest *g, const char *word)
{
	struct words w = {.n = 0};
	u32 at;

	split(&w, word);
	if (w.n != 1 || !config_number(w.word[0], &at))
		say("usage: walk NAME ADDR, as walk %s 0xc0000000", g->name);
	else if (has_cpu(g))
		why_walk(g, at, console_line, NULL);
}

void cmd_peek(struct guest *g, const char *word)
{
	u32 at, bytes = PEEK_BYTES;
	struct words w = {.n = 0};

	split(&w, word);
	if (w.n < 1 || w.n > 2 || !config_number(w.word[0], &at) ||
	    (w.n == 2 && !config_number(w.word[1], &bytes)))
		say("usage: peek NAME ADDR [N], as peek %s 0xc0000000 64", g->name);
	else if (has_cpu(g))
		why_peek(g, at, MIN(bytes, PEEK_MAX), console_line, NULL);
}

/* [NAME] [N] [EVENT], in this order; a guest's name goes before an event's. */
void cmd_trace(struct guest *g, const char *word)
{
	const char *event = NULL;
	u32 n = TRACE_LAST, number, at = 0;
	struct words w = {.n = 0};

	split(&w, word);
	g = w.n ? guest_by_name(w.word[0]) : NULL;
	at += g != NULL;
	if (at < w.n && config_number(w.word[at], &number)) {
		n = number;
		at++;
	}
	if (at < w.n)
		event = w.word[at++];
	if (at < w.n ||
	    !trace_print_of(g ? g->name : NULL, event, n, time_tsc_khz(), console_line, NULL))
		say("usage: trace [NAME] [N] [EVENT], as trace 50 hypercall; a trace shows the "
		    "events' names");
}
