/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_tables.c devices/host/board/board.c devices/host/board/tables.c
 * devices/host/board/power.c devices/host/board/madt.c devices/host/board/mptable.c */
/* What the firmware's tables say of clocks, reset and interrupt controllers: good tables, damaged
 * ones, and every bit of them wrong in turn. */
#include "devices/host/board/board.h"
#include "tests/unit/fake_tables.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>

#define BIOS   0xe0000u
#define TABLES 0x3fe0000u
#define RSDT   (TABLES + 0x000)
#define XSDT   (TABLES + 0x080)
#define FADT   (TABLES + 0x100)
#define DSDT   (TABLES + 0x280)
#define MADT   (TABLES + 0x300)
#define HPET   (TABLES + 0x400)
#define PCMP   (TABLES + 0x480)

static u8 bios[0x20000], tables[0x800];

/* Exactly what was asked for, so that the sanitizer sees each byte read too far. */
static const void *memory(void *ctx, u32 phys, u32 len)
{
	static const struct fake_area areas[] = {{BIOS, sizeof(bios), bios},
						 {TABLES, sizeof(tables), tables}};

	(void)ctx;
	return fake_area_bytes(areas, ARRAY_LEN(areas), phys, len);
}

static u8 *at(u32 phys)
{
	return tables + (phys - TABLES);
}

static void put16(u8 *p, u16 v)
{
	memcpy(p, &v, 2);
}

static void put32(u8 *p, u32 v)
{
	memcpy(p, &v, 4);
}

static void sum(u8 *p, u32 len, u32 where)
{
	u8 s = 0;

	p[where] = 0;
	for (u32 i = 0; i < len; i++)
		s = (u8)(s + p[i]);
	p[where] = (u8)-s;
}

static void header(u32 phys, const char *sig, u32 len)
{
	memcpy(at(phys), sig, 4);
	put32(at(phys) + 4, len);
	sum(at(phys), len, 9);
}

static void gas(u8 *p, u8 space, u32 address)
{
	memset(p, 0, 12);
	p[0] = space;
	put32(p + 4, address);
}

static void list(u32 root, const char *sig, u32 entry)
{
	static const u32 all[] = {FADT, MADT, HPET};

	for (u32 i = 0; i < ARRAY_LEN(all); i++)
		put32(at(root) + 36 + i * entry, all[i]);
	header(root, sig, 36 + ARRAY_LEN(all) * entry);
}

static void fadt(void)
{
	u8 *p = at(FADT);

	put32(p + 40, DSDT);
	put32(p + 64, 0x604);
	put32(p + 76, 0x608);
	p[91] = 4;
	put32(p + 112, 1u << 8 | 1u << 10);
	gas(p + 116, 1, 0xcf9);
	p[128] = 0x0f;
	header(FADT, "FACP", 244);
	memcpy(at(DSDT) + 40, "\x08_S5_\x12\x06\x04\x00\x00\x00\x00", 12);
	header(DSDT, "DSDT", 52);
}

static void madt(void)
{
	static const u8 entries[] = {
		0, 8,  0,    0, 1, 0, 0,    0,			 /* a CPU */
		0, 8,  1,    1, 1, 0, 0,    0,			 /* another */
		0, 8,  2,    2, 0, 0, 0,    0,			 /* one that is off */
		1, 12, 9,    0, 0, 0, 0xc0, 0xfe, 0,	0, 0, 0, /* the I/O APIC */
		2, 10, 0,    0, 2, 0, 0,    0,	  0,	0,	 /* timer: input 2 */
		2, 10, 0,    9, 9, 0, 0,    0,	  0x0f, 0,	 /* SCI: level, low */
		4, 6,  0xff, 0, 0, 1,				 /* NMI: not looked at */
	};

	put32(at(MADT) + 36, 0xfee00000);
	memcpy(at(MADT) + 44, entries, sizeof(entries));
	header(MADT, "APIC", 44 + sizeof(entries));
}

