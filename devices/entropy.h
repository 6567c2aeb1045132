/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes for guests. Private to devices/. */
#ifndef DEVICES_ENTROPY_H
#define DEVICES_ENTROPY_H

#include "lib/base.h"

/* Mix a sample in: any number an outsider cannot know exactly. The time-stamp counter is added
 * where there is one. Cheap enough for every event. */
void entropy_stir(u64 sample);
/* Fill `len` bytes. */
void entropy_fill(void *dst, u32 len);

#endif
