/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grid (textscreen.c) for the terminal that writes on it (textwrite.c). Private to these two. A
 * cell is a character, and above it an attribute as the VGA's text modes have it. */
#ifndef DEVICES_HOST_TEXTGRID_H
#define DEVICES_HOST_TEXTGRID_H

#include "devices/host/textscreen.h"

#define CELL(attribute, c) ((u16)((attribute) << 8 | (u8)(c)))
#define BLANK		   CELL(TEXT_GREY, ' ')

_Static_assert(BLANK == 0x0720, "as BIOSes clear a screen");

/* The part that scrolls; columns 0: no screen. Cells are counted from its left upper corner. */
struct text_grid {
	u32 columns, cells;
	u32 at;	    /* where the cursor is */
	u32 opened; /* counts screens: the terminal is as switched on for each */
};
extern struct text_grid grid;

void grid_set(u32 at, u16 cell);
void grid_fill(u32 from, u32 to, u16 cell);
void grid_erase(u32 from, u32 to);	 /* the same with BLANK; rows that are blank cost nothing */
void grid_move(u32 to, u32 from, u32 n); /* n cells, inside of a row */
void grid_scroll(void);			 /* one row up, into what has scrolled away */
void grid_cursor(void);			 /* show it where grid.at is now */

#endif
