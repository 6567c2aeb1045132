/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one serial line (and the screen and keyboard beside it), shared by our log, the monitor
 * and all guests. Nobody has the focus: each guest's lines come behind a "[name] " prefix. A
 * guest has it: its bytes pass as they are, both ways, and the others' are kept for later. Every
 * guest byte goes through a filter (filter.h).
 *
 * Who has an unfinished line on the terminal owns it; any other writer begins a new line first,
 * and what was cut off is shown again, whole, when it goes on.
 */
#include "hv/console/console.h"
#include "devices/host/ps2.h"
#include "devices/host/serial.h"
#include "devices/host/uart.h"
#include "hv/config/config.h"
#include "hv/console/follow.h"
#include "hv/console/frames.h"
#include "hv/console/guest_side.h"
#include "hv/guest/guest.h"
#include "hv/time/time.h"
#include "lib/string.h"

#define CTRL_A	   0x01
#define EARLY_BAUD 115200u /* of what boot/ has found */

/* An unfinished line (a prompt) is shown after this long. */
#define PARTIAL_NS 250000000ull

/* The writers that are no guests. */
static struct terminal_writer self; /* our log lines and the commands' results */
static struct terminal_writer prompt_line;

static struct {
	struct guest *focus;	   /* NULL: everybody */
	char want[GUEST_NAME_MAX]; /* gets the focus when it opens its console */
	struct timer tick;	   /* for partial lines */
	const struct prompt_ops *prompt;
	bool prompting;
	bool prompt_cr; /* the last key was the carriage return that closed it */
} seen;

/* ---- Who is seen -------------------------------------------------------------------------- */

static bool visible(const struct guest *g)
{
	return !seen.focus || seen.focus == g;
}

/* Begin again what our lines interrupted: the prompt, or the focused guest's line. */
static void restore_line(void)
{
	if (seen.prompting)
		seen.prompt->redraw();
	else if (seen.focus && seen.focus->console)
		guest_show_partial(seen.focus, true);
}

static void drain_visible(void)
{
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].console && visible(&guests[i]))
			guest_drain(&guests[i], seen.focus == &guests[i]);
}

static void arm_tick(const struct console *con)
{
	if (con->since && !seen.tick.armed)
		timer_arm(&seen.tick, con->since + PARTIAL_NS);
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
	if (seen.focus || seen.prompting)
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
	terminal_take(&self);
	terminal_write(text, len);
	restore_line();
}

static struct {
	void (*line)(void *ctx, const char *text); /* NULL: the terminal */
	void *ctx;
} captured;

void console_capture(void (*line)(void *ctx, const char *text), void *ctx)
{
	captured.line = line;
	captured.ctx = ctx;
}

void console_line(void *ctx, const char *text)
{
	(void)ctx;
	if (captured.line) {
		captured.line(captured.ctx, text);
		return;
	}
	if (frames_answering()) {
		frames_answer(text);
		return;
	}
	terminal_take(&self);
	terminal_write(text, (u32)strlen(text));
	terminal_write("\n", 1);
	if (seen.prompting)
		seen.prompt->redraw();
}

void console_prompt_hook(const struct prompt_ops *ops)
{
	seen.prompt = ops;
	if (frames_on()) /* it has a terminal of its own */
		ops->open();
}

void console_prompt_set(bool open)
{
	seen.prompting = open;
}

/* In frames it always is, and keeps nobody waiting. */
bool console_prompt_open(void)
{
	return seen.prompting && !frames_on();
}

bool console_prompt_key(char c)
{
	bool ended = seen.prompt_cr;

	/* The second half of a line end goes where the first went, though the prompt has closed. */
	seen.prompt_cr = seen.prompting && c == '\r';
	if (ended && c == '\n')
		return true;
	if (seen.prompting)
		seen.prompt->key(c);
	else if (c == CTRL_A)
		seen.prompt->open();
	else
		return false;
	return true;
}

void console_prompt_run(char *line)
{
	seen.prompt->run(line);
}

void console_prompt(const char *text, u32 len)
{
	terminal_take(&prompt_line);
	terminal_write(text, len);
}

/* Bytes that cannot be shown now are kept. When there is no room for those of a visible guest,
 * they interrupt the monitor; for others the oldest go. */
static void hold(struct guest *g, const char *text, u32 len)
{
	u32 n = guest_hold(g, text, len, !visible(g));

	while (n < len) {
		guest_drain(g, seen.focus == g);
		n += guest_hold(g, text + n, len - n, false);
	}
	if (seen.prompting && !terminal_has(&prompt_line))
		seen.prompt->redraw();
}

void console_guest_out(struct guest *g, const char *text, u32 len)
{
	if (!g->console)
		return;
	guest_remember(g->console, text, len);
	if (frames_on()) {
		frames_guest_out(g, text, len);
		return;
	}
	if (!visible(g) || seen.prompting) {
		hold(g, text, len);
		return;
	}
	guest_show(g, text, len, seen.focus == g);
	arm_tick(g->console);
}

