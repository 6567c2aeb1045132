/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text screen, whatever shows it. For the console in hv/ and boot/; what shows the cells
 * (vga.c, fbtext.c) opens it. */
#ifndef DEVICES_HOST_TEXTSCREEN_H
#define DEVICES_HOST_TEXTSCREEN_H

#include "lib/base.h"

#define TEXT_COLUMNS_MAX 160u
#define TEXT_ROWS_MAX	 64u

/* Attributes: colour of the letter, and from bit 4 on of what is behind it (IBM VGA technical
 * reference: 0 black, 1 blue, 2 green, 4 red, 8 bright). */
#define TEXT_COLOURS 16u
#define TEXT_GREY    0x07u
#define TEXT_REVERSE 0x70u

struct text_display {
	u32 columns, rows; /* at most those above */
	u32 work;	   /* what a cell costs, in cells that are only compared */
	/* Show this; an attribute's background is one of the first eight colours. */
	void (*cell)(u32 column, u32 row, u8 c, u8 attribute, bool cursor);
};

/* The text screen is this one from now on. It shows blanks everywhere, or what text_found() is told
 * next; the cursor is in cell `at`, counted from the left upper corner. Until text_grow() a large
 * one has its first rows only. */
void text_open(const struct text_display *d, u32 at);
/* This is there already. */
void text_found(u32 at, u8 c, u8 attribute);

/* How many u16 the whole screen needs; 0: there is none. */
u32 text_wants(void);
/* All of the screen from now on; what it has of the memory beyond text_wants() holds lines that
 * have scrolled away. NULL: it stays as large as it is. `status`: the last row is a status line. */
void text_grow(u16 *memory, u32 count, bool status);

/* \n \r \b \t, scrolling, colours and movements of ECMA-48. Shows nothing yet. */
void text_write(const char *text, u32 len);
void text_status(const char *text);
/* Look at what has scrolled away: half a screen up for each, down for -1. */
void text_look_back(s32 halves);
void text_look_end(void);
u32 text_rows_back(void); /* 0: the end is seen */

/* Show what was written. Ends when `work` is used up; true: there is more to show. */
bool text_draw(u32 work);
bool text_drawn(void);	     /* nothing is left to show */
u32 text_size(u32 *columns); /* rows, without the status line; 0: no screen */
void text_off(void);	     /* the screen is somebody else's from now on */

#endif
