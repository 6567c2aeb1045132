/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one serial line (and the screen and keyboard beside it), shared by our log, the monitor
 * and all guests. Nobody has the focus: each guest's lines come behind a "[name] " prefix. A
 * guest has it: its bytes pass as they are, both ways, and the others' are kept for later. Every
 * guest byte goes through a filter (console_filter.h).
 *
 * Who has an unfinished line on the terminal owns it; any other writer begins a new line first,
 * and what was cut off is shown again, whole, when it goes on.
 */
#include "hv/console.h"
#include "devices/host/host.h"
#include "hv/console_frames.h"
#include "hv/hv.h"

#define CTRL_A	   0x01
#define ESC	   0x1b
#define COM1	   0x3f8 /* where boot/ looked already, at this speed */
#define EARLY_BAUD 115200u
#define KEYS_MAX   64u /* taken at one console_poll() */

/* An unfinished line (a prompt) is shown after this long. */
#define PARTIAL_NS 250000000ull

static struct {
	const void *writer; /* who took the line last */
	const void *owner;  /* of the unfinished line; NULL: the cursor is at a line's start */
	char last;	    /* byte sent to the serial line */
	bool styled;	    /* an escape sequence went out */
	bool no_vga;
	bool hinted;		   /* that keys go nowhere */
	bool keys_wait;		   /* some guest's input buffer is not empty */
	struct guest *focus;	   /* NULL: everybody */
	char want[GUEST_NAME_MAX]; /* gets the focus when it opens its console */
	struct timer tick;	   /* for partial lines */
} term;

/* ---- The terminal ------------------------------------------------------------------------- */

static void serial_write(const char *text, u32 len)
{
	if (frames_on())
		frames_write(text, len);
	else
		uart_write(text, len);
}

/* Bytes to the devices; the serial line gets a carriage return before each bare newline. */
void console_raw(const char *text, u32 len)
{
	u32 from = 0;

	for (u32 i = 0; i < len; i++) {
		term.styled |= text[i] == ESC;
		if (text[i] != '\n' || (i ? text[i - 1] == '\r' : term.last == '\r'))
			continue;
		serial_write(text + from, i - from);
		serial_write("\r", 1);
		from = i;
	}
	serial_write(text + from, len - from);
	if (len)
		term.last = text[len - 1];
	if (!term.no_vga)
		vga_write(text, len);
}

void console_rawf(const char *fmt, ...)
{
	char text[CONSOLE_LINE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_raw(text, (u32)MIN(n, (int)sizeof(text) - 1));
}

bool terminal_has(const void *writer)
{
	return term.owner == writer;
}

void terminal_end_line(void)
{
	/* In a terminal of its own the prompt stays the last line, without copies above it. */
	if (frames_on() && term.owner == CONSOLE_PROMPT)
		console_raw("\r\033[K", 4);
	else if (term.owner)
		console_raw("\n", 1);
	term.owner = NULL;
}

void terminal_take(const void *writer)
{
	if (term.owner && term.owner != writer) {
		for (u32 i = 0; i < guest_count; i++)
			if (term.owner == &guests[i])
				guest_line_taken(&guests[i]);
		terminal_end_line();
	}
	term.writer = writer;
}

/* For the writer that took the line. A newline at the end leaves it to anybody. */
void terminal_write(const char *text, u32 len)
{
	if (!len)
		return;
	console_raw(text, len);
	term.owner = text[len - 1] == '\n' ? NULL : term.writer;
}

/* ---- Who is seen -------------------------------------------------------------------------- */

static bool visible(const struct guest *g)
{
	return !term.focus || term.focus == g;
}

/* Begin again what our lines interrupted: the prompt, or the focused guest's line. */
static void restore_line(void)
{
	if (monitor_active())
		monitor_redraw();
	else if (term.focus && term.focus->console)
		guest_show_partial(term.focus, true);
}

static void drain_visible(void)
{
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].console && visible(&guests[i]))
			guest_drain(&guests[i], term.focus == &guests[i]);
}

