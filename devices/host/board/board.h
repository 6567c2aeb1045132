/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware's tables say of the board: how to switch it off, where its clocks and interrupt
 * controllers are. Read once, and each word checked for sense. For boot/, the machine's drivers,
 * time in hv/, and the monitor's report.
 */
#ifndef DEVICES_HOST_BOARD_BOARD_H
#define DEVICES_HOST_BOARD_BOARD_H

#include "lib/base.h"

#define BOARD_IOAPICS	 4u
#define BOARD_ISA_IRQS	 16u
#define BOARD_PCI_ROUTES 64u

struct acpi_power {
	u16 pm1a, pm1b;	   /* PM1 control ports; pm1a 0 = not known, pm1b 0 = none */
	u8 type_a, type_b; /* SLP_TYP values of _S5_, 0..7 */
	u16 smi_cmd;	   /* 0: ACPI mode is always on */
	u8 enable;	   /* to be written to smi_cmd */
};

/* A byte to be written to a register that resets the machine. */
struct acpi_reset {
	enum { RESET_NONE, RESET_PORT, RESET_MEMORY, RESET_PCI } kind;
	u32 address; /* RESET_PCI: device << 16 | function << 8 | offset, on bus 0 */
	u8 value;
};

/* An input of an I/O APIC, by its number over all of them. */
struct irq_input {
	u32 gsi;
	bool level, low;
};

struct board {
	u8 acpi; /* 0: no tables; 1: by the RSDT, 2: by the XSDT */
	bool soft_off;
	struct acpi_power power;
	struct acpi_reset reset;
	u16 pm_timer; /* port, 0: none */
	bool pm_timer_32;
	u32 hpet; /* physical address, 0: none */

	const char
		*interrupts; /* whose word the following is: "MADT", "MP table"; NULL: nobody's */
	bool imcr;	     /* MP 3.6.2.1: it is to be told that the PIC has done its work */
	u32 cpus, ioapics;
	struct {
		u32 address, gsi_base;
		u8 id;
	} ioapic[BOARD_IOAPICS];
	struct irq_input isa[BOARD_ISA_IRQS];
	u32 pci_routes; /* of the MP table */
	struct {
		u8 bus, dev, pin; /* pin 0 is INTA */
		u32 gsi;
	} pci[BOARD_PCI_ROUTES];
};
extern struct board board;

/* Physical memory: `len` bytes at `phys`, or NULL when they cannot be read. */
typedef const void *board_memory_fn(void *ctx, u32 phys, u32 len);

/* Read the tables into *b. `ebda`: the extended BIOS data area; `rsdp`: where the boot loader says
 * that ACPI's root pointer is; 0: not known. */
void board_read(struct board *b, u32 ebda, u32 rsdp, board_memory_fn *memory, void *ctx);

#endif
