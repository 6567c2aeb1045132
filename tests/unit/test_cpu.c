/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: lib/cpu.c tests/unit/cpuid_answers.c */
/* CPU features from the CPUID answers of real and emulated machines. */
#include "tests/unit/cpuid_answers.h"

#include <string.h>

static void a_486(void **state)
{
	/* The extended leaf gives the basic one's junk: the signature. */
	struct cpu_features c = decode((struct machine){
		.vendor = "GenuineIntel", .max = 1, .sig = 0x480, .edx = FPU, .ext_max = 0x480});

	(void)state;
	assert_string_equal(c.vendor, "GenuineIntel");
	assert_true(c.cpuid && c.fpu);
	assert_false(c.pse || c.tsc || c.msr || c.pae || c.cx8 || c.pge || c.nx || c.sse);
	assert_int_equal(c.family, 4);
	assert_int_equal(c.model, 8);
	assert_int_equal(c.phys_bits, 32);
}

static void junk_extended_leaves(void **state)
{
	static const u32 junk[] = {0,	       1,	   0x480,      0x543,
				   0x03020101, 0x80000000, 0x80010000, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(junk); i++) {
		struct cpu_features c = decode((struct machine){.vendor = "GenuineIntel",
								.max = 2,
								.sig = 0x673,
								.edx = FPU | PAE | PSE36,
								.ext_max = junk[i],
								.ext_edx = 0xffffffff,
								.sizes = 40,
								.junk = {40, 40, 40, 0xffffffff}});

		assert_false(c.nx);
		assert_int_equal(c.phys_bits, 36);
	}
}

static void physical_address_bits(void **state)
{
	struct machine m = {.vendor = "GenuineIntel",
			    .max = 2,
			    .sig = 0x663,
			    .edx = PSE | PAE,
			    .ext_max = 0x80000004};

	(void)state;
	assert_int_equal(decode(m).phys_bits, 32); /* PAE without PSE36 */
	m.edx |= PSE36;
	assert_int_equal(decode(m).phys_bits, 36);
	m.edx &= ~PAE;
	assert_int_equal(decode(m).phys_bits, 32); /* PSE36 without PAE */
	m.edx |= PAE;
	m.ext_max = 0x80000008;
	m.sizes = 0x3028;
	assert_int_equal(decode(m).phys_bits, 40);
	m.sizes = 0;
	assert_int_equal(decode(m).phys_bits, 36); /* nonsense: fall back */
	m.sizes = 0xff;
	assert_int_equal(decode(m).phys_bits, 36);
}

static void nx_needs_pae_and_its_msr(void **state)
{
	struct machine m = {.vendor = "AuthenticAMD",
			    .max = 1,
			    .sig = 0x663,
			    .edx = PAE | MSR,
			    .ext_max = 0x80000001,
			    .ext_edx = 1u << 20};

	(void)state;
	assert_true(decode(m).nx);
	m.edx = MSR;
	assert_false(decode(m).nx);
	m.edx = PAE;
	assert_false(decode(m).nx);
}

/* Emulators leave out one bit and keep those that need it. */
static void what_stands_on_others(void **state)
{
	struct machine m = {.vendor = "GenuineIntel",
			    .max = 2,
			    .sig = 0x673,
			    .edx = FPU | MSR | SEP | MTRR | PAT | FXSR | SSE};
	struct cpu_features c = decode(m);

	(void)state;
	assert_true(c.sep && c.mtrr && c.pat && c.sse);
	m.edx &= ~FXSR;
	assert_false(decode(m).sse);
	m.edx &= ~MSR;
	c = decode(m);
	assert_true(c.fpu);
	assert_false(c.sep || c.mtrr || c.pat);
}