static void arm_tick(const struct console *con)
{
	if (con->since && !term.tick.armed)
		timer_arm(&term.tick, con->since + PARTIAL_NS);
}

static void arm_tick_for_all(void)
{
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].console)
			arm_tick(guests[i].console);
}

/* Show the partial lines that have waited long enough; come back for those that have not. */
static void tick(struct timer *t)
{
	u64 now = now_ns();

	(void)t;
	if (term.focus || monitor_active())
		return;
	for (u32 i = 0; i < guest_count; i++) {
		struct console *con = guests[i].console;

		if (!con || !con->since)
			continue;
		if (now - con->since >= PARTIAL_NS)
			guest_show_partial(&guests[i], false);
		else
			arm_tick(con);
	}
}

/* ---- Writers ------------------------------------------------------------------------------ */

void console_write(const char *text, u32 len)
{
	terminal_take(CONSOLE_SELF);
	terminal_write(text, len);
	restore_line();
}

void console_line(void *ctx, const char *text)
{
	(void)ctx;
	if (frames_answering()) {
		frames_answer(text);
		return;
	}
	terminal_take(CONSOLE_SELF);
	terminal_write(text, (u32)strlen(text));
	terminal_write("\n", 1);
	if (monitor_active())
		monitor_redraw();
}

void console_prompt(const char *text, u32 len)
{
	terminal_take(CONSOLE_PROMPT);
	terminal_write(text, len);
}

/* Bytes that cannot be shown now are kept. When there is no room for those of a visible guest,
 * they interrupt the monitor; for others the oldest go. */
static void hold(struct guest *g, const char *text, u32 len)
{
	u32 n = guest_hold(g, text, len, !visible(g));

	while (n < len) {
		guest_drain(g, term.focus == g);
		n += guest_hold(g, text + n, len - n, false);
	}
	if (monitor_active() && !terminal_has(CONSOLE_PROMPT))
		monitor_redraw();
}

void console_guest_out(struct guest *g, const char *text, u32 len)
{
	if (!g->console)
		return;
	if (frames_on()) {
		frames_guest_out(g, text, len);
		return;
	}
	if (!visible(g) || monitor_active()) {
		hold(g, text, len);
		return;
	}
	guest_show(g, text, len, term.focus == g);
	arm_tick(g->console);
}

void console_monitor_closed(void)
{
	if (frames_on()) {
		monitor_enter();
		return;
	}
	drain_visible();
	restore_line();
	arm_tick_for_all();
}

/* ---- Focus and the life of a guest's console ------------------------------------------------ */

struct guest *console_focus(void)
{
	return term.focus;
}

/* Undo the colours a guest left behind, but never in front of a line of ours: who reads the log
 * looks for "ringone:" at its start. */
static void plain_style(void)
{
	static const char plain[] = "\033[0m";

	if (!term.styled)
		return;
	console_raw(plain, sizeof(plain) - 1);
	term.styled = false;
	if (!term.owner)
		term.owner = CONSOLE_SELF;
}

static void change_focus(struct guest *g)
{
	plain_style();
	terminal_take(CONSOLE_SELF);
	terminal_end_line();
	term.focus = g;
	term.hinted = false;
	for (u32 i = 0; i < guest_count; i++)
		guest_line_taken(&guests[i]);
	if (g)
		log_line(LOG_INFO, NULL, "focus=%s; Ctrl-A opens the monitor", g->name);
	drain_visible();
	restore_line();
	arm_tick_for_all();
}

bool console_set_focus(struct guest *g)
{
	if (g && !g->console)
		return false;
	if (frames_on()) /* every guest has the whole of its own line */
		return !g || screen_focus(g);
	snprintf(term.want, sizeof(term.want), "%s", g ? g->name : "");
	if (g != term.focus)
		change_focus(g);
	if (g)
		(void)screen_focus(g); /* it may have no display */
	return true;
}

