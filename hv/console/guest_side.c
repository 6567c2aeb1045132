/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One guest's side of the console: its unfinished line, what it printed while nobody could see
 * it, and the keys it has not taken yet. The state lives in the guest's arena and nothing here
 * writes to the terminal but through the terminal_ functions.
 */
#include "hv/console/guest_side.h"
#include "devices/devices.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/time/time.h"
#include "lib/string.h"

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

	terminal_take(&g->console->as);
	if (!terminal_has(&g->console->as))
		write_prefix(g);
	terminal_write(con->line + con->as.shown, con->len - con->as.shown);
	con->as.shown = con->len;
	con->since = 0;
}

static void end_line(struct guest *g)
{
	show_rest(g);
	terminal_end_line();
	g->console->len = g->console->as.shown = 0;
}

/* One filtered byte. The line is shown when it ends; where it is on the terminal already, what
 * is new of it follows at once (guest_show). */
static void drop_character(struct console *con)
{
	while (con->len && utf8_goes_on(con->line[con->len - 1]))
		con->len--;
	con->len -= con->len ? 1 : 0;
	con->as.shown = MIN(con->as.shown, con->len);
}

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
		if (con->len && con->as.shown == con->len)
			terminal_write("\b \b", 3);
		drop_character(con);
	} else if (c != '\r') {
		if (con->len == GUEST_LINE ||
		    (con->len > GUEST_LINE - sizeof(con->lines.character) && utf8_begins(c)))
			end_line(g);
		con->line[con->len++] = c;
	}
}

static void show_lines(struct guest *g, const char *text, u32 len)
{
	struct console *con = g->console;

	for (u32 i = 0; i < len; i++) {
		char out[FILTER_LINE];
		u32 n = filter_line(&con->lines, text[i], out);

		for (u32 k = 0; k < n; k++)
			line_byte(g, out[k]);
	}
	if (con->len > con->as.shown) {
		if (terminal_has(&g->console->as))
			show_rest(g);
		else
			con->since = now_ns();
	}
}

/* ---- The whole terminal ------------------------------------------------------------------- */

/* Keep the unfinished line as text, to show it again when something came between. */
static void remember(struct console *con, char raw)
{
	char out[FILTER_LINE];
	u32 n = filter_line(&con->lines, raw, out);

	if (!n)
		return;
	if (out[n - 1] == '\n' || out[n - 1] == '\r') {
		con->len = 0;
	} else if (out[n - 1] == '\b') {
		drop_character(con);
	} else if (n <= GUEST_LINE - con->len) {
		memcpy(con->line + con->len, out, n);
		con->len += n;
	}
}

/* Who does not own the line any more begins at the start of one. */
static void take_row(struct console *con)
{
	if (!terminal_has(&con->as))
		row_newline(&con->screen.row);
	terminal_take(&con->as);
}

static void show_screen(struct guest *g, const char *text, u32 len)
{
	struct console *con = g->console;
	char out[128];
	u32 n = 0;

	guest_show_partial(g, true);
	take_row(con);
	for (u32 i = 0; i < len; i++) {
		n += filter_screen(&con->screen, text[i], out + n);
		remember(con, text[i]);
		if (n + FILTER_SEQUENCE > sizeof(out)) {
			terminal_write(out, n);
			n = 0;
		}
	}
	terminal_write(out, n);
	con->as.shown = con->len;
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

	if (con->len == con->as.shown)
		return;
	if (!focused) {
		show_rest(g);
		return;
	}
	take_row(con);
	for (u32 i = con->as.shown; i < con->len; i++) { /* it passed the other filter only */
		if (utf8_begins(con->line[i]))
			row_odd(&con->screen.row);
		else if (!utf8_goes_on(con->line[i]))
			con->line[i] = row_put(&con->screen.row, con->line[i]);
	}
	terminal_write(con->line + con->as.shown, con->len - con->as.shown);
	con->as.shown = con->len;
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
	else if (terminal_has(&g->console->as))
		terminal_end_line();
	g->console->len = g->console->as.shown = 0;
	g->console->since = 0;
}

void guest_line_taken(struct guest *g)
{
	if (g->console)
		g->console->as.shown = 0;
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

bool guest_key_room(const struct guest *g)
{
	return ring_room(&g->console->in, GUEST_INPUT);
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
