/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One guest's side of the console: its unfinished line, what it printed while nobody could see
 * it, and the keys it has not taken yet. The state lives in the guest's arena and nothing here
 * writes to the terminal but through the terminal_ functions.
 */
#include "devices/host/host.h"
#include "hv/console.h"
#include "hv/console_frames.h"
#include "hv/hv.h"

/* ---- Byte rings --------------------------------------------------------------------------- */

static u32 ring_room(const struct byte_ring *r, u32 size)
{
	return size - r->len;
}

static void ring_put(struct byte_ring *r, char *bytes, u32 size, char c)
{
	bytes[(r->start + r->len) % size] = c;
	r->len++;
}

static void ring_drop(struct byte_ring *r, u32 size, u32 n)
{
	r->start = (r->start + n) % size;
	r->len -= n;
}

/* How many of the bytes lie in one piece from r->start. */
static u32 ring_piece(const struct byte_ring *r, u32 size)
{
	return MIN(r->len, size - r->start);
}

/* ---- Lines with a prefix ------------------------------------------------------------------ */

static void write_prefix(const struct guest *g)
{
	char prefix[GUEST_NAME_MAX + 4];
	int n = snprintf(prefix, sizeof(prefix), "[%s] ", g->name);

	terminal_write(prefix, (u32)n);
}

static void show_rest(struct guest *g)
{
	struct console *con = g->console;

	terminal_take(g);
	if (!terminal_has(g))
		write_prefix(g);
	terminal_write(con->line + con->shown, con->len - con->shown);
	con->shown = con->len;
	con->since = 0;
}

static void end_line(struct guest *g)
{
	show_rest(g);
	terminal_end_line();
	g->console->len = g->console->shown = 0;
}

/* One filtered byte. The line is shown when it ends; where it is on the terminal already, what
 * is new of it follows at once (guest_show). */
static void line_byte(struct guest *g, char c)
{
	struct console *con = g->console;
	bool overwrite = con->cr && c != '\n';

	con->cr = c == '\r';
	if (overwrite && con->len)
		end_line(g);
	if (c == '\n') {
		end_line(g);
	} else if (c == '\b') {
		if (con->len && con->shown == con->len) {
			terminal_write("\b \b", 3);
			con->shown--;
		}
		con->len -= con->len ? 1 : 0;
	} else if (c != '\r') {
		if (con->len == GUEST_LINE)
			end_line(g);
		con->line[con->len++] = c;
	}
}

static void show_lines(struct guest *g, const char *text, u32 len)
{
	struct console *con = g->console;

	for (u32 i = 0; i < len; i++) {
		char c = filter_line(&con->lines, text[i]);

		if (c)
			line_byte(g, c);
	}
	if (con->len > con->shown) {
		if (terminal_has(g))
			show_rest(g);
		else
			con->since = now_ns();
	}
}

/* ---- The whole terminal ------------------------------------------------------------------- */

/* Keep the unfinished line as text, to show it again when something came between. */
static void remember(struct console *con, char raw)
{
	char c = filter_line(&con->lines, raw);

	if (c == '\n' || c == '\r')
		con->len = 0;
	else if (c == '\b')
		con->len -= con->len ? 1 : 0;
	else if (c && con->len < GUEST_LINE)
		con->line[con->len++] = c;
}

static void show_screen(struct guest *g, const char *text, u32 len)
{
	struct console *con = g->console;
	char out[128];
	u32 n = 0;

	guest_show_partial(g, true);
	terminal_take(g);
	for (u32 i = 0; i < len; i++) {
		n += filter_screen(&con->screen, text[i], out + n);
		remember(con, text[i]);
		if (n + FILTER_SEQUENCE > sizeof(out)) {
			terminal_write(out, n);
			n = 0;
		}
	}
	terminal_write(out, n);
	con->shown = con->len;
	con->since = 0;
}

/* ---- Both --------------------------------------------------------------------------------- */

void guest_show(struct guest *g, const char *text, u32 len, bool focused)
{
	if (focused)
		show_screen(g, text, len);
	else
		show_lines(g, text, len);
}

void guest_show_partial(struct guest *g, bool focused)
{
	struct console *con = g->console;

	if (con->len == con->shown)
		return;
	if (!focused) {
		show_rest(g);
		return;
	}
	terminal_take(g);
	terminal_write(con->line + con->shown, con->len - con->shown);
	con->shown = con->len;
	con->since = 0;
}

u32 guest_hold(struct guest *g, const char *text, u32 len, bool overwrite)
{
	struct console *con = g->console;
	u32 i;

	for (i = 0; i < len; i++) {
		if (!ring_room(&con->back, GUEST_BACKLOG)) {
			if (!overwrite)
				break;
			ring_drop(&con->back, GUEST_BACKLOG, 1);
			con->lost++;
		}
		ring_put(&con->back, con->backlog, GUEST_BACKLOG, text[i]);
	}
	return i;
}

void guest_drain(struct guest *g, bool focused)
{
	struct console *con = g->console;

	if (con->lost) {
		char note[64];
		int n = snprintf(note, sizeof(note), "\n(%u bytes before this were not kept)\n",
				 con->lost);

		con->lost = 0;
		guest_show(g, note, (u32)n, focused);
	}
	while (con->back.len) {
		u32 n = ring_piece(&con->back, GUEST_BACKLOG);

		guest_show(g, con->backlog + con->back.start, n, focused);
		ring_drop(&con->back, GUEST_BACKLOG, n);
	}
}

void guest_finish_line(struct guest *g)
{
	if (g->console->since) /* else there is nothing that was never shown */
		end_line(g);
	else if (terminal_has(g))
		terminal_end_line();
	g->console->len = g->console->shown = 0;
	g->console->since = 0;
}

void guest_line_taken(struct guest *g)
{
	if (g->console)
		g->console->shown = 0;
}

/* ---- Keys --------------------------------------------------------------------------------- */

bool guest_key(struct guest *g, char c)
{
	struct console *con = g->console;

	if (!ring_room(&con->in, GUEST_INPUT))
		return false;
	ring_put(&con->in, con->input, GUEST_INPUT, c);
	return true;
}

void guest_feed(struct guest *g)
{
	struct console *con = g->console;
	u32 n, taken;

	while ((n = ring_piece(&con->in, GUEST_INPUT)) != 0) {
		taken = bus_console_input(g->bus, con->input + con->in.start, n);
		ring_drop(&con->in, GUEST_INPUT, MIN(taken, n));
		if (taken < n)
			return;
	}
}

/* ---- Room --------------------------------------------------------------------------------- */

/* What one byte of a guest may become, an empty line: a prefix and a carriage return. */
#define GROWTH	      (GUEST_NAME_MAX + 5u)
#define GROWTH_FRAMES 2u /* in frames: an escape byte is doubled */
/* Kept free for our own lines, and for what has to be shown again. */
#define ROOM_OURS 1024u
/* So long without any room is no slow line but a dead one: uart_write() finds that out by itself,
 * and drops what waits. Nobody may wait for ever. */
#define DEAD_NS 2000000000ull

static u64 full_since; /* 0: it is not full */

u32 console_guest_room(const struct guest *g)
{
	u32 room = uart_room(), growth = frames_on() ? GROWTH_FRAMES : GROWTH;

	if (console_focus() && console_focus() != g)
		return ~0u; /* it is kept in memory */
	if (room >= ROOM_OURS + growth) {
		full_since = 0;
		return (room - ROOM_OURS) / growth;
	}
	if (!full_since)
		full_since = now_ns();
	return now_ns() - full_since > DEAD_NS ? ~0u : 0;
}