static void sysenter_of_a_pentium_pro(void **state)
{
	static const struct {
		const char *vendor;
		u32 sig;
		bool sep;
	} cases[] = {
		{"GenuineIntel", 0x610, false},	 {"GenuineIntel", 0x619, false},
		{"GenuineIntel", 0x632, false},	 {"GenuineIntel", 0x633, true},
		{"GenuineIntel", 0x634, true},	 {"GenuineIntel", 0x652, true},
		{"GenuineIntel", 0x106c2, true}, {"AuthenticAMD", 0x612, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cpu_features c = decode((struct machine){.vendor = cases[i].vendor,
								.max = 2,
								.sig = cases[i].sig,
								.edx = MSR | SEP});

		assert_int_equal(c.sep, cases[i].sep);
	}
}

static void other_errata(void **state)
{
	struct machine quark = {.vendor = "GenuineIntel", .max = 2, .sig = 0x590, .edx = PGE | PSE};
	struct machine k5 = {.vendor = "AuthenticAMD", .max = 1, .sig = 0x501, .edx = APIC | FPU};

	(void)state;
	assert_false(decode(quark).pge);
	assert_true(decode(quark).pse);
	assert_false(decode(k5).apic);
	assert_true(decode(k5).fpu);
	k5.sig = 0x511;
	assert_true(decode(k5).apic);
}

static void signatures(void **state)
{
	struct cpu_features c;

	(void)state;
	c = decode((struct machine){.vendor = "GenuineIntel", .max = 2, .sig = 0x106c2});
	assert_int_equal(c.family, 6);
	assert_int_equal(c.model, 28);
	assert_int_equal(c.stepping, 2);
	c = decode((struct machine){.vendor = "AuthenticAMD", .max = 1, .sig = 0x00100f42});
	assert_int_equal(c.family, 16);
	assert_int_equal(c.model, 4);
	c = decode((struct machine){.vendor = "GenuineIntel", .max = 1, .sig = 0x543});
	assert_int_equal(c.family, 5);
	assert_int_equal(c.model, 4);
}

static void no_leaf_one(void **state)
{
	struct cpu_features c;

	(void)state;
	c = decode((struct machine){.vendor = "GenuineIntel",
				    .max = 0,
				    .edx = 0xffffffff,
				    .junk = {~0u, ~0u, ~0u, ~0u}});
	assert_true(c.cpuid);
	assert_false(c.fpu || c.pae || c.tsc || c.family == 3);
	/* A maximum this large is an A-step Pentium answering with its signature, or noise. */
	c = decode(
		(struct machine){.vendor = "GenuineIntel", .max = 0xffffffff, .edx = 0xffffffff});
	assert_false(c.fpu || c.pae || c.tsc || c.family == 3);
}

/* QEMU without an accelerator names itself; a CPU answers with its last basic leaf. */
static void emulators(void **state)
{
	(void)state;
	assert_true(decode((struct machine){
				   .vendor = "GenuineIntel", .max = 1, .emulator = "TCGTCGTCGTCG"})
			    .tcg);
	assert_false(decode((struct machine){.vendor = "GenuineIntel",
					     .max = 1,
					     .emulator = "KVMKVMKVM\0\0\0"})
			     .tcg);
	assert_false(decode((struct machine){.vendor = "GenuineIntel",
					     .max = 1,
					     .junk = {0x543, 0x20434754, ~0u, 1}})
			     .tcg);
}

static bool off(const char *name)
{
	return cpu_disable(name, strlen(name));
}

static void disable_by_name(void **state)
{
	(void)state;
	memset(&cpu, 1, sizeof(cpu));
	cpu.phys_bits = 36;
	assert_false(off("nonsense"));
	assert_false(off(""));
	assert_false(off("pg"));
	assert_false(off("pgex"));
	assert_true(cpu.pge);
	assert_true(cpu_disable("pge,pae", 3));
	assert_false(cpu.pge);
	assert_true(cpu.pae && cpu.nx && cpu.phys_bits == 36);
	assert_true(off("pae"));
	assert_false(cpu.pae || cpu.nx);
	assert_int_equal(cpu.phys_bits, 32);
	assert_true(off("fxsr"));
	assert_false(cpu.fxsr || cpu.sse);
	assert_true(off("pse") && off("tsc") && off("sep") && off("fpu") && off("apic"));
	assert_false(cpu.pse || cpu.tsc || cpu.sep || cpu.fpu || cpu.apic);
	assert_true(cpu.cx8 && cpu.msr && cpu.mtrr);
}

/* What is known of CPUs by the table: vendor, signature, the feature that is taken away, if one. */
static void table_of_errata(void **state)
{
	static const struct {
		const char *vendor;
		u32 sig;
		const char *text; /* of the erratum; NULL: none */
		bool tsc;
	} cases[] = {
		{"GenuineIntel", 0x517, "F00F", true},
		{"GenuineIntel", 0x543, "F00F", true},
		{"GenuineIntel", 0x581, "F00F", true},
		{"GenuineIntel", 0x590, "Quark", true},
		{"GenuineIntel", 0x480, NULL, true},
		{"GenuineIntel", 0x673, NULL, true},
		{"AuthenticAMD", 0x500, "K5", true},
		{"AuthenticAMD", 0x580, NULL, true},
		{"CentaurHauls", 0x541, "WinChip", false},
		{"CentaurHauls", 0x585, NULL, true},
		{"CyrixInstead", 0x444, "MediaGX", false},
		{"CyrixInstead", 0x540, "MediaGX", false},
		{"CyrixInstead", 0x530, NULL, true},
		{"Geode by NSC", 0x540, "Geode", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cpu = decode((struct machine){.vendor = cases[i].vendor,
					      .max = 2,
					      .sig = cases[i].sig,
					      .edx = TSC | PSE | FPU});
		assert_int_equal(cpu.tsc, cases[i].tsc);
		assert_true(cpu.pse && cpu.fpu);
		if (!cases[i].text) {
			assert_null(cpu_erratum(0));
			continue;
		}
		assert_non_null(strstr(cpu_erratum(0), cases[i].text));
		assert_null(cpu_erratum(1));
	}
}

static void brands(void **state)
{
	struct machine m = {
		.vendor = "GenuineIntel", .max = 2, .sig = 0x673, .ext_max = 0x80000004};

	(void)state;
	assert_string_equal(decode(m).brand, "");
	m.brand = "       Intel(R) Atom\x01 N270";
	assert_string_equal(decode(m).brand, "Intel(R) Atom? N270");
	m.brand = "012345678901234567890123456789012345678901234567"; /* without its ending 0 */
	assert_string_equal(decode(m).brand, m.brand);
	m.ext_max = 0x80000003;
	assert_string_equal(decode(m).brand, "");
}

static void names(void **state)
{
	bool on, seen = false;
	const char *name;

	(void)state;
	memset(&cpu, 0, sizeof(cpu));
	cpu.pge = true;
	for (unsigned i = 0; (name = cpu_feature(i, &on)) != NULL; i++) {
		assert_int_equal(on, strcmp(name, "pge") == 0);
		seen |= on;
	}
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_486),
		cmocka_unit_test(junk_extended_leaves),
		cmocka_unit_test(physical_address_bits),
		cmocka_unit_test(nx_needs_pae_and_its_msr),
		cmocka_unit_test(what_stands_on_others),
		cmocka_unit_test(sysenter_of_a_pentium_pro),
		cmocka_unit_test(other_errata),
		cmocka_unit_test(signatures),
		cmocka_unit_test(no_leaf_one),
		cmocka_unit_test(emulators),
		cmocka_unit_test(disable_by_name),
		cmocka_unit_test(table_of_errata),
		cmocka_unit_test(brands),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
