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
	char vendor[13];
	u32 sig; /* CPUID.1:EAX */
};

extern struct cpu_features cpu;

/* Fill `cpu`. Needs nothing but a stack. Known errata take features away again. */
void cpu_detect(void);

/* Take a feature away by its name ("pge", "pae", ...), for the boot option no=pge,pae.
 * Returns false when the name is unknown. */
bool cpu_disable(const char *name, size_t len);

#endif
