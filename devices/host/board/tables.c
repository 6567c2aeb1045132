/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding ACPI's tables (ACPI specification 6.4, 5.2.5 RSDP, 5.2.7 RSDT, 5.2.8 XSDT). Tables are a
 * BIOS's word and checked like a guest's. Nothing above 4 GiB can be read.
 */
#include "devices/host/board/tables.h"

#include "lib/string.h"

#define RSDP_BYTES    20u /* the part of revision 0, which has its own checksum */
#define RSDP_REVISION 15u
#define RSDP_RSDT     16u
#define RSDP_2_BYTES  36u
#define RSDP_XSDT     24u
#define STEP	      16u
#define TABLE_MAX     MIB(1)
#define TABLES_MAX    64u
#define BIOS_AREA     0xe0000u
#define BIOS_BYTES    KIB(128)
#define EBDA_BYTES    KIB(1)

u16 table_u16(const u8 *p)
{
	return (u16)(p[0] | p[1] << 8);
}

u32 table_u32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

bool table_sum_ok(const u8 *p, u32 len)
{
	u8 sum = 0;

	while (len--)
		sum = (u8)(sum + *p++);
	return sum == 0;
}

u32 table_search(const struct firmware *f, u32 start, u32 len, const char *signature, u32 bytes)
{
	for (u32 at = 0; at + bytes <= len; at += STEP) {
		const u8 *p = firmware_bytes(f, start + at, bytes);

		if (p && memcmp(p, signature, strlen(signature)) == 0 && table_sum_ok(p, bytes))
			return start + at;
	}
	return 0;
}

const u8 *acpi_table_at(const struct firmware *f, u32 phys, u32 *len)
{
	const u8 *p = phys ? firmware_bytes(f, phys, ACPI_HEADER) : NULL;

	if (!p)
		return NULL;
	*len = table_u32(p + 4);
	if (*len < ACPI_HEADER || *len > TABLE_MAX)
		return NULL;
	return firmware_bytes(f, phys, *len);
}

/* The table that lists the others. False: it is not one. */
static bool set_root(struct firmware *f, u32 phys, const char *signature, u32 entry_size)
{
	u32 bytes;
	const u8 *p = acpi_table_at(f, phys, &bytes);

	if (!p || memcmp(p, signature, 4) != 0 || !table_sum_ok(p, bytes))
		return false;
	f->root = phys;
	f->entry_size = entry_size;
	f->entries = MIN((bytes - ACPI_HEADER) / entry_size, TABLES_MAX);
	return true;
}

static u32 find_rsdp(const struct firmware *f, u32 ebda, u32 hint)
{
	u32 at = hint ? table_search(f, hint, RSDP_BYTES, "RSD PTR ", RSDP_BYTES) : 0;

	if (!at && ebda)
		at = table_search(f, ebda, EBDA_BYTES, "RSD PTR ", RSDP_BYTES);
	if (!at)
		at = table_search(f, BIOS_AREA, BIOS_BYTES, "RSD PTR ", RSDP_BYTES);
	return at;
}

/* The XSDT goes before, as the specification wants it (5.2.5.3), where it is whole and within
 * reach. */
void acpi_open(struct firmware *f, struct board *b, u32 ebda, u32 hint)
{
	u32 at = find_rsdp(f, ebda, hint), rsdt;
	const u8 *p = at ? firmware_bytes(f, at, RSDP_BYTES) : NULL;

	if (!p)
		return;
	rsdt = table_u32(p + RSDP_RSDT);
	p = p[RSDP_REVISION] >= 2 ? firmware_bytes(f, at, RSDP_2_BYTES) : NULL;
	if (p && table_sum_ok(p, RSDP_2_BYTES) && !table_u32(p + RSDP_XSDT + 4) &&
	    set_root(f, table_u32(p + RSDP_XSDT), "XSDT", 8))
		b->acpi = 2;
	else if (set_root(f, rsdt, "RSDT", 4))
		b->acpi = 1;
}

const u8 *acpi_table(const struct firmware *f, const char *signature, u32 nth, u32 *len)
{
	for (u32 i = 0; i < f->entries; i++) {
		const u8 *e =
			firmware_bytes(f, f->root + ACPI_HEADER + i * f->entry_size, f->entry_size);
		const u8 *p;

		if (!e || (f->entry_size == 8 && table_u32(e + 4)))
			continue;
		p = acpi_table_at(f, table_u32(e), len);
		if (p && memcmp(p, signature, 4) == 0 && !nth--)
			return p;
	}
	return NULL;
}

u32 acpi_gas_port(const u8 *gas)
{
	u32 port = table_u32(gas + GAS_ADDRESS);

	return gas[0] == GAS_IO && port <= 0xffff && !table_u32(gas + GAS_ADDRESS + 4) ? port : 0;
}
