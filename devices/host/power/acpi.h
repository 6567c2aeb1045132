/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to power.c, acpi.c and its test: the few facts of the ACPI tables that we need. */
#ifndef DEVICES_HOST_POWER_ACPI_H
#define DEVICES_HOST_POWER_ACPI_H

#include "lib/base.h"

struct acpi_power {
	u16 pm1a, pm1b;	   /* PM1 control ports; pm1b 0 = none */
	u8 type_a, type_b; /* SLP_TYP values of _S5_, 0..7 */
	u16 smi_cmd;	   /* 0: ACPI mode is always on */
	u8 enable;	   /* to be written to smi_cmd */
};

/* Physical memory: `len` bytes at `phys`, or NULL when they cannot be read. */
typedef const void *acpi_memory_fn(void *ctx, u32 phys, u32 len);

/* Find the tables (RSDP where the loader said, then in the first KiB of the EBDA, then in
 * 0xe0000..0xfffff; 0 = not told, none) and read them. False: no ACPI, or tables that do not say
 * how to switch off; *out is undefined then. */
bool acpi_find_power(struct acpi_power *out, u32 rsdp, u32 ebda, acpi_memory_fn *memory, void *ctx);

#endif
