/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between console.c and focus.c: the serial line's half of a change of focus. Private to this room.
 */
#ifndef HV_CONSOLE_FOLLOW_H
#define HV_CONSOLE_FOLLOW_H

#include "lib/base.h"

struct guest;

/* As console_set_focus(), but for the picture. */
bool console_follow(struct guest *g);

#endif