enum hv_status console_guest_open(struct guest *g)
{
	g->console = arena_alloc(&g->arena, sizeof(struct console));
	if (!g->console)
		return HV_NOMEM;
	if (frames_on())
		frames_name(g);
	else if (strcmp(term.want, g->name) == 0)
		change_focus(g);
	return HV_OK;
}

void console_guest_close(struct guest *g)
{
	if (!g->console)
		return;
	guest_drain(g, term.focus == g);
	guest_finish_line(g);
	terminal_take(CONSOLE_SELF);
	terminal_end_line();
	g->console = NULL;
	if (term.focus == g)
		change_focus(NULL); /* until it opens again: term.want still names it */
	else
		restore_line();
}

void console_flush(void)
{
	if (monitor_active())
		return;
	drain_visible();
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].console && visible(&guests[i]))
			guest_finish_line(&guests[i]);
}

void console_final(void)
{
	plain_style();
	term.focus = NULL;
	for (u32 i = 0; i < guest_count; i++) {
		if (!guests[i].console)
			continue;
		guest_line_taken(&guests[i]);
		guest_drain(&guests[i], false);
		guest_finish_line(&guests[i]);
	}
	terminal_end_line();
}

/* ---- Keys --------------------------------------------------------------------------------- */

/* The focused guest, else the one on the screen, else the only one that runs; NULL when there is no
 * such. */
static struct guest *listener(void)
{
	struct guest *only = NULL;

	if (term.focus || screen_guest())
		return term.focus ? term.focus : screen_guest();
	for (u32 i = 0; i < guest_count; i++) {
		if (guests[i].state != GUEST_RUNNING)
			continue;
		if (only)
			return NULL;
		only = &guests[i];
	}
	return only;
}

void console_type_at(struct guest *g, char c)
{
	if (g->console && guest_key(g, c))
		term.keys_wait = true;
}

void console_type(char c)
{
	struct guest *g = listener();

	if (g && g->console) {
		console_type_at(g, c);
		return;
	}
	if (!term.hinted)
		log_line(LOG_INFO, NULL, "nobody gets the keys: Ctrl-A, then focus NAME");
	term.hinted = true;
}

/* From the serial line, or from the keyboard. */
static void take_key(char c)
{
	if (monitor_active())
		monitor_key(c);
	else if (c == CTRL_A)
		monitor_enter();
	else
		console_type(c);
}

static void feed_guests(void)
{
	term.keys_wait = false;
	for (u32 i = 0; i < guest_count; i++) {
		struct guest *g = &guests[i];

		if (!g->console || !g->console->in.len)
			continue;
		if (g->state == GUEST_RUNNING && g->bus)
			guest_feed(g);
		term.keys_wait |= g->console->in.len != 0;
	}
}

void console_poll(void)
{
	bool frames = frames_on();
	u32 n, i = 0;
	int c;

	for (; i < KEYS_MAX && (c = uart_getc()) >= 0; i++)
		(frames ? frames_take : take_key)((char)c);
	for (; i < KEYS_MAX && (c = ps2_getc()) >= 0; i++)
		(frames ? console_type : take_key)((char)c);
	n = ps2_hot_key();
	if (n)
		screen_select(n);
	if (term.keys_wait)
		feed_guests();
}

/* boot/ has found COM1 (or whatever the BIOS knows) and the screen; the options may say else. */
static void open_serial(u16 base, u32 baud)
{
	if ((base == COM1 && baud == EARLY_BAUD) || uart_init(base, baud) || !base)
		return;
	(void)uart_init(COM1, EARLY_BAUD); /* rather the wrong line than none */
	log_line(LOG_ERROR, NULL,
		 "console=%#x: no serial port answers there; give com1, com2 or none", base);
}

void console_init(void)
{
	const struct hv_options *o = &config.opt;

	open_serial(o->uart_base, o->uart_baud);
	term.no_vga = !o->vga || o->frames; /* the screen cannot show terminals side by side */
	term.tick.fire = tick;
	snprintf(term.want, sizeof(term.want), "%s", o->focus);
	ps2_init();
	uart_irq_on();
	if (o->frames)
		frames_start();
}
