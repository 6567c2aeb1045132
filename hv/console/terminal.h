/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal: one line at a time has an owner. Who takes the line while another's is unfinished
 * begins a new one, and what was cut off is shown again, whole, when that one goes on. Private to
 * this room.
 */
#ifndef HV_CONSOLE_TERMINAL_H
#define HV_CONSOLE_TERMINAL_H

#include "lib/base.h"

struct terminal_writer {
	u32 shown;  /* how much of its unfinished line the terminal shows; 0 when the line is taken
		     */
	bool erase; /* cut off, it is taken away and not left standing */
};

/* What is written next is this writer's; begin a new line unless its unfinished one is there. */
void terminal_take(struct terminal_writer *writer);
/* An unfinished line of this writer is there. */
bool terminal_has(const struct terminal_writer *writer);
/* For the writer that took the line. A newline at the end leaves it to anybody. */
void terminal_write(const char *text, u32 len);
void terminal_end_line(void); /* the cursor goes to a line's start, which belongs to nobody */
/* Undo the colours a guest left behind; the line is then `writer`'s where nobody else has it. */
void terminal_plain(struct terminal_writer *writer);
/* Begin to draw what the text screen has to show. Guests run. */
void terminal_show(void);
void terminal_screen(bool on); /* is there a text screen beside the serial line? */

#endif
