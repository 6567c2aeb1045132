/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From scan codes to what a terminal sends. For the keyboard's driver (ps2.c). */
#ifndef DEVICES_HOST_SCANCODE_H
#define DEVICES_HOST_SCANCODE_H

#include "devices/host/keymap.h"

void scancode_reset(bool num_lock, bool caps_lock); /* nothing is pressed; the us layout */
void scancode_layout(const struct keymap *m);
void scancode_take(u8 byte); /* of set 1 */
int scancode_typed(void);    /* the next byte that was typed; -1: none */
u32 scancode_hot_key(void);  /* Ctrl+Alt+F1..F12 since the last call: 1..12; 0: none */
s32 scancode_pages(void);    /* Shift-PgUp less Shift-PgDn since the last call */

#endif
