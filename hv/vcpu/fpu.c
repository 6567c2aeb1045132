/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FPU and SSE state, switched lazily: CR0.TS is set while the registers hold another guest's
 * state, and the first use traps. The hypervisor itself never touches the FPU.
 */
#include "hv/vcpu/private.h"
#include "lib/cpu.h"
#include "lib/string.h"
#include "lib/x86.h"

/* As FNINIT and power-on leave them; the bits of MXCSR where the image names none (SDM vol.
 * 1, 8.1.5, 10.2.3, 11.6.6). */
#define FCW_DEFAULT    0x37fu
#define MXCSR_DEFAULT  0x1f80u
#define MXCSR_MASK_OLD 0xffbfu

static struct vcpu *owner; /* whose state is in the registers of this CPU */
static bool ts;		   /* CR0.TS as it is now */

static void set_ts(bool on)
{
	if (on == ts)
		return;
	ts = on;
	if (on)
		write_cr0(read_cr0() | CR0_TS);
	else
		clts();
}

static void *area(struct vcpu *v)
{
	return (void *)ALIGN_UP((uintptr_t)v->fpu, (uintptr_t)16);
}

static void save(struct vcpu *v)
{
	if (cpu.fxsr)
		__asm__ volatile("fxsave (%0)" : : "r"(area(v)) : "memory");
	else
		__asm__ volatile("fnsave (%0); fwait" : : "r"(area(v)) : "memory");
	v->fpu_valid = true;
}

/* A guest that never used the FPU gets it as after power-on, nothing of its predecessor's. */
static void reset(void)
{
	u32 mxcsr = MXCSR_DEFAULT;
	static const struct fx_image blank ALIGNED(16) = {.fcw = FCW_DEFAULT};

	if (cpu.fxsr)
		__asm__ volatile("fxrstor (%0)" : : "r"(&blank));
	__asm__ volatile("fninit");
	if (cpu.sse)
		__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* FNINIT first: an exception that a dead guest left pending would hit FRSTOR, and an AMD CPU
 * keeps the predecessor's instruction and data pointers through FXRSTOR. */
static void restore(struct vcpu *v)
{
	__asm__ volatile("fninit");
	if (!v->fpu_valid)
		reset();
	else if (cpu.fxsr)
		__asm__ volatile("fxrstor (%0)" : : "r"(area(v)));
	else
		__asm__ volatile("frstor (%0)" : : "r"(area(v)));
}

void fpu_init(void)
{
	ts = true;
	if (cpu.fpu)
		write_cr0(read_cr0() | CR0_TS);
	else
		write_cr0(read_cr0() | CR0_TS | CR0_EM);
}

void fpu_enter(struct vcpu *v)
{
	set_ts(owner != v || v->cr0 & (CR0_TS | CR0_EM));
}

bool fpu_trap(struct vcpu *v)
{
	if (v->cr0 & (CR0_TS | CR0_EM) || !cpu.fpu)
		return false;
	set_ts(false);
	if (owner == v)
		return true;
	if (owner)
		save(owner);
	restore(v);
	owner = v;
	return true;
}

/* The registers are given up, so what is written to the image comes back at the next use. */
static void write_back(struct vcpu *v)
{
	if (owner != v)
		return;
	set_ts(false);
	save(v);
	owner = NULL;
	set_ts(true);
}

const struct fx_image *vcpu_fpu_image(struct vcpu *v)
{
	write_back(v);
	return v->fpu_valid && cpu.fxsr ? area(v) : NULL;
}

/* A reserved bit of MXCSR would be a fault of FXRSTOR, and that is ours (SDM vol. 1, 11.6.6). */
bool vcpu_fpu_put(struct vcpu *v, u32 at, const void *from, u32 n)
{
	struct fx_image *fx = area(v);

	if (!cpu.fxsr || at > FPU_AREA || n > FPU_AREA - at)
		return false;
	write_back(v);
	if (!v->fpu_valid) {
		*fx = (struct fx_image){.fcw = FCW_DEFAULT, .mxcsr = MXCSR_DEFAULT};
		v->fpu_valid = true;
	}
	memcpy((u8 *)fx + at, from, n);
	fx->mxcsr &= fx->mxcsr_mask ? fx->mxcsr_mask : MXCSR_MASK_OLD;
	return true;
}

void fpu_forget(struct vcpu *v)
{
	if (owner == v)
		owner = NULL;
}
