/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC, as far as the interrupt controller's line runs through it. For time in hv/. */
#ifndef DEVICES_HOST_APIC_H
#define DEVICES_HOST_APIC_H

#include "lib/base.h"

/* Let the 8259A's interrupts pass through the local APIC, as firmware should have done. False:
 * there is none. */
bool apic_pass_pic(void);

/* Take and end what is requested there or never was ended, and let it raise nothing by itself: an
 * operating system ran before us (kexec). SMIs are firmware's and stay. `take` lets the CPU take
 * what waits; no line of the controllers is on. */
void apic_settle(void (*take)(void));

/* Map it and switch it on. False: there is none. */
bool apic_open(void);
u32 apic_id(void);
void apic_eoi(void);
bool apic_in_service(unsigned vector); /* else it came for nothing */
bool apic_requested(unsigned vector);

/* Its timer, which raises line 0's vector; the TSC's speed is known. False: there is none. */
bool apic_timer_open(u32 tsc_khz);
void apic_timer_oneshot(u32 ticks); /* as pit_oneshot(), in the PIT's ticks */
void apic_timer_served(void);	    /* its interrupt was taken */

/* QEMU's TCG lets a guest keep interrupts off (hv/vcpu/gates.c). There this timer, where it is not
 * the alarm, raises an NMI when it was not kicked for a tenth of a second. */
void apic_watch(void);
void apic_watch_kick(void);  /* an interrupt came; does nothing where there is no watch */
bool apic_watch_fired(void); /* was this NMI its? To be asked once for each. */

#endif
