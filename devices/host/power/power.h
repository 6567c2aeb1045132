/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Off and on. For the end of the machine in hv/. */
#ifndef DEVICES_HOST_POWER_POWER_H
#define DEVICES_HOST_POWER_POWER_H

#include "lib/base.h"

/* By ACPI's soft-off state. Returns when nothing worked. */
void power_off(void);
/* Ask an APM BIOS, in real mode: the machine is off, or says POWER_TEXT and stands still for ever.
 * Only where there is a BIOS that can be asked. */
NORETURN void power_off_apm(void);
bool power_has_apm(void);
/* By ACPI's reset register, port 0xcf9, the keyboard controller, a triple fault. */
NORETURN void power_reset(void);

#endif
