/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The high precision event timer in place of the PIT. For time in hv/. */
#ifndef DEVICES_HOST_HPET_H
#define DEVICES_HOST_HPET_H

#include "lib/base.h"

/* Line 0 of the interrupt controller is the HPET's from now on. False: there is none, or it cannot
 * take that line. */
bool hpet_open(void);
void hpet_oneshot(u32 ticks); /* as pit_oneshot(), in the PIT's ticks */

#endif
