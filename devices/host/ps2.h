/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyboard. For the console in hv/. */
#ifndef DEVICES_HOST_PS2_H
#define DEVICES_HOST_PS2_H

#include "lib/base.h"

/* Find the keyboard controller, never resetting it, and take IRQ 1; needs pic_init. False: none. */
bool ps2_init(void);
int ps2_getc(void); /* ASCII of a key press, arrow keys as ESC [ A .. D; -1: nothing */

/* Ctrl+Alt+F1..F12 pressed since the last call: 1..12; 0: none. ps2_getc() sees to it. */
u32 ps2_hot_key(void);

#endif
