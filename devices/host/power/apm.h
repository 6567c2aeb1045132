/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the real-mode piece of the APM power-off runs, and what it says when it could not. For
 * apm.c, apm_real.S and the end of the machine in hv/. */
#ifndef DEVICES_HOST_POWER_APM_H
#define DEVICES_HOST_POWER_APM_H

#define APM_REAL_AT    0x8000
#define APM_REAL_STACK 0x7c00

#define POWER_TEXT "You may switch off the machine now"

#endif
