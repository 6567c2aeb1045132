/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What CPUID answers on a machine, leaf by leaf, as a table has it. */
#ifndef TESTS_UNIT_CPUID_ANSWERS_H
#define TESTS_UNIT_CPUID_ANSWERS_H

#include "lib/cpu_decode.h"
#include "tests/unit/support.h"

struct machine {
	const char *vendor;
	u32 max, sig, edx;
	u32 ext_max, ext_edx, sizes;
	u32 junk[4];
	const char *emulator, *brand;
};

void cpuid_answer(void *ctx, u32 leaf, u32 r[4]);
struct cpu_features decode(struct machine m);

#define FPU   (1u << 0)
#define PSE   (1u << 3)
#define TSC   (1u << 4)
#define MSR   (1u << 5)
#define PAE   (1u << 6)
#define APIC  (1u << 9)
#define SEP   (1u << 11)
#define MTRR  (1u << 12)
#define PGE   (1u << 13)
#define CMOV  (1u << 15)
#define PAT   (1u << 16)
#define PSE36 (1u << 17)
#define FXSR  (1u << 24)
#define SSE   (1u << 25)

#endif