void console_prompt_closed(void)
{
	if (frames_on()) {
		seen.prompt->open();
		return;
	}
	drain_visible();
	restore_line();
	arm_tick_for_all();
}

/* ---- Focus and the life of a guest's console ------------------------------------------------ */

struct guest *console_focus(void)
{
	return seen.focus;
}

static void change_focus(struct guest *g)
{
	terminal_plain(&self);
	terminal_take(&self);
	terminal_end_line();
	seen.focus = g;
	if (g)
		row_handed_over(&g->console->screen.row);
	for (u32 i = 0; i < guest_count; i++)
		guest_line_taken(&guests[i]);
	if (g)
		log_line(LOG_INFO, NULL, "focus=%s; Ctrl-A opens the monitor", g->name);
	drain_visible();
	restore_line();
	arm_tick_for_all();
}

bool console_follow(struct guest *g)
{
	if (g && !g->console)
		return false;
	if (frames_on()) /* everybody has the whole of a line */
		return true;
	snprintf(seen.want, sizeof(seen.want), "%s", g ? g->name : "");
	if (g != seen.focus)
		change_focus(g);
	return true;
}

enum hv_status console_guest_open(struct guest *g)
{
	g->console = arena_alloc(&g->arena, sizeof(struct console));
	if (!g->console)
		return HV_NOMEM;
	if (frames_on())
		frames_name(g);
	else if (strcmp(seen.want, g->name) == 0)
		change_focus(g);
	return HV_OK;
}

void console_guest_close(struct guest *g)
{
	if (!g->console)
		return;
	guest_drain(g, seen.focus == g);
	guest_finish_line(g);
	terminal_take(&self);
	terminal_end_line();
	g->console = NULL;
	if (seen.focus == g)
		change_focus(NULL); /* until it opens again: seen.want still names it */
	else
		restore_line();
}

void console_final(void)
{
	terminal_plain(&self);
	seen.focus = NULL;
	for (u32 i = 0; i < guest_count; i++) {
		if (!guests[i].console)
			continue;
		guest_line_taken(&guests[i]);
		guest_drain(&guests[i], false);
		guest_finish_line(&guests[i]);
	}
	terminal_end_line();
}

/* ---- Room ---------------------------------------------------------------------------------- */

/* What one byte of a guest may become, an empty line: a prefix and a carriage return. */
#define GROWTH	      (GUEST_NAME_MAX + 5u)
#define GROWTH_FRAMES 2u /* in frames: an escape byte is doubled */
/* Kept free for our own lines, and for what has to be shown again. */
#define ROOM_OURS 1024u
/* So long without any room is no slow line but a dead one: uart_write() finds that out by itself,
 * and drops what waits. Nobody may wait for ever. */
#define DEAD_NS 2000000000ull

static u64 full_since; /* 0: it is not full */

static u32 room_left(void)
{
	u32 room = uart_room(), growth = frames_on() ? GROWTH_FRAMES : GROWTH;

	if (room >= ROOM_OURS + growth) {
		full_since = 0;
		return (room - ROOM_OURS) / growth;
	}
	if (!full_since)
		full_since = now_ns();
	return now_ns() - full_since > DEAD_NS ? ~0u : 0;
}

u32 console_guest_room(const struct guest *g)
{
	return seen.focus && seen.focus != g ? ~0u /* it is kept in memory */ : room_left();
}

bool console_line_room(void)
{
	return room_left() > CONSOLE_LINE / GROWTH;
}

/* ---- At boot ------------------------------------------------------------------------------- */

/* boot/ has found a port that the BIOS knows, or COM1, and the screen; the options may say else. */
static void open_serial(u16 place, u32 baud)
{
	u16 early = uart_base(), base = serial_port(place);

	if ((base && base == early && baud == EARLY_BAUD) || uart_init(base, baud) ||
	    place == SERIAL_NONE)
		return;
	(void)uart_init(early, EARLY_BAUD); /* rather the wrong line than none */
	if (place == SERIAL_AUTO)
		return;
	log_line(LOG_ERROR, NULL,
		 "console=%s: no serial port answers there; give auto, com1, com2, pci0 or none",
		 serial_name(place));
	config.errors++;
}

void console_screen(bool on)
{
	terminal_screen(on);
}

void console_init(void)
{
	const struct hv_options *o = &config.opt;

	open_serial(o->uart_base, o->uart_baud);
	/* The screen cannot show terminals side by side. */
	terminal_screen(o->vga && !o->frames);
	prompt_line.erase = o->frames;
	seen.tick.fire = tick;
	snprintf(seen.want, sizeof(seen.want), "%s", o->focus);
	if (!ps2_init(o->keymap))
		log_line(LOG_WARN, NULL,
			 "no keyboard controller answers, "
			 "and firmware plays none for a USB keyboard (has its setup "
			 "\"legacy USB\"?): keys are taken from %s",
			 uart_base() ? "the serial line only" : "nowhere");
	uart_irq_on(serial_line(uart_base()));
	if (o->frames)
		frames_start();
}