static void mptable(void)
{
	static const u8 entries[] = {
		0,   0,	  0x14, 3,   0,	  0,	       0,    0,	  0, 0, 0,    0,
		0,   0,	  0,	0,   0,	  0,	       0,    0, /* CPU */
		1,   0,	  'P',	'C', 'I', ' ',	       ' ',  ' ', 1, 1, 'I',  'S',
		'A', ' ', ' ',	' ', 2,	  7,	       0x11, 1,	  0, 0, 0xc0, 0xfe, /* I/O APIC 7 */
		3,   0,	  0,	0,   1,	  0,	       7,    2,	 /* ISA 0 at input 2 */
		3,   0,	  0x0f, 0,   1,	  5,	       7,    5,	 /* ISA 5: level, low */
		3,   0,	  0x0f, 0,   0,	  3u << 2 | 1, 7,    19, /* PCI 3, INTB at 19 */
		3,   0,	  0x0f, 0,   0,	  4u << 2,     6,    19, /* of no I/O APIC */
		4,   3,	  0,	0,   0,	  0,	       0,    0,
	};
	u8 *p = at(PCMP), *pointer = bios + 0x12340;

	memcpy(pointer, "_MP_", 4);
	put32(pointer + 4, PCMP);
	pointer[8] = 1;
	pointer[9] = 4;
	pointer[12] = 0x80;
	sum(pointer, 16, 10);
	memcpy(p, "PCMP", 4);
	put16(p + 4, 44 + sizeof(entries));
	put16(p + 34, 8);
	memcpy(p + 44, entries, sizeof(entries));
	sum(p, 44 + sizeof(entries), 7);
}

static void machine(bool acpi, bool mp)
{
	u8 *p = bios + 0x1000;

	memset(bios, 0, sizeof(bios));
	memset(tables, 0, sizeof(tables));
	if (mp)
		mptable();
	if (!acpi)
		return;
	memcpy(p, "RSD PTR ", 8);
	p[15] = 2;
	put32(p + 16, RSDT);
	put32(p + 20, 36);
	put32(p + 24, XSDT);
	sum(p, 20, 8);
	sum(p, 36, 32);
	list(RSDT, "RSDT", 4);
	list(XSDT, "XSDT", 8);
	fadt();
	madt();
	gas(at(HPET) + 40, 0, 0xfed00000);
	header(HPET, "HPET", 56);
}

static struct board b;

static void look(void)
{
	board_read(&b, 0, 0, memory, NULL);
}

static void everything(void **state)
{
	(void)state;
	machine(true, true);
	look();
	assert_int_equal(b.acpi, 2);
	assert_true(b.soft_off);
	assert_int_equal(b.reset.kind, RESET_PORT);
	assert_int_equal(b.reset.address, 0xcf9);
	assert_int_equal(b.reset.value, 0x0f);
	assert_int_equal(b.pm_timer, 0x608);
	assert_true(b.pm_timer_32);
	assert_int_equal(b.hpet, 0xfed00000);
	assert_string_equal(b.interrupts, "MADT");
	assert_int_equal(b.cpus, 2);
	assert_int_equal(b.ioapics, 1);
	assert_int_equal(b.ioapic[0].address, 0xfec00000);
	assert_int_equal(b.isa[0].gsi, 2);
	assert_int_equal(b.isa[1].gsi, 1);
	assert_true(b.isa[9].level && b.isa[9].low && !b.isa[5].level);
}

/* The XSDT out of reach, damaged, or absent: the RSDT does. */
static void roots(void **state)
{
	u8 *p = bios + 0x1000;

	(void)state;
	machine(true, false);
	put32(p + 28, 1); /* above 4 GiB */
	sum(p, 36, 32);
	look();
	assert_int_equal(b.acpi, 1);
	assert_int_equal(b.hpet, 0xfed00000);
	machine(true, false);
	at(XSDT)[20]++;
	look();
	assert_int_equal(b.acpi, 1);
	machine(true, false);
	p[32]++; /* the longer checksum */
	look();
	assert_int_equal(b.acpi, 1);
	machine(true, false);
	put32(at(XSDT) + 36 + 4, 1); /* one table out of reach */
	header(XSDT, "XSDT", 60);
	look();
	assert_int_equal(b.acpi, 2);
	assert_false(b.soft_off);
	assert_int_equal(b.hpet, 0xfed00000);
	/* The loader knows where it is. */
	machine(true, false);
	memcpy(at(TABLES + 0x700), p, 36);
	memset(p, 0, 36);
	look();
	assert_int_equal(b.acpi, 0);
	board_read(&b, 0, TABLES + 0x700, memory, NULL);
	assert_int_equal(b.acpi, 2);
}

static void extended_fields(void **state)
{
	u8 *p = at(FADT);

	(void)state;
	machine(true, false);
	put32(p + 40, 0);
	put32(p + 140, DSDT);
	put32(p + 64, 0);
	gas(p + 172, 1, 0x1804);
	put32(p + 76, 0);
	gas(p + 208, 1, 0x1808);
	header(FADT, "FACP", 244);
	look();
	assert_true(b.soft_off);
	assert_int_equal(b.power.pm1a, 0x1804);
	assert_int_equal(b.pm_timer, 0x1808);
	gas(p + 172, 0, 0xfee01804); /* in memory: not known here */
	header(FADT, "FACP", 244);
	look();
	assert_false(b.soft_off);
}

