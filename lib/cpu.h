/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the CPU we run on can do, read once from CPUID; a CPU without CPUID has nothing.
 * For every room. */
#ifndef LIB_CPU_H
#define LIB_CPU_H

#include "lib/base.h"

struct cpu_features {
	bool cpuid, fpu, pse, tsc, msr, pae, cx8, apic, sep, pge, cmov, pat, fxsr, sse, nx, mtrr;
	bool tcg; /* QEMU's translator, where IRET enters virtual-8086 mode from any ring */
	u8 family, model, stepping;
	u8 phys_bits; /* physical address bits the page tables may use: 32 or 36 and more */
	char vendor[13], brand[49]; /* the second may be empty */
	u32 sig;		    /* CPUID.1:EAX */
	u32 errata;		    /* those of cpu.c's table that were applied */
};

extern struct cpu_features cpu;

/* Fill `cpu`. Needs nothing but a stack. Known errata take features away again. Family 3: a 386,
 * which cannot run us, having no WP and no INVLPG. */
void cpu_detect(void);
/* What was done about the n-th erratum of this CPU (0..), as text; NULL: there are no more. */
const char *cpu_erratum(unsigned n);
/* The name of the n-th feature, and whether it is used; NULL: there are no more. */
const char *cpu_feature(unsigned n, bool *on);

/* Take a feature away by its name ("pge", "pae", ...), for the boot option no=pge,pae.
 * Returns false when the name is unknown. */
bool cpu_disable(const char *name, size_t len);

#endif
