/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The letters of the text screen where there are only pixels. For devices/host/fbtext.c and the
 * tests that read a picture. */
#ifndef DEVICES_HOST_FONT_H
#define DEVICES_HOST_FONT_H

#include "lib/base.h"

#define FONT_WIDTH  8u
#define FONT_HEIGHT 16u

/* Line 0..FONT_HEIGHT - 1 of a character; the pixel on the left is bit 7. */
u8 font_line(u8 c, u32 line);

#endif
