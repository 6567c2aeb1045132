/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial line and the text screen beside it, as one terminal. A screen of pixels is slow to
 * draw: who prints pays for a piece of it, what is left is drawn in pieces between the guests'
 * turns, which get at most a ninth of the time.
 */
#include "hv/console/terminal.h"
#include "devices/host/textscreen.h"
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/console/frames.h"
#include "hv/time/time.h"
#include "lib/string.h"

#define ESC 0x1b

/* A piece of drawing, in cells compared: all of a text mode, or 32 characters made of pixels. */
#define PIECE	 4096u
#define PIECE_NS 1000000u /* from one to the next, at least */
#define PAUSE	 8u	  /* times what the piece took: that long nothing is drawn */

static struct {
	struct terminal_writer *writer; /* who took the line last */
	struct terminal_writer
		*owner; /* of the unfinished line; NULL: the cursor is at a line's start */
	char last;	/* byte sent to the serial line */
	bool styled;	/* an escape sequence went out */
	bool no_vga;
	bool live; /* guests run: drawing may be put off */
	struct timer drawing;
} term;

/* The pause follows the last piece, too: else each line that scrolls would have the whole screen
 * compared once more, and a guest that prints empty lines would keep everybody for that long. */
static void draw_piece(struct timer *t)
{
	u64 start = now_ns(), end;

	if (text_drawn())
		return;
	(void)text_draw(PIECE);
	end = now_ns();
	timer_arm(t, end + MAX((end - start) * PAUSE, (u64)PIECE_NS));
}

static void serial_write(const char *text, u32 len)
{
	if (frames_on())
		frames_write(text, len);
	else
		uart_write(text, len);
}

/* Bytes to the devices; the serial line gets a carriage return before each bare newline. */
static void send(const char *text, u32 len)
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
		text_write(text, len);
}

void console_raw(const char *text, u32 len)
{
	send(text, len);
	text_look_end();
	(void)text_draw(~0u);
}

void terminal_show(void)
{
	if (!text_drawn() && !term.drawing.armed)
		draw_piece(&term.drawing);
}

static void send_live(const char *text, u32 len)
{
	if (!term.live)
		console_raw(text, len);
	else
		send(text, len);
	terminal_show();
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

bool terminal_has(const struct terminal_writer *writer)
{
	return term.owner == writer;
}

void terminal_end_line(void)
{
	if (term.owner && term.owner->erase)
		send_live("\r\033[K", 4);
	else if (term.owner)
		send_live("\n", 1);
	term.owner = NULL;
}

void terminal_take(struct terminal_writer *writer)
{
	if (term.owner && term.owner != writer) {
		term.owner->shown = 0;
		terminal_end_line();
	}
	term.writer = writer;
}

/* For the writer that took the line. A newline at the end leaves it to anybody. */
void terminal_write(const char *text, u32 len)
{
	if (!len)
		return;
	send_live(text, len);
	term.owner = text[len - 1] == '\n' ? NULL : term.writer;
}

/* Undo the inserting and the colours a guest left behind, but never in front of a line of ours: who
 * reads the log looks for "ringone:" at its start. */
void terminal_plain(struct terminal_writer *writer)
{
	static const char plain[] = "\033[4l\033[0m";

	if (!term.styled)
		return;
	send_live(plain, sizeof(plain) - 1);
	term.styled = false;
	if (!term.owner)
		term.owner = writer;
}

void console_running(void)
{
	term.live = true;
	term.drawing.fire = draw_piece;
}

void terminal_screen(bool on)
{
	term.no_vga = !on;
}
