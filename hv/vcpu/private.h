/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of hv/vcpu/ offer each other. Private to this room. */
#ifndef HV_VCPU_PRIVATE_H
#define HV_VCPU_PRIVATE_H

#include "hv/guest/guest.h"
#include "hv/vcpu/vcpu.h"

/* For who asks why: the guest is going to be killed because of this address. */
static inline void died_at(struct vcpu *v, gva_t va)
{
	v->cr2 = va;
	v->died_at_address = true;
}

/* ---- reflect.c: faults and interrupts into the guest -------------------------------------- */

bool push_frame(struct vcpu *v, unsigned vector, u32 error); /* false: the guest was killed */
void reflect(struct vcpu *v, unsigned vector, u32 error);
void reflect_page_fault(struct vcpu *v, gva_t cr2, u32 error);
/* Copy through the guest's own tables as its kernel would; false: *cr2 and *error say why. */
bool guest_copy_out(struct vcpu *v, gva_t va, const void *src, u32 len, gva_t *cr2, u32 *error);
bool guest_copy_in(struct vcpu *v, gva_t va, void *dst, u32 len, gva_t *cr2, u32 *error);

/* ---- virq.c ------------------------------------------------------------------------------- */

void virq_halt(struct vcpu *v); /* HC_HALT and hlt */
void virq_sti(struct vcpu *v);	/* interrupts came on, as of the instruction after the next one */
/* Before an instruction is emulated. True: an interrupt comes first, that its STI held back. */
bool virq_after_sti(struct vcpu *v);

/* ---- ring.c, hypercall.c ------------------------------------------------------------------ */

void hypercall(struct vcpu *v);
/* HC_NEW_PGTABLE, and mov to CR3, whose lowest bits are no part of the address. */
void page_table_load(struct vcpu *v, u32 top, bool is_cr3);

/* ---- segments.c --------------------------------------------------------------------------- */

void gdt_load_entry(struct vcpu *v, u32 index, u32 lo, u32 hi);
void gdt_load_tls(struct vcpu *v, gpa_t at);
#define SELECTOR_TI 4u
#define DESC_BIG    0x00400000u /* of a descriptor's high word */
/* The descriptor a selector names in this guest, 0 when it names none. */
static inline u64 segment_find(const struct vcpu *v, u32 selector)
{
	u32 index = (selector & 0xffffu) >> 3;

	return selector & SELECTOR_TI || index >= GDT_ENTRIES ? 0 : v->state->gdt[index];
}

static inline bool segment_base(const struct vcpu *v, u32 selector, u32 *base)
{
	u64 d = segment_find(v, selector);
	u32 lo = (u32)d, hi = (u32)(d >> 32);

	*base = lo >> 16 | (hi & 0xffu) << 16 | (hi & 0xff000000u);
	return hi; /* none that is kept is without its P */
}
/* A code or stack segment's D/B bit (SDM vol. 3, 3.4.5). */
static inline bool segment_is_16bit(const struct vcpu *v, u32 selector)
{
	return !((u32)(segment_find(v, selector) >> 32) & DESC_BIG);
}
/* May the guest load this selector, into SS or a data segment register? 0, or the fault's vector.
 */
u8 segment_refused(const struct vcpu *v, bool is_ss, u16 selector);

/* ---- gates.c ------------------------------------------------------------------------------ */

void idt_load_entry(struct vcpu *v, u32 vector, u32 lo, u32 hi);
void gates_look_for_data(struct vcpu *v);
/* Sets data_gva when the guest's tables tell it. */
static inline void gates_find_data(struct vcpu *v)
{
	if (!v->data_gva && v->initialised)
		gates_look_for_data(v);
}
bool in_trampoline(gva_t eip);
void trampoline_finish(struct vcpu *v);
void trampoline_refused(struct vcpu *v); /* its trap came from virtual-8086 mode: the end */

/* ---- control.c ---------------------------------------------------------------------------- */

void control_write(struct vcpu *v, unsigned n, u32 value); /* CR0: also by clts and lmsw */
void control_write_debug(struct vcpu *v, unsigned n, u32 value);

/* ---- once.c ------------------------------------------------------------------------------- */

enum vcpu_note { NOTE_CR0, NOTE_CR4, NOTE_DEBUG, NOTE_MMIO, NOTE_OUTSIDE, NOTES };
void vcpu_say_once(struct vcpu *v, enum vcpu_note note, const char *fmt, ...) PRINTF(3, 4);

/* ---- instruction.c: glue between emulate/ and a vcpu -------------------------------------- */

void instruction_privileged(struct vcpu *v);
/* IN or OUT in its plain form; false: it is something else, nothing was done. */
bool instruction_port(struct vcpu *v);
/* What cannot be carried out is a page fault with this error code; 0: a general protection fault.
 */
void instruction_memory(struct vcpu *v, gva_t va, u32 error);
void instruction_without_fpu(struct vcpu *v); /* #NM in ring 1 where the CPU has no FPU */
void instruction_fpu_refused(struct vcpu *v); /* #NM while the guest has EM set or MP clear */

/* ---- access.c: memory for the emulator, as struct emu_ops wants it; ctx is the vcpu --------- */

unsigned access_fetch(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error);
const u8 *access_code(void *ctx, gva_t va, unsigned len);
bool access_load(void *ctx, gva_t va, unsigned size, u32 *value, u32 *error);
bool access_store(void *ctx, gva_t va, unsigned size, u32 value, u32 *error);
bool access_writable(void *ctx, gva_t va, u32 *error);

/* ---- fpu.c -------------------------------------------------------------------------------- */

bool fpu_trap(struct vcpu *v); /* #NM: true = ours, handled */

#endif
