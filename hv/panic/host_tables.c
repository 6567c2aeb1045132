/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt tables for the time in which the hypervisor itself runs. The one here serves from the
 * first instructions of boot until the state page's takes over.
 */
#include "abi/lguest.h"
#include "hv/panic/private.h"
#include "lib/x86.h"

/* SDM vol. 3, 5.8.3 and 6.11: gate words; a present 32-bit gate of privilege 0. */
#define GATE_INTERRUPT 0x8e00u
#define GATE_TASK      0x8500u
#define HV_CS	       (GDT_HV_CS * 8u)
#define HV_DS	       (GDT_HV_DS * 8u)
/* SDM vol. 3, 7.2.2: available 32-bit TSS, present; bits 40..47 of the descriptor. */
#define DESC_TSS 0x89u

extern const u32 host_trap_stubs[VECTORS]; /* host_trap_entry.S */
extern char df_stack_top[];
void host_double_fault_entry(void);

static struct gate early_idt[VECTORS] ALIGNED(8);

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
	u32 base = (u32)&double_fault_tss;

	double_fault_gdt = gdt;
	double_fault_tss = (struct tss){
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
