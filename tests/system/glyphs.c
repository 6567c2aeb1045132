/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read a dump of the text screen back into text. Run on the development machine:
 *
 *   glyphs FILE.ppm SCALE         a line of text for each row; SCALE pixels a dot
 *   glyphs FILE words COLUMNS     the same of a dump of a text mode's memory
 *   glyphs ... colours            attributes instead, two hexadecimal digits a cell
 *
 * Each pixel counts: a cell that is no character of the font in two of the VGA's colours, to the
 * last pixel, is shown as a question mark in braces, {?}, the cursor as an underscore. Exit status
 * 1: some cell was unreadable, or a pixel outside of the grid is not black.
 */
#include "devices/host/font.h"
#include "tests/system/ppm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIM	    0xaa
#define NEAR	    6 /* as near as five bits come to it */
#define BROWN	    6
#define GREY	    7
#define CURSOR_LINE 13

static unsigned scale = 1;
static int colours, wrong;

static int near(int a, int b)
{
	return abs(a - b) <= NEAR;
}

/* The VGA's number of a pixel's colour, -1: it has none. */
static int dot(unsigned x, unsigned y)
{
	const unsigned char *p = seen + ((size_t)y * width + x) * 3;

	for (int c = 0; c < 16; c++) {
		int base = c & 8 ? DIM / 2 : 0, green = base + (c & 2 ? DIM : 0);

		if (near(p[0], base + (c & 4 ? DIM : 0)) &&
		    near(p[1], c == BROWN ? DIM / 2 : green) &&
		    near(p[2], base + (c & 1 ? DIM : 0)))
			return c;
	}
	return -1;
}

static int is(unsigned column, unsigned row, unsigned char c, int cursor, int ink, int paper)
{
	unsigned w = FONT_WIDTH * scale, h = FONT_HEIGHT * scale;

	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			int want = font_line(c, y / scale) >> (7 - x / scale) & 1;

			if (cursor && y / scale >= CURSOR_LINE)
				want = 1;
			if (dot(column * w + x, row * h + y) != (want ? ink : paper))
				return 0;
		}
	return 1;
}

/* The first line of every character is paper. */
static void cell_colours(unsigned column, unsigned row, int *ink, int *paper)
{
	unsigned w = FONT_WIDTH * scale, h = FONT_HEIGHT * scale;

	*paper = *ink = dot(column * w, row * h);
	for (unsigned i = 0; i < w * h && *ink == *paper; i++)
		*ink = dot(column * w + i % w, row * h + i / w);
}

static int read_cell(unsigned column, unsigned row, int *attribute)
{
	int ink, paper;

	cell_colours(column, row, &ink, &paper);
	/* Of a blank the ink is not seen: it is shown as it would be if nothing else were said. */
	*attribute = paper << 4 | (ink != paper ? ink : paper == GREY ? 0 : GREY);
	if (ink < 0 || paper < 0)
		return 0;
	for (unsigned c = ' '; c <= 0xff; c++)
		if (is(column, row, (unsigned char)c, 0, ink, paper))
			return (int)c;
	return is(column, row, ' ', 1, ink, paper) ? '_' : 0;
}

static void show(int c, int attribute)
{
	wrong += !c;
	if (colours)
		printf("%02x", attribute & 0xff);
	else
		printf(c ? "%c" : "{?}", c);
}

static int words(const char *name, unsigned columns)
{
	FILE *f = fopen(name, "rb");
	int c, attribute;

	if (!f)
		return 2;
	for (unsigned at = 0; (c = fgetc(f)) != EOF && (attribute = fgetc(f)) != EOF; at++) {
		show(c, attribute);
		if (at % columns == columns - 1)
			printf("\n");
	}
	fclose(f);
	return wrong != 0;
}

static int pixels(void)
{
	unsigned columns = width / (FONT_WIDTH * scale), rows = height / (FONT_HEIGHT * scale);

	for (unsigned row = 0; row < rows; row++) {
		for (unsigned column = 0; column < columns; column++) {
			int attribute, c = read_cell(column, row, &attribute);

			show(c, attribute);
		}
		printf("\n");
	}
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			if (x >= columns * FONT_WIDTH * scale || y >= rows * FONT_HEIGHT * scale)
				wrong += dot(x, y) != 0;
	return wrong != 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[argc - 1], "colours")) {
		colours = 1;
		argc--;
	}
	if (argc == 4 && !strcmp(argv[2], "words"))
		return words(argv[1], (unsigned)atoi(argv[3]));
	if (argc != 3 || !load(argv[1])) {
		fprintf(stderr, "glyphs: %s is no picture\n", argc > 1 ? argv[1] : "(nothing)");
		return 2;
	}
	scale = (unsigned)atoi(argv[2]);
	return pixels();
}
