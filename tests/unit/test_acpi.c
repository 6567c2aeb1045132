/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_tables.c devices/host/board/board.c devices/host/board/tables.c
 * devices/host/board/power.c devices/host/board/madt.c devices/host/board/mptable.c */
/* ACPI tables, good and damaged, in a small make-believe memory. */
#include "devices/host/board/board.h"
#include "tests/unit/fake_tables.h"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>

#define EBDA	  0x9fc00u
#define BIOS	  0xe0000u
#define TABLES	  0x7fe0000u
#define RSDT	  (TABLES + 0x000)
#define FADT	  (TABLES + 0x100)
#define DSDT	  (TABLES + 0x200)
#define SSDT	  (TABLES + 0x400)
#define OTHER	  (TABLES + 0x600)
#define FADT_SIZE 116u

static u8 ebda[1024], bios[0x20000], tables[0x1000];

/* Gives a copy of exactly what was asked for: the sanitizer sees every byte read too far. */
static const void *memory(void *ctx, u32 phys, u32 len)
{
	static const struct fake_area areas[] = {{EBDA, sizeof(ebda), ebda},
						 {BIOS, sizeof(bios), bios},
						 {TABLES, sizeof(tables), tables}};

	(void)ctx;
	return fake_area_bytes(areas, ARRAY_LEN(areas), phys, len);
}

static u8 *at(u32 phys)
{
	return tables + (phys - TABLES);
}

static void put32(u8 *p, u32 v)
{
	memcpy(p, &v, 4);
}

static void fix_checksum(u8 *p, u32 len, u32 where)
{
	u8 sum = 0;

	p[where] = 0;
	for (u32 i = 0; i < len; i++)
		sum = (u8)(sum + p[i]);
	p[where] = (u8)-sum;
}

static void header(u32 phys, const char *sig, u32 len)
{
	memcpy(at(phys), sig, 4);
	put32(at(phys) + 4, len);
	fix_checksum(at(phys), len, 9);
}

static void rsdp(u8 *p)
{
	memcpy(p, "RSD PTR ", 8);
	put32(p + 16, RSDT);
	fix_checksum(p, 20, 8);
}

static void dsdt(const char *aml, u32 len)
{
	memset(at(DSDT), 0, 0x200);
	memcpy(at(DSDT) + 40, aml, len);
	header(DSDT, "DSDT", 40 + len);
}

#define AML(text) (text), sizeof(text) - 1

static const char s5_qemu[] = "\x08_S5_\x12\x06\x04\x00\x00\x00\x00";
static const char s5_bytes[] = "\x08_S5_\x12\x0a\x04\x0a\x05\x0a\x07\x00\x00";

/* A machine like QEMU's: RSDP in the BIOS, PM1a at 0x604, _S5_ = {0, 0}. */
static void machine(void)
{
	memset(ebda, 0, sizeof(ebda));
	memset(bios, 0, sizeof(bios));
	memset(tables, 0, sizeof(tables));
	rsdp(bios + 0x15a40);
	put32(at(RSDT) + 36, OTHER);
	put32(at(RSDT) + 40, FADT);
	header(RSDT, "RSDT", 44);
	header(OTHER, "APIC", 64);
	put32(at(FADT) + 40, DSDT);
	put32(at(FADT) + 48, 0xb2);
	at(FADT)[52] = 0xf1;
	put32(at(FADT) + 64, 0x604);
	header(FADT, "FACP", FADT_SIZE);
	dsdt(AML(s5_qemu));
}

static struct board b;
#define p b.power

static bool find(void)
{
	board_read(&b, EBDA, 0, memory, NULL);
	return b.soft_off;
}

static bool find_without_ebda(void)
{
	board_read(&b, 0, 0, memory, NULL);
	return b.soft_off;
}

static void a_good_machine(void **state)
{
	(void)state;
	machine();
	assert_true(find());
	assert_int_equal(p.pm1a, 0x604);
	assert_int_equal(p.pm1b, 0);
	assert_int_equal(p.type_a, 0);
	assert_int_equal(p.type_b, 0);
	assert_int_equal(p.smi_cmd, 0xb2);
	assert_int_equal(p.enable, 0xf1);
}

static void rsdp_places(void **state)
{
	(void)state;
	machine();
	memset(bios, 0, sizeof(bios));
	assert_false(find());
	rsdp(ebda + 1024 - 32);
	assert_true(find());
	assert_false(find_without_ebda()); /* no EBDA: not looked at */
	memset(ebda, 0, sizeof(ebda));
	rsdp(bios);
	assert_true(find_without_ebda());
	memset(bios, 0, sizeof(bios));
	rsdp(bios + sizeof(bios) - 32);
	assert_true(find());
	memset(bios, 0, sizeof(bios));
	rsdp(bios + 8); /* not on a 16-byte boundary */
	assert_false(find());
	rsdp(bios + 0x100);
	bios[0x100 + 15]++; /* checksum */
	assert_false(find());
	rsdp(bios + 0x200); /* behind a bad one */
	assert_true(find());
}

