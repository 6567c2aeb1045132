/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to cpu.c and its test. */
#ifndef LIB_CPU_DECODE_H
#define LIB_CPU_DECODE_H

#include "lib/cpu.h"

/* Answer one CPUID leaf: EAX EBX ECX EDX. */
typedef void cpuid_fn(void *ctx, u32 leaf, u32 out[4]);

/* Fill *c from the answers of `ask`, errata applied. */
void cpu_decode(struct cpu_features *c, cpuid_fn *ask, void *ctx);

/* What can be found out about a CPU; ctx goes to each. */
struct cpu_probe {
	bool (*flag_changes)(void *ctx, u32 flag); /* of EFLAGS */
	bool (*is_cyrix)(void *ctx);
	void (*cyrix_cpuid_on)(void *ctx);
	bool (*fpu_answers)(void *ctx);
	cpuid_fn *cpuid;
};
void cpu_identify(struct cpu_features *c, const struct cpu_probe *p, void *ctx);

#endif
