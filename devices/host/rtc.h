/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CMOS clock. For time in hv/. */
#ifndef DEVICES_HOST_RTC_H
#define DEVICES_HOST_RTC_H

#include "lib/base.h"

/* Wall clock as seconds since 1970, from the CMOS clock; false when it makes no sense. */
bool rtc_read(u64 *unix_seconds);
/* The same without waiting: false also while the clock is at work, a moment in each second. */
bool rtc_glance(u64 *unix_seconds);

#endif
