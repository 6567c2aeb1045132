/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that a guest with the whole terminal writes on, as far as its beginning can be told
 * from what was sent: so that no sequence of writing, going back and deleting makes it begin
 * like a line of ours.
 *
 * Rows are not told apart: what moves the cursor up or down leaves the cells as they are. So a
 * program that paints the whole screen is not stopped from painting anything (docs/limits.md).
 * Private to this room.
 */
#ifndef HV_CONSOLE_ROW_H
#define HV_CONSOLE_ROW_H

#include "lib/base.h"

#define ROW_CELLS 128u
#define ROW_WORD  9u /* strlen("(ringone)") */

struct row {
	char cell[ROW_CELLS]; /* 0: blank */
	u32 column, saved;
	u32 end;	    /* behind the last cell written */
	bool insert;	    /* characters push the others to the right */
	bool odd;	    /* which column of the terminal this is, we may not know */
	char run[ROW_WORD]; /* the last characters written one after the other */
	u32 run_len;
};

/* A printable character; '?' comes back when it would complete a word of ours. */
char row_put(struct row *r, char c);
void row_odd(struct row *r);		 /* a character of several bytes */
void row_control(struct row *r, char c); /* newline, carriage return, tab, backspace */
void row_newline(struct row *r);
void row_handed_over(struct row *r); /* others had the terminal; it does not insert now */
/* An escape sequence that may be shown otherwise. False: it would uncover such a word. */
bool row_sequence(struct row *r, const char *sequence, u32 len);

#endif
