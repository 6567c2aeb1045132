/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How to switch the machine off and reset it, and the power management timer (ACPI specification
 * 6.4: 5.2.9 FADT, 7.4.2 _Sx, 20.2 AML encoding). No interpreter of AML: \_S5_ is by rule a package
 * of constants, so its bytes are looked for.
 */
#include "devices/host/board/tables.h"

#include "lib/string.h"

#define FADT_DSDT	40u
#define FADT_SMI_CMD	48u
#define FADT_ENABLE	52u
#define FADT_PM1A_CNT	64u
#define FADT_PM1B_CNT	68u
#define FADT_PM_TMR	76u
#define FADT_PM_TMR_LEN 91u
#define FADT_MIN	92u /* all of the above */
#define FADT_FLAGS	112u
#define FADT_RESET	116u /* a generic address structure, and behind it: */
#define FADT_RESET_BYTE 128u
#define FADT_X_DSDT	140u
#define FADT_X_PM1A	172u
#define FADT_X_PM1B	184u
#define FADT_X_PM_TMR	208u
#define FLAG_TIMER_32	BIT(8)
#define FLAG_RESET	BIT(10)

#define AML_ZERO    0x00u
#define AML_ONE	    0x01u
#define AML_NAME    0x08u
#define AML_BYTE    0x0au
#define AML_WORD    0x0bu
#define AML_DWORD   0x0cu
#define AML_PACKAGE 0x12u
_Static_assert(FADT_PM_TMR_LEN < FADT_MIN, "ACPI 5.2.9: all that is read is there");
_Static_assert(FADT_DSDT >= ACPI_HEADER, "ACPI 5.2.6: behind the common header");

/* A constant of AML; *at moves behind it. False: something else, or the end. */
static bool constant(const u8 *p, u32 len, u32 *at, u32 *value)
{
	u32 size;

	if (*at >= len)
		return false;
	switch (p[(*at)++]) {
	case AML_ZERO:
		*value = 0;
		return true;
	case AML_ONE:
		*value = 1;
		return true;
	case AML_BYTE:
		size = 1;
		break;
	case AML_WORD:
		size = 2;
		break;
	case AML_DWORD:
		size = 4;
		break;
	default:
		return false;
	}
	if (size > len - *at)
		return false;
	*value = p[*at]; /* SLP_TYP has three bits: the low byte holds them */
	*at += size;
	return true;
}

/* The body of Name (_S5_, Package () {a, b, ...}), from the byte after the name. */
static bool parse_s5(const u8 *p, u32 len, struct acpi_power *out)
{
	u32 at = 1, a, b = 0, elements;

	if (len < 4 || p[0] != AML_PACKAGE)
		return false;
	at += 1u + (p[1] >> 6); /* PkgLength: the top two bits count further bytes */
	if (at >= len)
		return false;
	elements = p[at++];
	if (!elements || !constant(p, len, &at, &a))
		return false;
	if (elements > 1 && !constant(p, len, &at, &b))
		return false;
	if (a > 7 || b > 7)
		return false;
	out->type_a = (u8)a;
	out->type_b = (u8)b;
	return true;
}

static bool find_s5(const u8 *p, u32 len, struct acpi_power *out)
{
	for (u32 i = ACPI_HEADER + 2; i + 4 <= len; i++) {
		if (memcmp(p + i, "_S5_", 4) != 0)
			continue;
		/* Defined with or without a leading root character. */
		if (p[i - 1] != AML_NAME && !(p[i - 1] == '\\' && p[i - 2] == AML_NAME))
			continue;
		if (parse_s5(p + i + 4, len - i - 4, out))
			return true;
	}
	return false;
}

/* A port of revision 1, or where that is 0, of the extended field. */
static u16 fadt_port(const u8 *p, u32 len, u32 at, u32 extended)
{
	u32 port = table_u32(p + at);

	if (!port && extended + GAS_BYTES <= len)
		port = acpi_gas_port(p + extended);
	return port <= 0xffff ? (u16)port : 0;
}

static void parse_reset(const u8 *p, u32 len, struct acpi_reset *r)
{
	const u8 *gas = p + FADT_RESET;
	u32 address;

	if (len <= FADT_RESET_BYTE || !(table_u32(p + FADT_FLAGS) & FLAG_RESET) ||
	    table_u32(gas + GAS_ADDRESS + 4) >> (gas[0] == GAS_PCI ? 16 : 0))
		return;
	address = table_u32(gas + GAS_ADDRESS);
	r->value = p[FADT_RESET_BYTE];
	if (acpi_gas_port(gas)) {
		r->kind = RESET_PORT;
		r->address = address;
	} else if (gas[0] == GAS_MEMORY && address >= MIB(1)) {
		r->kind = RESET_MEMORY;
		r->address = address;
	} else if (gas[0] == GAS_PCI && table_u16(gas + GAS_ADDRESS + 4) < 32 &&
		   table_u16(gas + GAS_ADDRESS + 2) < 8 && table_u16(gas + GAS_ADDRESS) < 256) {
		/* ACPI 5.2.3.2: device, function, offset in 16 bits each, from the top. */
		r->kind = RESET_PCI;
		r->address = (u32)table_u16(gas + GAS_ADDRESS + 4) << 16 |
			     (u32)table_u16(gas + GAS_ADDRESS + 2) << 8 |
			     table_u16(gas + GAS_ADDRESS);
	}
}

static bool parse_fadt(const u8 *p, u32 len, struct board *b)
{
	u32 flags, smi;

	if (len < FADT_MIN || !table_sum_ok(p, len))
		return false;
	flags = len >= FADT_FLAGS + 4 ? table_u32(p + FADT_FLAGS) : 0;
	if (p[FADT_PM_TMR_LEN] == 4)
		b->pm_timer = fadt_port(p, len, FADT_PM_TMR, FADT_X_PM_TMR);
	b->pm_timer_32 = flags & FLAG_TIMER_32;
	parse_reset(p, len, &b->reset);
	smi = table_u32(p + FADT_SMI_CMD);
	if (table_u32(p + FADT_PM1B_CNT) > 0xffff || smi > 0xffff)
		return false;
	b->power.pm1a = fadt_port(p, len, FADT_PM1A_CNT, FADT_X_PM1A);
	b->power.pm1b = fadt_port(p, len, FADT_PM1B_CNT, FADT_X_PM1B);
	b->power.smi_cmd = (u16)smi;
	b->power.enable = p[FADT_ENABLE];
	return b->power.pm1a != 0;
}

static u32 fadt_dsdt(const u8 *p, u32 len)
{
	u32 dsdt = table_u32(p + FADT_DSDT);

	if (!dsdt && len >= FADT_X_DSDT + 8 && !table_u32(p + FADT_X_DSDT + 4))
		dsdt = table_u32(p + FADT_X_DSDT);
	return dsdt;
}

void board_power(const struct firmware *f, struct board *b)
{
	u32 len;
	const u8 *p = acpi_table(f, "FACP", 0, &len);

	if (!p || !parse_fadt(p, len, b))
		return;
	p = acpi_table_at(f, fadt_dsdt(p, len), &len);
	if (p)
		b->soft_off = find_s5(p, len, &b->power);
	for (u32 i = 0; !b->soft_off && (p = acpi_table(f, "SSDT", i, &len)) != NULL; i++)
		b->soft_off = find_s5(p, len, &b->power);
}
