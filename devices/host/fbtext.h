/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text screen in the graphics mode that the boot loader set. For boot/, and hv/, which switches
 * paging on. */
#ifndef DEVICES_HOST_FBTEXT_H
#define DEVICES_HOST_FBTEXT_H

#include "devices/host/framebuffer.h"

/* Open the text screen there, black; false: nothing can be drawn in such a mode. While paging is
 * off. The memory must not be used for anything else. */
bool fbtext_init(const struct framebuffer_info *mode);
/* Paging is on: map it; without memory for that the screen stays as it is. */
void fbtext_map(void);

#endif
