/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programmable interval timer. For time in hv/. */
#ifndef DEVICES_HOST_PIT_H
#define DEVICES_HOST_PIT_H

#include "lib/base.h"

#define PIT_HZ 1193182u
/* Channel 0, IRQ 0 after `ticks` (1..65535) PIT periods, once (mode 0). */
void pit_oneshot(u32 ticks);
void pit_periodic(u32 hz); /* 19..10000 */
u32 pit_read(void);	   /* channel 0's counter now */
bool pit_present(void);

#endif
