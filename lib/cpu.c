/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU detection (SDM vol. 2, CPUID; AMD CPUID specification 25481). Only what CPUID says counts:
 * that an instruction did not fault proves nothing. Asking is apart from the rest, so that the test
 * can play machines we do not have.
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
#define EXT_BRAND 0x80000002u /* three leaves of text */
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

/* What stands on a feature that is not there falls with it: CPUs keep to that, emulators do not. */
static void drop_dependent(struct cpu_features *c)
{
	if (!c->pae)
		c->phys_bits = 32;
	if (!c->msr)
		c->sep = c->mtrr = c->pat = false;
	if (!c->pae || !c->msr)
		c->nx = false;
	if (!c->fxsr)
		c->sse = false;
}

static bool disable(struct cpu_features *c, const char *name, size_t len)
{
	for (unsigned i = 0; i < ARRAY_LEN(features); i++) {
		if (strlen(features[i].name) != len || strncmp(features[i].name, name, len) != 0)
			continue;
		*feature(c, &features[i]) = false;
		drop_dependent(c);
		return true;
	}
	return false;
}

bool cpu_disable(const char *name, size_t len)
{
	return disable(&cpu, name, len);
}

/* What CPUs report and what does not work, or needs care, by vendor and signature: from the
 * vendors' papers, and as Linux has it. There is no row for what one merely heard of: the boot
 * option no= serves such a machine. An erratum without a feature is seen to elsewhere. */
static const struct erratum {
	const char *vendor;
	u32 first, last;
	const char *feature, *text;
} errata[] = {
	{"GenuineIntel", 0x600, 0x632, "sep", "SYSENTER is not there (SDM vol. 2, SYSENTER)"},
	{"GenuineIntel", 0x590, 0x59f, "pge",
	 "Quark: no global pages (core developer's manual, 6.4.11)"},
	{"GenuineIntel", 0x500, 0x58f, NULL,
	 "F00F: the IDT is read-only, LOCK CMPXCHG8B gives #UD (erratum 81)"},
	{"AuthenticAMD", 0x500, 0x50f, "apic", "K5: that bit means global pages of its own kind"},
	{"CentaurHauls", 0x540, 0x54f, "tsc", "WinChip C6: the TSC cannot be relied on"},
	{"CyrixInstead", 0x440, 0x44f, "tsc", "MediaGX: the TSC stands still in HLT"},
	{"CyrixInstead", 0x540, 0x54f, "tsc", "MediaGX: the TSC stands still in HLT"},
	{"Geode by NSC", 0x540, 0x54f, "tsc", "Geode: the TSC stands still in HLT"},
};
_Static_assert(ARRAY_LEN(errata) <= 32, "a bit of a word for each");

static void apply_errata(struct cpu_features *c)
{
	for (unsigned i = 0; i < ARRAY_LEN(errata); i++) {
		const struct erratum *e = &errata[i];

		if (strcmp(c->vendor, e->vendor) != 0 || c->sig < e->first || c->sig > e->last)
			continue;
		c->errata |= 1u << i;
		if (e->feature)
			disable(c, e->feature, strlen(e->feature));
	}
}

const char *cpu_erratum(unsigned n)
{
	for (unsigned i = 0; i < ARRAY_LEN(errata); i++)
		if (cpu.errata & 1u << i && !n--)
			return errata[i].text;
	return NULL;
}

