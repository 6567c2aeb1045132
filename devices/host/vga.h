/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text screen. For boot/ and the console in hv/. */
#ifndef DEVICES_HOST_VGA_H
#define DEVICES_HOST_VGA_H

#include "lib/base.h"

/* Take over the text screen where bios.text_mode says there is one; false: none. The text and
 * the cursor stay. May be called again. */
bool vga_init(void);
void vga_write(const char *text, u32 len); /* \n \r \b \t and scrolling */
void vga_off(void);			   /* the screen is somebody else's from now on */

#endif