static void reset_registers(void **state)
{
	u8 *p = at(FADT);

	(void)state;
	machine(true, false);
	gas(p + 116, 0, 0xfed80000);
	header(FADT, "FACP", 244);
	look();
	assert_int_equal(b.reset.kind, RESET_MEMORY);
	gas(p + 116, 0, 0x472); /* in the first megabyte there are no registers */
	header(FADT, "FACP", 244);
	look();
	assert_int_equal(b.reset.kind, RESET_NONE);
	gas(p + 116, 2, 0);
	put16(p + 120, 0x44);
	put16(p + 122, 3);
	put16(p + 124, 31);
	header(FADT, "FACP", 244);
	look();
	assert_int_equal(b.reset.kind, RESET_PCI);
	assert_int_equal(b.reset.address, 31u << 16 | 3u << 8 | 0x44);
	gas(p + 116, 1, 0xcf9);
	put32(p + 112, 0); /* not supported */
	header(FADT, "FACP", 244);
	look();
	assert_int_equal(b.reset.kind, RESET_NONE);
	header(FADT, "FACP", 116); /* revision 1 ends there */
	look();
	assert_int_equal(b.reset.kind, RESET_NONE);
	assert_true(b.soft_off);
}

static void mp_alone(void **state)
{
	(void)state;
	machine(false, true);
	look();
	assert_string_equal(b.interrupts, "MP table");
	assert_true(b.imcr);
	assert_int_equal(b.cpus, 1);
	assert_int_equal(b.ioapics, 1);
	assert_int_equal(b.isa[0].gsi, 2);
	assert_true(b.isa[5].level && b.isa[5].low);
	assert_int_equal(b.pci_routes, 1);
	assert_int_equal(b.pci[0].dev, 3);
	assert_int_equal(b.pci[0].pin, 1);
	assert_int_equal(b.pci[0].gsi, 19);
	/* Both: the MADT's numbers, the MP table's routes. Its I/O APIC has another number there.
	 */
	machine(true, true);
	at(MADT)[44 + 24 + 2] = 7;
	header(MADT, "APIC", 44 + 62);
	look();
	assert_string_equal(b.interrupts, "MADT");
	assert_int_equal(b.cpus, 2);
	assert_int_equal(b.pci_routes, 1);
	assert_false(b.isa[5].level);
	/* One of the default configurations. */
	machine(false, true);
	bios[0x12340 + 11] = 5;
	sum(bios + 0x12340, 16, 10);
	look();
	assert_string_equal(b.interrupts, "MP default");
	assert_int_equal(b.ioapic[0].address, 0xfec00000);
	assert_int_equal(b.isa[0].gsi, 2);
	machine(false, false);
	look();
	assert_null(b.interrupts);
	assert_int_equal(b.ioapics, 0);
}

static void sane(void)
{
	assert_true(b.ioapics <= BOARD_IOAPICS && b.pci_routes <= BOARD_PCI_ROUTES);
	assert_true(!b.interrupts == !b.ioapics);
	assert_true(b.hpet == 0 || b.hpet >= MIB(1));
	for (u32 i = 0; i < b.ioapics; i++)
		assert_true(b.ioapic[i].address >= MIB(1));
}

/* Every bit of the tables in turn, with checksums made right again: no crash, no nonsense. */
static void flipped_bits(void **state)
{
	(void)state;
	for (u32 i = 0; i < sizeof(tables) * 8; i++) {
		u32 mp_len;

		machine(true, true);
		tables[i / 8] ^= (u8)(1u << i % 8);
		sum(at(RSDT), 48, 9);
		sum(at(XSDT), 60, 9);
		sum(at(FADT), 244, 9);
		sum(at(MADT), 106, 9);
		sum(at(HPET), 56, 9);
		mp_len = at(PCMP)[4];
		sum(at(PCMP), mp_len, 7);
		look();
		sane();
	}
}

/* Tables of entries without an end. */
static void endless(void **state)
{
	(void)state;
	for (u32 len = 0; len < 256; len++) {
		machine(true, true);
		memset(at(MADT) + 44, (int)len, 100);
		header(MADT, "APIC", 144);
		memset(at(PCMP) + 44, (int)len, 0x200);
		put16(at(PCMP) + 4, 0x200);
		sum(at(PCMP), 0x200, 7);
		look();
		sane();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),	   cmocka_unit_test(roots),
		cmocka_unit_test(extended_fields), cmocka_unit_test(reset_registers),
		cmocka_unit_test(mp_alone),	   cmocka_unit_test(flipped_bits),
		cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
