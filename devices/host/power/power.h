/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Off and on. For boot/, and the end of the machine in hv/. */
#ifndef DEVICES_HOST_POWER_POWER_H
#define DEVICES_HOST_POWER_POWER_H

#include "lib/base.h"

/* Find ACPI's PM1 ports and _S5_ value. Called by boot/: it reads tables anywhere in memory, so
 * paging must still be off; with paging on it does nothing. */
void power_init(u32 rsdp); /* ACPI's root pointer, as the loader said; 0: it did not */
void power_off(void);	   /* returns when nothing worked */
/* Ask an APM BIOS, in real mode: the machine is off, or stands still for ever. */
NORETURN void power_off_apm(void);
NORETURN void power_reset(void); /* 8042, port 0xcf9, triple fault */

#endif
