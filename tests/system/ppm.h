/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen dump of QEMU's, read into memory. For the programs of this folder that look at one, each
 * of which is one file. */
#ifndef TESTS_SYSTEM_PPM_H
#define TESTS_SYSTEM_PPM_H

#include <stdio.h>
#include <stdlib.h>

static unsigned width, height;
static unsigned char *seen; /* three bytes a pixel: red, green, blue */

static int load(const char *name)
{
	FILE *f = fopen(name, "rb");
	unsigned most;

	if (!f || fscanf(f, "P6 %u %u %u", &width, &height, &most) != 3 || most != 255 ||
	    width > 4096 || height > 4096 || fgetc(f) == EOF)
		return 0;
	seen = malloc((size_t)width * height * 3);
	return seen && fread(seen, 3, (size_t)width * height, f) == (size_t)width * height;
}

#endif
