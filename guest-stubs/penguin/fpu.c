/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The FPU's registers of each task: switched with the task, or lazily as Linux did up to 4.x. Then
 * they stay with their owner, TS is set while another task runs, and the first use of the FPU, by
 * the task or by the kernel for it, is a #NM that exchanges them.
 */
#include "guest-stubs/penguin/penguin.h"

#define CPUID_FPU  (1u << 0)
#define CPUID_FXSR (1u << 24)

u32 fpu_traps;

static u8 clean_fpu[512] ALIGNED(16);
static bool fxsr, lazy;
static struct task *owner; /* lazy: whose registers the FPU holds; NULL: nobody's */

static u32 cpuid_features(void)
{
	u32 a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d;
}

bool fpu_present(void)
{
	return cpuid_features() & CPUID_FPU;
}

void fpu_init(void)
{
	fxsr = cpuid_features() & CPUID_FXSR;
	__asm__ volatile("fninit");
	fpu_save(clean_fpu);
}

void fpu_clean(u8 *to)
{
	memcpy(to, clean_fpu, sizeof(clean_fpu));
}

void fpu_save(u8 *to)
{
	if (fxsr)
		__asm__ volatile("fxsave (%0)" : : "r"(to) : "memory");
	else
		__asm__ volatile("fnsave (%0); frstor (%0)" : : "r"(to) : "memory");
}

void fpu_load(const u8 *from)
{
	if (fxsr)
		__asm__ volatile("fxrstor (%0)" : : "r"(from) : "memory");
	else
		__asm__ volatile("frstor (%0)" : : "r"(from) : "memory");
}

void fpu_leave(struct task *previous, const struct task *next)
{
	if (lazy)
		hcall_async(HC_TS, next != owner, 0, 0, 0);
	else
		fpu_save(previous->fpu);
}

void fpu_arrive(const struct task *next)
{
	if (!lazy)
		fpu_load(next->fpu);
}

void fpu_forget(const struct task *t)
{
	if (owner == t)
		owner = NULL;
}

/* TS off, and the registers become the current task's. */
static void take(void)
{
	hcall(HC_TS, 0, 0, 0, 0);
	if (owner)
		fpu_save(owner->fpu);
	fpu_load(current->fpu);
	owner = current;
}

static void no_fpu(struct frame *f)
{
	u32 flags = irq_save();

	if (owner == current) /* TS is off for it: this trap is not ours */
		trap_unhandled(f);
	fpu_traps++;
	take();
	irq_restore(flags);
}

void fpu_lazy_begin(void)
{
	u32 flags = irq_save();

	lazy = true;
	owner = current;
	fpu_traps = 0;
	trap_handler[VECTOR_NO_FPU] = no_fpu;
	irq_restore(flags);
}

void fpu_lazy_end(void)
{
	u32 flags = irq_save();

	if (owner != current)
		take();
	lazy = false;
	owner = NULL;
	irq_restore(flags);
}
