/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Just enough ACPI to switch a machine off (ACPI specification 6.4: 5.2.5 RSDP, 5.2.8 FADT, 7.4.2
 * _Sx, 20.2 AML encoding). No interpreter: \_S5_ is by rule a package of constants, so its bytes
 * are looked for. Tables are a BIOS's word and checked like a guest's.
 */
#include "devices/host/power/acpi.h"

#include "lib/string.h"

#define RSDP_BYTES    20u /* the part of revision 0, which has its own checksum */
#define RSDP_STEP     16u
#define HEADER_BYTES  36u
#define TABLE_MAX     MIB(1)
#define TABLES_MAX    64u
#define FADT_MIN      90u
#define FADT_DSDT     40u
#define FADT_SMI_CMD  48u
#define FADT_ENABLE   52u
#define FADT_PM1A_CNT 64u
#define FADT_PM1B_CNT 68u
#define AML_ZERO      0x00u
#define AML_ONE	      0x01u
#define AML_NAME      0x08u
#define AML_BYTE      0x0au
#define AML_WORD      0x0bu
#define AML_DWORD     0x0cu
#define AML_PACKAGE   0x12u
_Static_assert(FADT_PM1B_CNT + 4 <= FADT_MIN, "ACPI 5.2.8: all that is read is there");
_Static_assert(FADT_DSDT >= HEADER_BYTES, "ACPI 5.2.6: behind the common header");

struct source {
	acpi_memory_fn *memory;
	void *ctx;
};

static u32 word(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool checksum_ok(const u8 *p, u32 len)
{
	u8 sum = 0;

	while (len--)
		sum = (u8)(sum + *p++);
	return sum == 0;
}

/* The RSDT's address from an RSDP in [start, start + len), or 0. */
static u32 search_rsdp(const struct source *s, u32 start, u32 len)
{
	for (u32 at = 0; at + RSDP_BYTES <= len; at += RSDP_STEP) {
		const u8 *p = s->memory(s->ctx, start + at, RSDP_BYTES);

		if (p && memcmp(p, "RSD PTR ", 8) == 0 && checksum_ok(p, RSDP_BYTES))
			return word(p + 16);
	}
	return 0;
}

/* A table by its address: all its bytes, its length in *len. NULL: not one. */
static const u8 *table(const struct source *s, u32 phys, u32 *len)
{
	const u8 *p = phys ? s->memory(s->ctx, phys, HEADER_BYTES) : NULL;

	if (!p)
		return NULL;
	*len = word(p + 4);
	if (*len < HEADER_BYTES || *len > TABLE_MAX)
		return NULL;
	return s->memory(s->ctx, phys, *len);
}

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
	for (u32 i = HEADER_BYTES + 2; i + 4 <= len; i++) {
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

static bool parse_fadt(const u8 *p, u32 len, struct acpi_power *out)
{
	u32 pm1a, pm1b, smi;

	if (len < FADT_MIN || !checksum_ok(p, len))
		return false;
	pm1a = word(p + FADT_PM1A_CNT);
	pm1b = word(p + FADT_PM1B_CNT);
	smi = word(p + FADT_SMI_CMD);
	if (!pm1a || pm1a > 0xffff || pm1b > 0xffff || smi > 0xffff)
		return false;
	out->pm1a = (u16)pm1a;
	out->pm1b = (u16)pm1b;
	out->smi_cmd = (u16)smi;
	out->enable = p[FADT_ENABLE];
	return true;
}

/* The n-th table that the RSDT names. */
static const u8 *nth_table(const struct source *s, u32 rsdt, u32 n, u32 *len)
{
	u32 bytes;
	const u8 *r = table(s, rsdt, &bytes);

	if (!r || n >= (bytes - HEADER_BYTES) / 4)
		return NULL;
	return table(s, word(r + HEADER_BYTES + 4 * n), len);
}

static u32 table_count(const struct source *s, u32 rsdt)
{
	u32 bytes;
	const u8 *r = table(s, rsdt, &bytes);

	if (!r || memcmp(r, "RSDT", 4) != 0 || !checksum_ok(r, bytes))
		return 0;
	return MIN((bytes - HEADER_BYTES) / 4, TABLES_MAX);
}

bool acpi_find_power(struct acpi_power *out, u32 rsdp, u32 ebda, acpi_memory_fn *memory, void *ctx)
{
	const struct source s = {memory, ctx};
	u32 rsdt = 0, count, dsdt = 0, len;
	bool s5 = false;
	const u8 *p;

	*out = (struct acpi_power){0};
	if (rsdp)
		rsdt = search_rsdp(&s, rsdp, RSDP_BYTES);
	if (!rsdt && ebda)
		rsdt = search_rsdp(&s, ebda, KIB(1));
	if (!rsdt)
		rsdt = search_rsdp(&s, 0xe0000, KIB(128));
	count = table_count(&s, rsdt);
	for (u32 i = 0; i < count; i++) {
		p = nth_table(&s, rsdt, i, &len);
		if (p && memcmp(p, "FACP", 4) == 0 && parse_fadt(p, len, out))
			dsdt = word(p + FADT_DSDT);
	}
	if (!out->pm1a)
		return false;
	p = table(&s, dsdt, &len);
	if (p)
		s5 = find_s5(p, len, out);
	for (u32 i = 0; !s5 && i < count; i++) {
		p = nth_table(&s, rsdt, i, &len);
		if (p && memcmp(p, "SSDT", 4) == 0)
			s5 = find_s5(p, len, out);
	}
	return s5;
}
