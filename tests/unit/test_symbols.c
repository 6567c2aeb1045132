/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/panic/symbols.c */
/* The symbol table: what tools/gen-symbols makes of `nm -n`, and what symbol_find reads. */
#include "hv/panic/private.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The output of tools/gen-symbols for `nm_output` below; test_generator compares them. */
#define TABLE                                                                \
	"\t.uleb128 0x0010000c - 0x0, 0\n\t.asciz \"boot_entry\"\n"          \
	"\t.uleb128 0x00100018 - 0x0010000c, 5\n\t.asciz \"map\"\n"          \
	"\t.uleb128 0x00100020 - 0x00100018, 0\n\t.asciz \"near\"\n"         \
	"\t.uleb128 0x00110000 - 0x00100020, 0\n\t.asciz \"far.part.0\"\n"   \
	"\t.uleb128 0x00110100 - 0x00110000, 0\n\t.asciz \"\"\n"             \
	"\t.uleb128 0xffc01000 - 0x00110100, 0\n\t.asciz \"switch_enter\"\n" \
	"\t.uleb128 0xffc01200 - 0xffc01000, 0\n\t.asciz \"\"\n"

static const char nm_output[] = "00100000 T image_start\n"
				"00100000 T text_start\n"
				"0010000c T multiboot_end\n"
				"0010000c T boot_entry\n"
				"00100018 T boot_map\n"
				"00100020 t near\n"
				"00100024 t .Lloop\n"
				"00100030 D some_data\n"
				"00110000 t far.part.0\n"
				"00110000 T alias_of_far\n"
				"00110100 T text_end\n"
				"00110100 R rodata_start\n"
				"         U undefined\n"
				"ffc01000 T switcher_start\n"
				"ffc01000 T switch_enter\n"
				"ffc01200 T switcher_end\n";

__asm__("\t.section .rodata\n\t.globl symbols_start, symbols_end\n"
	"symbols_start:\n" TABLE "symbols_end:\n\t.byte 'x'\n\t.text\n");

static void expect(u32 address, const char *name, u32 offset)
{
	const char *found = NULL;
	u32 at = 0;

	assert_true(symbol_find(address, &found, &at));
	assert_string_equal(found, name);
	assert_int_equal(at, offset);
}

static void expect_none(u32 address)
{
	const char *found = "untouched";
	u32 at = 77;

	assert_false(symbol_find(address, &found, &at));
	assert_string_equal(found, "untouched");
	assert_int_equal(at, 77);
}

static void test_find(void **state)
{
	(void)state;
	expect(0x10000c, "boot_entry", 0);
	expect(0x100017, "boot_entry", 0xb);
	expect(0x10001f, "boot_map", 7);
	expect(0x100020, "near", 0);
	expect(0x10ffff, "near", 0xffdf);
	expect(0x110000, "far.part.0", 0);
	expect(0x1100ff, "far.part.0", 0xff);
	expect(0xffc01000, "switch_enter", 0);
	expect(0xffc011ff, "switch_enter", 0x1ff);
}

static void test_outside(void **state)
{
	(void)state;
	expect_none(0);
	expect_none(0x10000b);
	expect_none(0x110100);
	expect_none(0x80000000);
	expect_none(0xffc00fff);
	expect_none(0xffc01200);
	expect_none(0xffffffff);
}

/* Run the tool over `input`; its output, and its exit status by *status. */
static char *generate(const char *input, int *status)
{
	static char out[4096];
	char command[] = "tools/gen-symbols < build/unit/symbols.in 2>/dev/null";
	FILE *f = fopen("build/unit/symbols.in", "w");

	assert_non_null(f);
	fputs(input, f);
	fclose(f);
	f = popen(command, "r");
	assert_non_null(f);
	out[fread(out, 1, sizeof(out) - 1, f)] = 0;
	*status = pclose(f);
	return out;
}

static void test_generator(void **state)
{
	int status;
	char *out = generate(nm_output, &status);

	(void)state;
	assert_int_equal(status, 0);
	assert_non_null(strstr(out, ".section .symbols, \"a\"\n" TABLE "\t.section .note"));
}

static void test_generator_refuses(void **state)
{
	int status;

	(void)state;
	generate("", &status);
	assert_int_not_equal(status, 0);
	generate("00100030 D some_data\nno symbols\n", &status);
	assert_int_not_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_generator),
		cmocka_unit_test(test_generator_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
