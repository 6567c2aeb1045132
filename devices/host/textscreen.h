/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text screen, whatever shows it. For the console in hv/ and boot/; what shows the cells
 * (vga.c, fbtext.c) opens it. */
#ifndef DEVICES_HOST_TEXTSCREEN_H
#define DEVICES_HOST_TEXTSCREEN_H

#include "lib/base.h"

#define TEXT_COLUMNS_MAX 160u
#define TEXT_ROWS_MAX	 64u

struct text_display {
	u32 columns, rows; /* at most those above */
	u32 work;	   /* what a cell costs, in cells that are only compared */
	void (*cell)(u32 column, u32 row, u8 c, bool cursor); /* show this */
};

/* The text screen is this one from now on. It shows blanks everywhere, or what text_found() is told
 * next; the cursor is in cell `at`, counted from the left upper corner. */
void text_open(const struct text_display *d, u32 at);
/* This character is there already. */
void text_found(u32 at, u8 c);

void text_write(const char *text, u32 len); /* \n \r \b \t and scrolling; shows nothing yet */
/* Show what was written. Ends when `work` is used up; true: there is more to show. */
bool text_draw(u32 work);
bool text_drawn(void);	     /* nothing is left to show */
u32 text_size(u32 *columns); /* rows; 0: no screen */
void text_off(void);	     /* the screen is somebody else's from now on */

#endif