static void package_encodings(void **state)
{
	(void)state;
	machine();
	dsdt(AML(s5_bytes));
	assert_true(find());
	assert_int_equal(p.type_a, 5);
	assert_int_equal(p.type_b, 7);
	/* With a root character, OneOp, and a package length of two bytes. */
	dsdt(AML("\x08\\_S5_\x12\x47\x00\x04\x01\x0b\x06\x00\x00\x00"));
	assert_true(find());
	assert_int_equal(p.type_a, 1);
	assert_int_equal(p.type_b, 6);
	dsdt(AML("\x08_S5_\x12\x08\x01\x0c\x03\x00\x00\x00")); /* one element, a double word */
	assert_true(find());
	assert_int_equal(p.type_a, 3);
	assert_int_equal(p.type_b, 0);
	/* The name elsewhere first: a reference, then the definition. */
	dsdt(AML("\x70_S5_\x60\x08_S5_\x12\x06\x02\x0a\x02\x0a\x04"));
	assert_true(find());
	assert_int_equal(p.type_a, 2);
	assert_int_equal(p.type_b, 4);
}

static void package_nonsense(void **state)
{
	(void)state;
	machine();
	dsdt(AML("no such name"));
	assert_false(find());
	dsdt(AML("\x08_S5_\x11\x06\x04\x00\x00\x00\x00")); /* a buffer */
	assert_false(find());
	dsdt(AML("\x08_S5_\x12\x06\x00\x00\x00\x00\x00")); /* no element */
	assert_false(find());
	dsdt(AML("\x08_S5_\x12\x06\x04\x0a\x08\x00\x00\x00")); /* 8 has no place in three bits */
	assert_false(find());
	dsdt(AML("\x08_S5_\x12\x06\x04\x68\x00\x00\x00")); /* an argument of a method */
	assert_false(find());
}

/* The definition cut off at every length: no read behind the table. */
static void truncated_package(void **state)
{
	u32 whole = sizeof(s5_bytes) - 1;

	(void)state;
	machine();
	for (u32 len = 0; len <= whole; len++) {
		dsdt(s5_bytes, len);
		assert_int_equal(find(), len >= whole - 2); /* two values suffice */
	}
}

static void s5_in_an_ssdt(void **state)
{
	(void)state;
	machine();
	dsdt(AML("nothing here"));
	assert_false(find());
	put32(at(RSDT) + 36, SSDT);
	header(RSDT, "RSDT", 44);
	memcpy(at(SSDT) + 40, s5_bytes, sizeof(s5_bytes) - 1);
	header(SSDT, "SSDT", 40 + sizeof(s5_bytes) - 1);
	assert_true(find());
	assert_int_equal(p.type_a, 5);
}

static void damaged_tables(void **state)
{
	static const u32 bad_lengths[] = {0, 8, 35, 0x2000, 0x100001, 0x7fffffff, 0xffffffff};

	(void)state;
	machine();
	at(RSDT)[40]++; /* without a new checksum */
	assert_false(find());
	machine();
	at(FADT)[64]++;
	assert_false(find());
	machine();
	header(FADT, "FACP", 89); /* too short for what is needed */
	assert_false(find());
	machine();
	put32(at(FADT) + 64, 0); /* no PM1a: a hardware-reduced machine */
	header(FADT, "FACP", FADT_SIZE);
	assert_false(find());
	machine();
	put32(at(FADT) + 64, 0x10604); /* not a port */
	header(FADT, "FACP", FADT_SIZE);
	assert_false(find());
	for (size_t i = 0; i < ARRAY_LEN(bad_lengths); i++) {
		machine();
		put32(at(RSDT) + 4, bad_lengths[i]);
		assert_false(find());
		machine();
		put32(at(FADT) + 4, bad_lengths[i]);
		assert_false(find());
		machine();
		put32(at(DSDT) + 4, bad_lengths[i]);
		assert_false(find());
	}
	machine();
	put32(at(RSDT) + 36, 0x12345678); /* one table nowhere: the others count */
	header(RSDT, "RSDT", 44);
	assert_true(find());
	machine();
	put32(at(FADT) + 40, 0xfffffff0); /* the DSDT at the end of the address space */
	header(FADT, "FACP", FADT_SIZE);
	assert_false(find());
}

/* Every byte of the tables wrong in turn: any answer, but no crash. */
static void flipped_bytes(void **state)
{
	(void)state;
	for (u32 i = 0; i < 0x300; i++)
		for (u32 bit = 0; bit < 8; bit++) {
			machine();
			tables[i] ^= (u8)(1u << bit);
			fix_checksum(at(RSDT), 44, 9);
			fix_checksum(at(FADT), FADT_SIZE, 9);
			if (find()) {
				assert_true(p.type_a < 8 && p.type_b < 8);
				assert_int_not_equal(p.pm1a, 0);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_machine),    cmocka_unit_test(rsdp_places),
		cmocka_unit_test(package_encodings), cmocka_unit_test(package_nonsense),
		cmocka_unit_test(truncated_package), cmocka_unit_test(s5_in_an_ssdt),
		cmocka_unit_test(damaged_tables),    cmocka_unit_test(flipped_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
