/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control and debug registers as a guest's MOV, CLTS and LMSW see them. What a CPU would do by a
 * bit is done, or the bit keeps its value and the log says once that it cannot be had.
 */
#include "hv/vcpu/private.h"
#include "lib/x86.h"

/* The rest of CR0 never changes: protected mode with paging, native FPU errors. CD and NW only read
 * back: a guest cannot turn caches off. WP stays set in the CPU: without it what the kernel writes
 * to read-only pages comes to us, and is done (trap.c). */
#define CR0_OWN	  (CR0_MP | CR0_EM | CR0_TS | CR0_WP | CR0_NW | CR0_CD)
#define CR0_FIXED (CR0_PE | CR0_ET | CR0_NE | CR0_AM | CR0_PG)
_Static_assert(!(CR0_OWN & CR0_FIXED), "each bit is one or the other");

/* In effect anyway, or nothing a guest could miss: flushes go further than global pages ask for,
 * and there are no machine checks. */
#define CR4_OWN (CR4_PAE | CR4_PGE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT)

void control_init(struct vcpu *v)
{
	v->cr0 = CR0_MP | CR0_WP;
}

u32 control_read(const struct vcpu *v, unsigned n)
{
	const u32 cr[] = {CR0_FIXED | v->cr0, 0, v->cr2, v->cr3, v->cr4};

	return n < ARRAY_LEN(cr) ? cr[n] : 0;
}

static void own_cr0(struct vcpu *v, u32 value)
{
	if (~value & CR0_FIXED & ~CR0_ET) /* ET is 1 on every CPU, whatever is written */
		vcpu_say_once(v, NOTE_CR0, "CR0 = %#x: bits %#x cannot be cleared", value,
			      ~value & CR0_FIXED);
	v->cr0 = value & CR0_OWN;
	fpu_enter(v);
}

static void own_cr4(struct vcpu *v, u32 value)
{
	if (value & ~CR4_OWN)
		vcpu_say_once(v, NOTE_CR4, "CR4 = %#x: bits %#x cannot be set", value,
			      value & ~CR4_OWN);
	v->cr4 = value & CR4_OWN;
}

void control_write(struct vcpu *v, unsigned n, u32 value)
{
	if (n == 0) {
		own_cr0(v, value);
	} else if (n == 2) {
		v->cr2 = value;
	} else if (n == 3 && v->initialised) {
		page_table_load(v, value, true);
		if (v->guest->state == GUEST_RUNNING)
			shadow_flush_all(v->shadow); /* unlike the hypercall; there is no PGE */
	} else if (n == 4) {
		own_cr4(v, value);
	}
}

bool control_set(struct vcpu *v, unsigned n, u32 value)
{
	if (n != 3) {
		control_write(v, n, value);
		return true;
	}
	if (shadow_linear(v->shadow))
		return value == v->cr3;
	if (shadow_new_pgtable(v->shadow,
			       value & ~(shadow_guest_format(v->shadow)->top_align - 1u)))
		return false;
	control_write(v, 3, value);
	shadow_flush_all(v->shadow); /* it stands still, so that was not done */
	return true;
}

void control_write_debug(struct vcpu *v, unsigned n, u32 value)
{
	if ((n == 7 || n == 5) && value & DR7_ENABLE)
		vcpu_say_once(v, NOTE_DEBUG, "DR7 = %#x: there are no hardware breakpoints", value);
}
