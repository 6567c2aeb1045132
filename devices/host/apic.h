/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC, as far as the interrupt controller's line runs through it. For time in hv/. */
#ifndef DEVICES_HOST_APIC_H
#define DEVICES_HOST_APIC_H

#include "lib/base.h"

/* Let the 8259A's interrupts pass through the local APIC, as firmware should have done. False:
 * there is none. */
bool apic_pass_pic(void);

#endif
