/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions, NMIs and interrupts that arrive while the hypervisor itself runs. An exception is
 * a bug of ours unless its instruction stands in the fixup table. Interrupts arrive only in the
 * idle window. The interrupt table here serves from the first instructions of boot until the
 * state page's takes over.
 */
#include "hv/panic/hosttrap.h"

#include "abi/lguest.h"
#include "devices/host/irq.h"
#include "hv/hv.h"
#include "lib/log.h"
#include "lib/x86.h"
#include "switcher/switcher.h"

/* SDM vol. 3, 5.8.3 and 6.11: gate words; a present 32-bit gate of privilege 0. */
#define GATE_INTERRUPT 0x8e00u
#define GATE_TASK      0x8500u
#define HV_CS	       (GDT_HV_CS * 8u)
#define HV_DS	       (GDT_HV_DS * 8u)
/* SDM vol. 3, 7.2.2: available 32-bit TSS, present; bits 40..47 of the descriptor. */
#define DESC_TSS 0x89u

/* Port 0x61 (PC/AT technical reference): NMI sources, and their enables (0 = enabled). */
#define PORT_B		 0x61
#define PORT_B_PARITY	 0x80u
#define PORT_B_CHANNEL	 0x40u
#define PORT_B_NMI_CLEAR 0x0cu
#define PORT_B_KEEP	 0x0fu

struct fixup {
	u32 fault_eip, resume_eip;
};
extern const struct fixup fixups_start[], fixups_end[];
extern const u32 host_trap_stubs[VECTORS];
extern char df_stack_top[];
void host_double_fault_entry(void);
void host_double_fault(void);
void host_trap(struct host_frame *f);

u32 host_nmi_count;

static struct gate early_idt[VECTORS] ALIGNED(8);
static struct tss df_tss;
static const u64 *df_gdt; /* where to find the TSS of the task that double-faulted */

void host_trap_fill(struct gate idt[256])
{
	for (unsigned v = 0; v < VECTORS; v++) {
		u32 stub = host_trap_stubs[v];
		idt[v].lo = HV_CS << 16 | (stub & 0xffffu);
		idt[v].hi = (stub & 0xffff0000u) | GATE_INTERRUPT;
	}
}

void host_trap_init(void)
{
	struct {
		u16 limit;
		u32 base;
	} PACKED idtr = {sizeof(early_idt) - 1, (u32)early_idt};

	host_trap_fill(early_idt);
	__asm__ volatile("lidt %0" : : "m"(idtr));
}

void host_trap_wire_double_fault(struct gate *idt, u64 *gdt, u32 cr3)
{
	u32 base = (u32)&df_tss;

	df_gdt = gdt;
	df_tss = (struct tss){
		.cr3 = cr3,
		.eip = (u32)host_double_fault_entry,
		.eflags = EFLAGS_FIXED,
		.esp = (u32)df_stack_top,
		.cs = HV_CS,
		.ss = HV_DS,
		.ds = HV_DS,
		.es = HV_DS,
		.iomap = sizeof(struct tss),
	};
	gdt[GDT_DOUBLE_FAULT] = (u64)(base >> 24) << 56 | (u64)DESC_TSS << 40 |
				(u64)(base & 0xffffffu) << 16 | (sizeof(struct tss) - 1);
	idt[VEC_DF].lo = GDT_DOUBLE_FAULT * 8u << 16;
	idt[VEC_DF].hi = GATE_TASK;
}

/* The interrupted task's TSS: our link field holds its selector. */
static const struct tss *interrupted_task(void)
{
	u32 index = df_tss.link >> 3 & (GDT_ENTRIES - 1u);
	u64 desc = df_gdt[index];

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
	u8 b = inb(PORT_B);
	u8 keep = b & PORT_B_KEEP & ~PORT_B_NMI_CLEAR;

	host_nmi_count++;
	outb(PORT_B, keep | PORT_B_NMI_CLEAR); /* drops the latched cause */
	outb(PORT_B, keep);
	log_line(LOG_WARN, NULL, "nmi: count=%u port61=%#x parity=%d iochk=%d", host_nmi_count, b,
		 !!(b & PORT_B_PARITY), !!(b & PORT_B_CHANNEL));
}

void host_trap(struct host_frame *f)
{
	u32 resume;

	if (f->vector >= HOST_IRQ_BASE && f->vector < HOST_IRQ_BASE + HOST_IRQS) {
		host_irq_dispatch(f->vector);
		return;
	}
	if (f->vector == VEC_NMI) {
		host_nmi();
		return;
	}
	resume = f->vector < HOST_IRQ_BASE ? fixup_find(f->eip) : 0;
	if (resume) {
		f->eip = resume;
		return;
	}
	/* Ring 0 to ring 0 pushes no ESP: it pointed just above what the CPU pushed. POPA skips
	 * this word, so it can carry the real one. */
	f->esp_ignored = (u32)(f + 1);
	panic_frame(f);
}
