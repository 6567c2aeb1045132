/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial line and the text screen beside it, as one terminal. */
#include "hv/console/terminal.h"
#include "devices/host/uart.h"
#include "devices/host/vga.h"
#include "hv/console/console.h"
#include "hv/console/frames.h"
#include "lib/string.h"

#define ESC 0x1b

static struct {
	struct terminal_writer *writer; /* who took the line last */
	struct terminal_writer
		*owner; /* of the unfinished line; NULL: the cursor is at a line's start */
	char last;	/* byte sent to the serial line */
	bool styled;	/* an escape sequence went out */
	bool no_vga;
} term;

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

bool terminal_has(const struct terminal_writer *writer)
{
	return term.owner == writer;
}

void terminal_end_line(void)
{
	if (term.owner && term.owner->erase)
		console_raw("\r\033[K", 4);
	else if (term.owner)
		console_raw("\n", 1);
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
	console_raw(text, len);
	term.owner = text[len - 1] == '\n' ? NULL : term.writer;
}

/* Undo the colours a guest left behind, but never in front of a line of ours: who reads the log
 * looks for "ringone:" at its start. */
void terminal_plain(struct terminal_writer *writer)
{
	static const char plain[] = "\033[0m";

	if (!term.styled)
		return;
	console_raw(plain, sizeof(plain) - 1);
	term.styled = false;
	if (!term.owner)
		term.owner = writer;
}

void terminal_screen(bool on)
{
	term.no_vga = !on;
}
