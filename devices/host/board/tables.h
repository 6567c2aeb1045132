/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware's tables in memory. Private to this folder. */
#ifndef DEVICES_HOST_BOARD_TABLES_H
#define DEVICES_HOST_BOARD_TABLES_H

#include "devices/host/board/board.h"

/* Where tables are read from, and ACPI's root. */
struct firmware {
	board_memory_fn *memory;
	void *ctx;
	u32 root;	/* of the RSDT or XSDT; 0: there is none */
	u32 entry_size; /* 4, or 8 in the XSDT */
	u32 entries;
};

static inline const u8 *firmware_bytes(const struct firmware *f, u32 phys, u32 len)
{
	return f->memory(f->ctx, phys, len);
}

/* Numbers in tables are not aligned. */
u16 table_u16(const u8 *p);
u32 table_u32(const u8 *p);
bool table_sum_ok(const u8 *p, u32 len);
/* Where `signature` stands in [start, start + len), in steps of 16, with `bytes` behind it whose
 * sum is right; 0: nowhere. */
u32 table_search(const struct firmware *f, u32 start, u32 len, const char *signature, u32 bytes);

/* Find ACPI's root; b->acpi says what it is. */
void acpi_open(struct firmware *f, struct board *b, u32 ebda, u32 rsdp);
/* The nth table of this signature, all its bytes; NULL: there is none. */
const u8 *acpi_table(const struct firmware *f, const char *signature, u32 nth, u32 *len);
/* A table by its address. */
const u8 *acpi_table_at(const struct firmware *f, u32 phys, u32 *len);
/* Generic address structure (ACPI 5.2.3.2) of I/O space: the port; 0: it is none. */
u32 acpi_gas_port(const u8 *gas);

#define ACPI_HEADER 36u
#define GAS_BYTES   12u
#define GAS_ADDRESS 4u
#define GAS_MEMORY  0u /* address spaces */
#define GAS_IO	    1u
#define GAS_PCI	    2u

_Static_assert(GAS_ADDRESS + 8 == GAS_BYTES, "ACPI 5.2.3.2: the address is its last field");

/* What the files of this folder fill in. */
void board_power(const struct firmware *f, struct board *b);	  /* power.c: FADT, _S5_ */
void board_interrupts(const struct firmware *f, struct board *b); /* madt.c */
void board_mptable(const struct firmware *f, struct board *b, u32 ebda);

#endif
