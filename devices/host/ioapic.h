/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I/O APIC in place of the two 8259A, for a board where these reach no CPU. For the interrupt
 * controller's file pic.c. */
#ifndef DEVICES_HOST_IOAPIC_H
#define DEVICES_HOST_IOAPIC_H

#include "lib/base.h"

/* The lines come by it from now on, all masked. False: there is none that the firmware's tables
 * describe, or no local APIC. */
bool ioapic_take_over(void);
bool ioapic_used(void);
void ioapic_mask(unsigned irq, bool masked);
bool ioapic_level(unsigned irq);
bool ioapic_pending(unsigned irq);

#endif
