/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Mandelbrot set in fixed point, with the colours of a seed: frame by frame deeper into it,
 * and from the beginning again. */
#include "guest-stubs/mandel/picture.h"

#define FRACTION   26
#define ONE	   (1 << FRACTION)
#define ITERATIONS 40u
#define DEPTH	   24u /* frames until it begins again */

/* On the edge of the set: -0.7436, 0.1318. */
#define CENTRE_X (-(int32_t)(0x2f97u << (FRACTION - 14)))
#define CENTRE_Y ((int32_t)(0x086fu << (FRACTION - 14)))

static int32_t mul(int32_t a, int32_t b)
{
	return (int32_t)((int64_t)a * b >> FRACTION);
}

static uint32_t escape_time(int32_t cx, int32_t cy)
{
	int32_t x = 0, y = 0, xx = 0, yy = 0;
	uint32_t i;

	for (i = 0; i < ITERATIONS && xx + yy <= 4 * ONE; i++) {
		y = 2 * mul(x, y) + cy;
		x = xx - yy + cx;
		xx = mul(x, x);
		yy = mul(y, y);
	}
	return i;
}

static uint32_t colour(uint32_t i, uint32_t seed)
{
	if (i == ITERATIONS)
		return seed * 0x00102030u & 0x003f3f3fu;
	return ((i * 5 * (seed % 5 + 1) & 0xff) << 16) | ((i * 7 * (seed % 3 + 1) & 0xff) << 8) |
	       ((i * 11 + seed * 29) & 0xff);
}

void picture_line(uint32_t *out, uint32_t width, uint32_t height, uint32_t y, uint32_t seed,
		  uint32_t n)
{
	int32_t step = 3 * (ONE / (int32_t)width), cx, cy;
	uint32_t x;

	for (x = 0; x < n % DEPTH; x++)
		step -= step / 5;
	cy = CENTRE_Y + ((int32_t)y - (int32_t)height / 2) * step;
	cx = CENTRE_X - (int32_t)width / 2 * step;
	for (x = 0; x < width; x++, cx += step)
		out[x] = colour(escape_time(cx, cy), seed);
}
