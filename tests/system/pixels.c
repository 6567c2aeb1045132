/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a screen dump what mandel draws? Run on the development machine:
 *
 *   pixels FILE.ppm SEED FRAME       every pixel is that of frame FRAME (1..)
 *   pixels FILE.ppm SEED             while it draws: of some frame, or of it and the next one
 *
 * Exit status 0: yes; else the first pixel that differs is told.
 */
#include "guest-stubs/mandel/picture.h"
#include "tests/system/ppm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 24u /* then mandel begins again */

/* The number of pixels that are neither of frame a nor of frame b; the first one's place. */
static unsigned differing(unsigned seed, unsigned a, unsigned b, unsigned *fx, unsigned *fy)
{
	uint32_t *one = malloc(width * sizeof(*one)), *two = malloc(width * sizeof(*two));
	const unsigned char *p = seen;
	unsigned n = 0;

	for (unsigned y = 0; y < height; y++) {
		picture_line(one, width, height, y, seed, a);
		picture_line(two, width, height, y, seed, b);
		for (unsigned x = 0; x < width; x++, p += 3) {
			uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

			if (v == one[x] || v == two[x])
				continue;
			if (!n++) {
				*fx = x;
				*fy = y;
			}
		}
	}
	free(one);
	free(two);
	return n;
}

int main(int argc, char **argv)
{
	unsigned seed, n, x = 0, y = 0;

	if (argc < 3 || !load(argv[1])) {
		fprintf(stderr, "pixels: %s is no picture\n", argc > 1 ? argv[1] : "(nothing)");
		return 2;
	}
	seed = (unsigned)atoi(argv[2]);
	if (argc > 3) {
		n = differing(seed, (unsigned)atoi(argv[3]) - 1, (unsigned)atoi(argv[3]) - 1, &x,
			      &y);
		printf("%s: %ux%u, %u pixels wrong, the first at %u,%u\n", argv[1], width, height,
		       n, x, y);
		return n != 0;
	}
	for (unsigned f = 0; f < FRAMES; f++)
		if (!differing(seed, f, (f + 1) % FRAMES, &x, &y)) {
			printf("%s: between frames %u and %u\n", argv[1], f + 1, f + 2);
			return 0;
		}
	printf("%s: of no frame\n", argv[1]);
	return 1;
}
