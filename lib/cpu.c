/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU detection (SDM vol. 2, CPUID; AMD CPUID specification 25481). Only what CPUID says counts:
 * that an instruction did not fault proves nothing. Split in three so that the test can feed it
 * the words of machines we do not have: asking, decoding, and taking away what is known broken.
 */
#include "lib/cpu.h"

#include "lib/cpu_decode.h"
#include "lib/string.h"
#include "lib/x86.h"

struct cpu_features cpu;

/* CPUID.1:EDX and CPUID.80000001:EDX. */
#define F1_FPU	 BIT(0)
#define F1_PSE	 BIT(3)
#define F1_TSC	 BIT(4)
#define F1_MSR	 BIT(5)
#define F1_PAE	 BIT(6)
#define F1_CX8	 BIT(8)
#define F1_APIC	 BIT(9)
#define F1_SEP	 BIT(11)
#define F1_MTRR	 BIT(12)
#define F1_PGE	 BIT(13)
#define F1_CMOV	 BIT(15)
#define F1_PAT	 BIT(16)
#define F1_PSE36 BIT(17)
#define F1_FXSR	 BIT(24)
#define F1_SSE	 BIT(25)
#define FX_NX	 BIT(20)

/* Where a hypervisor, or QEMU's TCG, names itself; a CPU answers there with its last basic leaf. */
#define EMULATOR_LEAF 0x40000000u

#define EXT_FIRST 0x80000000u
#define EXT_LAST  0x8000ffffu /* more is not an answer but the last basic leaf's junk */

static const struct feature {
	const char *name;
	size_t at; /* offset of its bool in struct cpu_features */
	u32 bit;   /* of CPUID.1:EDX; 0 = found in another way */
} features[] = {
	{"fpu", offsetof(struct cpu_features, fpu), F1_FPU},
	{"pse", offsetof(struct cpu_features, pse), F1_PSE},
	{"tsc", offsetof(struct cpu_features, tsc), F1_TSC},
	{"msr", offsetof(struct cpu_features, msr), F1_MSR},
	{"pae", offsetof(struct cpu_features, pae), F1_PAE},
	{"cx8", offsetof(struct cpu_features, cx8), F1_CX8},
	{"apic", offsetof(struct cpu_features, apic), F1_APIC},
	{"sep", offsetof(struct cpu_features, sep), F1_SEP},
	{"pge", offsetof(struct cpu_features, pge), F1_PGE},
	{"cmov", offsetof(struct cpu_features, cmov), F1_CMOV},
	{"pat", offsetof(struct cpu_features, pat), F1_PAT},
	{"fxsr", offsetof(struct cpu_features, fxsr), F1_FXSR},
	{"sse", offsetof(struct cpu_features, sse), F1_SSE},
	{"mtrr", offsetof(struct cpu_features, mtrr), F1_MTRR},
	{"nx", offsetof(struct cpu_features, nx), 0},
};

_Static_assert(ARRAY_LEN(features) == offsetof(struct cpu_features, tcg) - 1,
	       "a row for each feature, none for CPUID itself and for what is no feature");

static bool *feature(struct cpu_features *c, const struct feature *f)
{
	return (bool *)(void *)((char *)c + f->at);
}

static bool disable(struct cpu_features *c, const char *name, size_t len)
{
	for (unsigned i = 0; i < ARRAY_LEN(features); i++) {
		if (strlen(features[i].name) != len || strncmp(features[i].name, name, len) != 0)
			continue;
		*feature(c, &features[i]) = false;
		/* What stands on it falls with it. */
		if (!c->pae)
			c->phys_bits = 32;
		if (!c->pae || !c->msr)
			c->nx = false;
		if (!c->fxsr)
			c->sse = false;
		return true;
	}
	return false;
}

bool cpu_disable(const char *name, size_t len)
{
	return disable(&cpu, name, len);
}

/* Features that CPUID reports and that do not work, by vendor and signature. There is no entry for
 * what one merely heard of: the boot option no= serves such a machine. */
static const struct erratum {
	const char *vendor;
	u32 first, last;
	const char *feature;
} errata[] = {
	/* Pentium Pro and first Pentium II steppings lack SYSENTER (SDM vol. 2, SYSENTER). */
	{"GenuineIntel", 0x600, 0x632, "sep"},
	/* Quark X1000: global pages are not to be used (core developer's manual, 6.4.11). */
	{"GenuineIntel", 0x590, 0x59f, "pge"},
	/* K5 model 0 reports global pages, of a kind of its own, in the APIC's bit. */
	{"AuthenticAMD", 0x500, 0x50f, "apic"},
};

