/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyboard. For the console in hv/. */
#ifndef DEVICES_HOST_PS2_H
#define DEVICES_HOST_PS2_H

#include "devices/host/keymap.h"

/* Find the keyboard controller, never resetting it, and take IRQ 1; needs pic_init. False: none. */
bool ps2_init(const struct keymap *map);
bool ps2_present(void); /* it was found */
/* The next byte that was typed (scancode.h), -1: nothing. What is no byte is asked for there, too.
 */
int ps2_getc(void);

#endif
