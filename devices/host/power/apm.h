/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the real-mode piece of the APM power-off runs. For apm.c and apm_real.S. */
#ifndef DEVICES_HOST_POWER_APM_H
#define DEVICES_HOST_POWER_APM_H

#define APM_REAL_AT    0x8000
#define APM_REAL_STACK 0x7c00

#endif