static void apply_errata(struct cpu_features *c)
{
	for (unsigned i = 0; i < ARRAY_LEN(errata); i++)
		if (strcmp(c->vendor, errata[i].vendor) == 0 && c->sig >= errata[i].first &&
		    c->sig <= errata[i].last)
			disable(c, errata[i].feature, strlen(errata[i].feature));
}

static void decode_signature(struct cpu_features *c)
{
	u32 family = c->sig >> 8 & 15u, model = c->sig >> 4 & 15u;

	if (family == 6 || family == 15)
		model |= c->sig >> 12 & 0xf0u;
	if (family == 15)
		family += c->sig >> 20 & 0xffu;
	c->family = (u8)family;
	c->model = (u8)model;
	c->stepping = (u8)(c->sig & 15u);
}

/* Physical address bits: asked for where one can, 36 with PAE and PSE36 else. PAE alone promises
 * nothing: emulators offer it with 32 bits. */
static u8 physical_bits(const struct cpu_features *c, u32 edx, u32 ext_max, cpuid_fn *ask,
			void *ctx)
{
	u32 r[4], bits;

	if (!c->pae)
		return 32;
	if (ext_max >= 0x80000008u) {
		ask(ctx, 0x80000008u, r);
		bits = r[0] & 0xffu;
		if (bits >= 32 && bits <= 52)
			return (u8)bits;
	}
	return edx & F1_PSE36 ? 36 : 32;
}

void cpu_decode(struct cpu_features *c, cpuid_fn *ask, void *ctx)
{
	u32 r[4], edx, max, ext_max;

	memset(c, 0, sizeof(*c));
	c->cpuid = true;
	c->phys_bits = 32;
	ask(ctx, 0, r);
	max = r[0];
	memcpy(c->vendor, &r[1], 4);
	memcpy(c->vendor + 4, &r[3], 4);
	memcpy(c->vendor + 8, &r[2], 4);
	if (!max || max >= EXT_FIRST)
		return;

	ask(ctx, EMULATOR_LEAF, r);
	c->tcg = !memcmp(&r[1], "TCGTCGTCGTCG", 12);
	ask(ctx, 1, r);
	c->sig = r[0];
	edx = r[3];
	decode_signature(c);
	for (unsigned i = 0; i < ARRAY_LEN(features); i++)
		*feature(c, &features[i]) = edx & features[i].bit;

	ask(ctx, EXT_FIRST, r);
	ext_max = r[0] > EXT_FIRST && r[0] <= EXT_LAST ? r[0] : 0;
	if (ext_max) {
		ask(ctx, 0x80000001u, r);
		c->nx = c->pae && c->msr && r[3] & FX_NX;
	}
	c->phys_bits = physical_bits(c, edx, ext_max, ask, ctx);
	apply_errata(c);
}

#ifdef __i386__
static void ask_cpu(void *ctx, u32 leaf, u32 out[4])
{
	(void)ctx;
	cpuid(leaf, out);
}

/* A CPU without CPUID cannot change EFLAGS.ID (SDM vol. 1, 20.1.2). */
static bool id_flag_changes(void)
{
	u32 before = read_eflags(), after;

	__asm__ volatile("pushl %1; popfl; pushfl; popl %0"
			 : "=&r"(after)
			 : "r"(before ^ EFLAGS_ID)
			 : "cc");
	__asm__ volatile("pushl %0; popfl" : : "r"(before) : "cc");
	return (after ^ before) & EFLAGS_ID;
}

/* A reset FPU's status word reads zero (SDM vol. 1, 8.1.3); the answer of no FPU floats. */
static bool fpu_answers(void)
{
	u32 cr0 = read_cr0();
	u16 status = 0x5a5a;

	write_cr0(cr0 & ~(CR0_EM | CR0_TS));
	__asm__ volatile("fninit; fnstsw %0" : "+m"(status));
	write_cr0(cr0);
	return !(status & 0xffu);
}

void cpu_detect(void)
{
	if (id_flag_changes()) {
		cpu_decode(&cpu, ask_cpu, NULL);
		return;
	}
	memset(&cpu, 0, sizeof(cpu));
	cpu.family = 4; /* older ones cannot run us: no WP, no INVLPG */
	cpu.phys_bits = 32;
	cpu.fpu = fpu_answers();
}
#endif
