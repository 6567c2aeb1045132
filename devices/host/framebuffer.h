/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's screen as one linear framebuffer of 32-bit pixels. For the displays of devices/,
 * and for what boot/ and the console in hv/ tell of it. */
#ifndef DEVICES_HOST_FRAMEBUFFER_H
#define DEVICES_HOST_FRAMEBUFFER_H

#include "mm/frame.h"

/* The graphics mode that the boot loader set; width 0: none. */
struct framebuffer_info {
	u64 address;
	u32 pitch, width, height;
	u8 bpp;
	u8 red_at, red_bits, green_at, green_bits, blue_at, blue_bits; /* first bit, how many */
};

/* Look for a screen: a Bochs VBE adapter, which can set modes, else what the loader left. NULL:
 * none that can be used, else its name. Nothing on the screen changes. */
const char *framebuffer_find(const struct framebuffer_info *loader);
/* Can it show width x height? Bytes from line to line then, and its memory is mapped for us; 0:
 * no. Sizes that framebuffer_fixed() does not name are refused by a screen that cannot change. */
u32 framebuffer_stride(u32 width, u32 height);
/* The one size there is; false: sizes can be chosen. */
bool framebuffer_fixed(u32 *width, u32 *height);
/* Show this size, which framebuffer_stride() accepted. The picture is not cleared. */
void framebuffer_set(u32 width, u32 height);
/* For us, and the frame of a page of it for guests. */
void *framebuffer_memory(void);
pfn_t framebuffer_frame(u32 page);

#endif
