/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text screen in a text mode. For boot/, and the console in hv/. */
#ifndef DEVICES_HOST_VGA_H
#define DEVICES_HOST_VGA_H

#include "lib/base.h"

/* Open the text screen where bios.text_mode says there is one; false: none. The text and the
 * cursor stay. May be called again. */
bool vga_init(void);

/* Fifty rows from now on: vga_init() again. False: it cannot be done, and nothing has changed. */
bool vga_fifty_rows(void);

#endif
