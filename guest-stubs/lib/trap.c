/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gates, segments, and the C side of trap.S. */
#include "guest-stubs/lib/trap.h"

_Static_assert(sizeof(struct frame) == 19 * 4, "frame as trap.S pushes it");
_Static_assert(offsetof(struct frame, eip) == 14 * 4, "the CPU pushes eip here");

#define EXCEPTIONS	  32
#define GATE_PRESENT	  0x8000u
#define FLAT_USER_CODE_HI 0x00cffb00u /* base 0, 4 GiB, DPL 3, 32-bit, code, accessed */
#define FLAT_USER_DATA_HI 0x00cff300u
#define FLAT_LO		  0x0000ffffu
#define STACK_PAGES	  2u

extern const u32 trap_vectors[256];
extern u32 probe_esp;
NORETURN void probe_abort(void);
void probe_user_enter(u32 frame);
void trap_dispatch(struct frame *f);

trap_fn *trap_handler[256];
trap_fn *trap_exit;
struct frame probe_frame;
u32 probe_cr2;

static void (*irq_fn[LGUEST_IRQS])(u32 line);
static u8 probe_stack[2 * PAGE_SIZE] ALIGNED(4096);

void trap_set_gate(u32 vector, u32 type, u32 dpl)
{
	u32 at = trap_vectors[vector];

	hcall(HC_LOAD_IDT_ENTRY, vector, (at & 0xffff) | GUEST_KERNEL_CS << 16,
	      (at & 0xffff0000) | GATE_PRESENT | dpl << 13 | type << 8, 0);
}

void gdt_set(u32 index, u32 lo, u32 hi)
{
	hcall(HC_LOAD_GDT_ENTRY, index, lo, hi, 0);
}

void set_kernel_stack(const void *esp)
{
	hcall(HC_SET_STACK, GUEST_KERNEL_DS, (u32)esp, STACK_PAGES, 0);
}

static void irq_dispatch(struct frame *f)
{
	u32 line = f->vector - LGUEST_IRQ_BASE;

	if (irq_fn[line])
		irq_fn[line](line);
}

void irq_install(u32 line, void (*fn)(u32 line))
{
	irq_fn[line] = fn;
	irq_unmask(line);
}

void irq_mask(u32 line)
{
	*(volatile u32 *)&lguest_data.blocked_interrupts |= 1u << line;
}

void irq_unmask(u32 line)
{
	*(volatile u32 *)&lguest_data.blocked_interrupts &= ~(1u << line);
	hcall(HC_SEND_INTERRUPTS, 0, 0, 0, 0); /* unmasking alone is not seen by anybody */
}

void traps_init(void)
{
	u32 v;

	gdt_set(GDT_USER_CS, FLAT_LO, FLAT_USER_CODE_HI);
	gdt_set(GDT_USER_DS, FLAT_LO, FLAT_USER_DATA_HI);
	for (v = 0; v < EXCEPTIONS; v++)
		trap_set_gate(v, GATE_TRAP, v == VECTOR_BREAKPOINT || v == VECTOR_OVERFLOW ? 3 : 0);
	trap_set_gate(VECTOR_PF, GATE_INTERRUPT, 0); /* lguest_data.cr2 must not be overwritten */
	for (v = 0; v < LGUEST_IRQS; v++) {
		trap_handler[LGUEST_IRQ_BASE + v] = irq_dispatch;
		trap_set_gate(LGUEST_IRQ_BASE + v, GATE_INTERRUPT, 0);
	}
	trap_set_gate(LGUEST_SYSCALL_VECTOR, GATE_TRAP, 3);
}

void trap_unhandled(struct frame *f)
{
	if (probe_esp) {
		/* From ring 1 the CPU pushes no esp and ss: the frame ends before them. */
		memcpy(&probe_frame, f, from_user(f) ? sizeof(*f) : offsetof(struct frame, esp));
		probe_cr2 = lguest_data.cr2;
		probe_abort();
	}
	panic("trap %u error %x at %p cs %x flags %x cr2 %p", f->vector, f->error, (void *)f->eip,
	      f->cs, f->eflags, (void *)lguest_data.cr2);
}

void trap_dispatch(struct frame *f)
{
	trap_fn *fn = trap_handler[f->vector];

	if (fn)
		fn(f);
	else
		trap_unhandled(f);
	if (trap_exit)
		trap_exit(f);
}

void probe_user(struct frame *f)
{
	set_kernel_stack(probe_stack + sizeof(probe_stack));
	probe(probe_user_enter, (u32)f);
	*f = probe_frame;
}
