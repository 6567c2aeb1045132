/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions, NMIs and interrupts that arrive while the hypervisor itself runs. An exception is
 * a bug of ours unless its instruction stands in the fixup table. Interrupts arrive only in the
 * idle window. The tables that lead here are made in host_tables.c.
 */
#include "abi/lguest.h"
#include "devices/host/apic.h"
#include "devices/host/irq.h"
#include "hv/panic/private.h"
#include "lib/log.h"
#include "lib/x86.h"

/* Port 0x61 (PC/AT technical reference): NMI sources, and their enables (0 = enabled). */
#define PORT_B		 0x61
#define PORT_B_PARITY	 0x80u
#define PORT_B_CHANNEL	 0x40u
#define PORT_B_NMI_CLEAR 0x0cu
#define PORT_B_KEEP	 0x0fu

struct fixup {
	u32 fault_eip, resume_eip;
};
_Static_assert(sizeof(struct fixup) == 8, "fixups are pairs of words in linker.ld");
extern const struct fixup fixups_start[], fixups_end[];
void host_double_fault(void);
void host_trap(struct host_frame *f);

u32 host_debug_count;
static u32 nmi_count;

struct tss double_fault_tss;
const u64 *double_fault_gdt;

/* The interrupted task's TSS: our link field holds its selector. */
static const struct tss *interrupted_task(void)
{
	u32 index = double_fault_tss.link >> 3 & (GDT_ENTRIES - 1u);
	u64 desc = double_fault_gdt[index];

	return (const struct tss *)((u32)(desc >> 16 & 0xffffffu) | (u32)(desc >> 56) << 24);
}

void host_double_fault(void)
{
	const struct tss *t = interrupted_task();
	struct host_frame f = {
		.edi = t->edi,
		.esi = t->esi,
		.ebp = t->ebp,
		.esp_ignored = t->esp,
		.ebx = t->ebx,
		.edx = t->edx,
		.ecx = t->ecx,
		.eax = t->eax,
		.vector = VEC_DF,
		.eip = t->eip,
		.cs = t->cs,
		.eflags = t->eflags,
	};

	panic_frame(&f);
}

static u32 fixup_find(u32 eip)
{
	for (const struct fixup *f = fixups_start; f < fixups_end; f++)
		if (f->fault_eip == eip)
			return f->resume_eip;
	return 0;
}

/* Memory parity, a board's I/O channel check, or a watchdog: old machines live on after it.
 * The line may break into another one being printed; that is the lesser evil. */
void host_nmi(void)
{
	u8 b, keep;

	if (apic_watch_fired()) /* whom it found, its caller says */
		return;
	b = inb(PORT_B);
	keep = b & PORT_B_KEEP & ~PORT_B_NMI_CLEAR;
	nmi_count++;
	outb(PORT_B, keep | PORT_B_NMI_CLEAR); /* drops the latched cause */
	outb(PORT_B, keep);
	log_line(LOG_WARN, NULL, "nmi: count=%u port61=%#x parity=%d iochk=%d", nmi_count, b,
		 !!(b & PORT_B_PARITY), !!(b & PORT_B_CHANNEL));
}

void host_trap(struct host_frame *f)
{
	u32 resume;

	if (f->vector >= HOST_IRQ_BASE) {
		host_irq_dispatch(f->vector);
		return;
	}
	if (f->vector == VEC_NMI) {
		host_nmi();
		return;
	}
	/* A guest's breakpoint is about its addresses; we have others in the same places. RF: go on
	 * past an instruction that one is at (SDM vol. 3, 17.3.1.1). */
	if (f->vector == VEC_DB && read_dr7() & DR7_ENABLE) {
		host_debug_count++;
		write_dr6(0);
		f->eflags |= EFLAGS_RF;
		return;
	}
	resume = fixup_find(f->eip);
	if (resume) {
		f->eip = resume;
		return;
	}
	/* Ring 0 to ring 0 pushes no ESP: it pointed just above what the CPU pushed. POPA skips
	 * this word, so it can carry the real one. */
	f->esp_ignored = (u32)(f + 1);
	panic_frame(f);
}
