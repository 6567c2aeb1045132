/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this machine is, in lines that fit a screen: to be sent with a question, or photographed.
 * docs/hardware.md asks for it. For the core (hv/) and the monitor.
 */
#ifndef HV_REPORT_REPORT_H
#define HV_REPORT_REPORT_H

#include "lib/base.h"

struct boot_info;

#define REPORT_COLUMNS 79u

void report_init(const struct boot_info *b); /* which stays where it is */
/* All of it on the console, or with `page` (1..) so much as fits the screen. */
void report_show(u32 page);
/* At boot: the serial line gets all, the screen page after page, each until a key is pressed or
 * for a while. */
void report_at_boot(void);

#endif
