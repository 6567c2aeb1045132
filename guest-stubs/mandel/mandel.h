/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mandel's display (display.c). For main.c. */
#ifndef GUEST_MANDEL_H
#define GUEST_MANDEL_H

#include "guest-stubs/lib/guest.h"
#include "guest-stubs/mandel/picture.h"

/* docs/display.md: registers, words of 32 bits. */
enum reg { MAGIC, VERSION, MODE, WIDTH, HEIGHT, STRIDE, BPP, SIZE, PRESENT };

#define SCREEN_VA 0xe0000000u /* the picture; the one below is for a second look at it */
#define SECOND_VA 0xe8000000u

#define PTE_PWT 0x08u
#define PTE_PCD 0x10u

struct display {
	u32 pci;
	volatile u32 *reg;
	u32 gpa, bytes; /* of the picture; the BAR is bar_bytes long */
	u32 bar_bytes;
	u32 width, height, stride;
};
extern struct display display;

/* Find it and map its picture with these bits of a page-table entry; panics without one. */
void display_open(u32 cache_bits);
void map_pixels(u32 va, u32 gpa, u32 bytes, u32 cache_bits);
/* Move the BAR about, switch it off and on; the pixels must be where they were. */
void display_move(u32 cache_bits);

static inline volatile u32 *display_line(u32 y)
{
	return (volatile u32 *)(SCREEN_VA + y * display.stride);
}

#endif
