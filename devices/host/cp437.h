/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The character set of the text screen. For the terminal that writes on it (textwrite.c). */
#ifndef DEVICES_HOST_CP437_H
#define DEVICES_HOST_CP437_H

#include "lib/base.h"

#define CP437_BOX 0x7fu /* for what there is no character */

u8 cp437(u32 character); /* of Unicode */

#endif
