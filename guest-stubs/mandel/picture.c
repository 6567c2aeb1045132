/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Mandelbrot set in fixed point, with the colours of a seed: frame by frame deeper into it,
 * and from the beginning again. */
#include "guest-stubs/mandel/mandel.h"

#define FRACTION   26
#define ONE	   (1 << FRACTION)
#define ITERATIONS 40u
#define DEPTH	   24u /* frames until it begins again */

/* On the edge of the set: -0.7436, 0.1318. */
#define CENTRE_X (-(s32)(0x2f97u << (FRACTION - 14)))
#define CENTRE_Y ((s32)(0x086fu << (FRACTION - 14)))

static s32 mul(s32 a, s32 b)
{
	return (s32)((int64_t)a * b >> FRACTION);
}

static u32 escape_time(s32 cx, s32 cy)
{
	s32 x = 0, y = 0, xx = 0, yy = 0;
	u32 i;

	for (i = 0; i < ITERATIONS && xx + yy <= 4 * ONE; i++) {
		y = 2 * mul(x, y) + cy;
		x = xx - yy + cx;
		xx = mul(x, x);
		yy = mul(y, y);
	}
	return i;
}

static u32 colour(u32 i, u32 seed)
{
	if (i == ITERATIONS)
		return seed * 0x00102030u & 0x003f3f3fu;
	return ((i * 5 * (seed % 5 + 1) & 0xff) << 16) | ((i * 7 * (seed % 3 + 1) & 0xff) << 8) |
	       ((i * 11 + seed * 29) & 0xff);
}

void picture_line(u32 *out, u32 width, u32 height, u32 y, u32 seed, u32 n)
{
	s32 step = 3 * (ONE / (s32)width), cx, cy;
	u32 x;

	for (x = 0; x < n % DEPTH; x++)
		step -= step / 5;
	cy = CENTRE_Y + ((s32)y - (s32)height / 2) * step;
	cx = CENTRE_X - (s32)width / 2 * step;
	for (x = 0; x < width; x++, cx += step)
		out[x] = colour(escape_time(cx, cy), seed);
}