const char *cpu_feature(unsigned n, bool *on)
{
	if (n >= ARRAY_LEN(features))
		return NULL;
	*on = *feature(&cpu, &features[n]);
	return features[n].name;
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
static u8 physical_bits(u32 edx, u32 ext_max, cpuid_fn *ask, void *ctx)
{
	u32 r[4], bits;

	if (ext_max >= 0x80000008u) {
		ask(ctx, 0x80000008u, r);
		bits = r[0] & 0xffu;
		if (bits >= 32 && bits <= 52)
			return (u8)bits;
	}
	return edx & F1_PSE36 ? 36 : 32;
}

/* The processor's name for itself, without the blanks that some have in front. */
static void decode_brand(struct cpu_features *c, u32 ext_max, cpuid_fn *ask, void *ctx)
{
	char text[sizeof(c->brand)] = {0};
	u32 r[4], skip = 0;

	if (ext_max < EXT_BRAND + 2)
		return;
	for (u32 i = 0; i < 3; i++) {
		ask(ctx, EXT_BRAND + i, r);
		memcpy(text + i * sizeof(r), r, sizeof(r));
	}
	while (text[skip] == ' ')
		skip++;
	for (u32 i = 0; text[skip]; i++, skip++)
		c->brand[i] = (char)(text[skip] >= ' ' && text[skip] <= '~' ? text[skip] : '?');
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
	decode_brand(c, ext_max, ask, ctx);
	if (ext_max) {
		ask(ctx, 0x80000001u, r);
		c->nx = r[3] & FX_NX;
	}
	c->phys_bits = physical_bits(edx, ext_max, ask, ctx);
	drop_dependent(c);
	apply_errata(c);
}

/* A CPU without CPUID cannot change EFLAGS.ID, a 386 not even EFLAGS.AC (SDM vol. 1, 20.1.2). A
 * Cyrix 5x86 or 6x86 has CPUID, switched off. */
void cpu_identify(struct cpu_features *c, const struct cpu_probe *p, void *ctx)
{
	bool has = p->flag_changes(ctx, EFLAGS_ID);

	if (!has && p->is_cyrix(ctx)) {
		p->cyrix_cpuid_on(ctx);
		has = p->flag_changes(ctx, EFLAGS_ID);
	}
	if (has) {
		cpu_decode(c, p->cpuid, ctx);
		return;
	}
	memset(c, 0, sizeof(*c));
	c->family = p->flag_changes(ctx, EFLAGS_AC) ? 4 : 3;
	c->phys_bits = 32;
	c->fpu = p->fpu_answers(ctx);
}

#ifdef __i386__
static void ask_cpu(void *ctx UNUSED, u32 leaf, u32 out[4])
{
	cpuid(leaf, out);
}

static bool flag_changes(void *ctx UNUSED, u32 flag)
{
	u32 before = read_eflags(), after;

	__asm__ volatile("pushl %1; popfl; pushfl; popl %0"
			 : "=&r"(after)
			 : "r"(before ^ flag)
			 : "cc");
	__asm__ volatile("pushl %0; popfl" : : "r"(before) : "cc");
	return (after ^ before) & flag;
}

/* A reset FPU's status word reads zero (SDM vol. 1, 8.1.3); the answer of no FPU floats. */
static bool fpu_answers(void *ctx UNUSED)
{
	u32 cr0 = read_cr0();
	u16 status = 0x5a5a;

	write_cr0(cr0 & ~(CR0_EM | CR0_TS));
	__asm__ volatile("fninit; fnstsw %0" : "+m"(status));
	write_cr0(cr0);
	return !(status & 0xffu);
}

/* Its DIV leaves the flags as they were (Cyrix, CPU detection guide). */
static bool is_cyrix(void *ctx UNUSED)
{
	u32 flags = 0x0005;

	__asm__ volatile("xorl %%eax, %%eax; sahf; movl $5, %%eax; movb $2, %%cl; divb %%cl; lahf"
			 : "=a"(flags)
			 :
			 : "ecx", "cc");
	return (flags >> 8 & 0xffu) == EFLAGS_FIXED;
}

/* Configuration registers of a Cyrix 6x86 (data book, 2.4.4): CCR3 opens the later ones. */
#define CYRIX_INDEX 0x22
#define CYRIX_DATA  0x23
#define CCR3	    0xc3
#define CCR3_MAPEN  0x10u /* in the upper half */
#define CCR4	    0xe8
#define CCR4_CPUID  0x80u

static u8 cyrix_read(u8 reg)
{
	outb(CYRIX_INDEX, reg);
	return inb(CYRIX_DATA);
}

static void cyrix_write(u8 reg, u8 v)
{
	outb(CYRIX_INDEX, reg);
	outb(CYRIX_DATA, v);
}

static void cyrix_cpuid_on(void *ctx UNUSED)
{
	u8 ccr3 = cyrix_read(CCR3);

	cyrix_write(CCR3, (u8)((ccr3 & 0x0fu) | CCR3_MAPEN));
	cyrix_write(CCR4, cyrix_read(CCR4) | CCR4_CPUID);
	cyrix_write(CCR3, ccr3);
}

void cpu_detect(void)
{
	static const struct cpu_probe real = {flag_changes, is_cyrix, cyrix_cpuid_on, fpu_answers,
					      ask_cpu};

	cpu_identify(&cpu, &real, NULL);
}
#endif
