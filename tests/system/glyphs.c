/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read a screen dump of the text screen back into text. Run on the development machine:
 *
 *   glyphs FILE.ppm [SCALE]      a line of text for each row; SCALE pixels a dot (1)
 *
 * Each pixel counts: a cell that is no character of the font to the last of them is shown as a
 * question mark in braces, {?}, the cursor as an underscore. Exit status 1: some cell was
 * unreadable, or a pixel outside of the grid is not black.
 */
#include "devices/host/font.h"
#include "tests/system/ppm.h"

#include <stdio.h>
#include <stdlib.h>

#define GREY_LOW  0xa0 /* 0xaa of 255, as near as five bits come to it */
#define GREY_HIGH 0xb4

static unsigned scale = 1;

/* 0: black; 1: light grey; 2: anything else. */
static int dot(unsigned x, unsigned y)
{
	const unsigned char *p = seen + ((size_t)y * width + x) * 3;

	if (!p[0] && !p[1] && !p[2])
		return 0;
	for (unsigned i = 0; i < 3; i++)
		if (p[i] < GREY_LOW || p[i] > GREY_HIGH)
			return 2;
	return 1;
}

static int is(unsigned column, unsigned row, unsigned char c, int cursor)
{
	unsigned w = FONT_WIDTH * scale, h = FONT_HEIGHT * scale;

	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			int want = font_line(c, y / scale) >> (7 - x / scale) & 1;

			if (cursor && y / scale >= 13)
				want = 1;
			if (dot(column * w + x, row * h + y) != want)
				return 0;
		}
	return 1;
}

static int read_cell(unsigned column, unsigned row)
{
	for (unsigned char c = ' '; c <= 0x7f; c++)
		if (is(column, row, c, 0))
			return c;
	return is(column, row, ' ', 1) ? '_' : 0;
}

int main(int argc, char **argv)
{
	unsigned columns, rows, wrong = 0;

	if (argc < 2 || !load(argv[1])) {
		fprintf(stderr, "glyphs: %s is no picture\n", argc > 1 ? argv[1] : "(nothing)");
		return 2;
	}
	if (argc > 2)
		scale = (unsigned)atoi(argv[2]);
	columns = width / (FONT_WIDTH * scale);
	rows = height / (FONT_HEIGHT * scale);
	for (unsigned row = 0; row < rows; row++) {
		for (unsigned column = 0; column < columns; column++) {
			int c = read_cell(column, row);

			wrong += !c;
			printf(c ? "%c" : "{?}", c);
		}
		printf("\n");
	}
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			if (x >= columns * FONT_WIDTH * scale || y >= rows * FONT_HEIGHT * scale)
				wrong += dot(x, y) != 0;
	return wrong != 0;
}
