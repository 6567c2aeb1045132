/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only code and pages of ours that are mapped while a guest runs. For the rooms that fill these
 * pages or read them.
 *
 * Three pages lie at the same virtual address in every address space, but on different frames:
 *
 *   SWITCHER_CODE   this folder's code, read-only everywhere
 *   SWITCHER_STATE  GDT, IDT, TSS: the hypervisor's own frame in the host space, the vcpu's
 *                   (read-only) in a guest's. So a CR3 load swaps all three tables at once,
 *                   and GDTR, IDTR and TR are loaded once at boot and never again.
 *   SWITCHER_REGS   the ring-0 stack for traps from the guest: its registers land here. The
 *                   guest can write it; nothing on it is trusted before it was checked.
 */
#ifndef SWITCHER_SWITCHER_H
#define SWITCHER_SWITCHER_H

#define SWITCHER_BASE  0xffc00000
#define SWITCHER_CODE  0xffc01000 /* page 0 of the slot stays unmapped, as do the gaps */
#define SWITCHER_STATE 0xffc03000
#define SWITCHER_REGS  0xffc05000

/* Offsets in the state page, for the assembler; pinned below. */
#define STATE_IDT      0
#define STATE_GDT      2048
#define STATE_TSS      2304
#define STATE_HOST_CR3 2412
#define STATE_HOST_ESP 2416

/* The register frame ends at the end of the register page: TSS.ESP0 = SWITCHER_REGS + 4096. */
#define REGS_WORDS  19
#define REGS_BYTES  (REGS_WORDS * 4)
#define REGS_OFFSET (4096 - REGS_BYTES)

/* Not a vector any stub pushes: written before entry, seen after exit if the switch failed. */
#define VECTOR_POISON 0xffff

#ifndef __ASSEMBLER__
#include "abi/lguest.h"
#include "lib/base.h"

/* The guest's registers as a trap leaves them on the register page, lowest address first. */
struct regs {
	u32 gs, fs, es, ds;
	u32 edi, esi, ebp, esp_ignored, ebx, edx, ecx, eax; /* PUSHA order */
	u32 vector;
	u32 error;
	u32 eip, cs, eflags, esp, ss; /* pushed by the CPU */
};
_Static_assert(sizeof(struct regs) == REGS_BYTES, "register frame");
_Static_assert(offsetof(struct regs, vector) == 12 * 4, "stub push order");
_Static_assert(offsetof(struct regs, eip) == 14 * 4, "the CPU pushes EIP here");

/* SDM vol. 3, 7.2.1. */
struct tss {
	u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs, ldt;
	u16 trap, iomap;
};
_Static_assert(sizeof(struct tss) == 104, "TSS");

struct gate {
	u32 lo, hi;
};

#define TRAMPOLINE_SIZE 48

struct state_page {
	struct gate idt[256];
	u64 gdt[GDT_ENTRIES];
	struct tss tss;
	u32 tss_pad;
	u32 host_cr3; /* vcpu frame: where an exit goes back to */
	u32 host_esp; /* vcpu frame: the C stack as it was at entry */
	u32 pad[3];
	u8 trampoline[33][TRAMPOLINE_SIZE];
};
_Static_assert(offsetof(struct state_page, idt) == STATE_IDT, "state page");
_Static_assert(offsetof(struct state_page, gdt) == STATE_GDT, "state page");
_Static_assert(offsetof(struct state_page, tss) == STATE_TSS, "state page");
_Static_assert(offsetof(struct state_page, host_cr3) == STATE_HOST_CR3, "state page");
_Static_assert(offsetof(struct state_page, host_esp) == STATE_HOST_ESP, "state page");
_Static_assert(sizeof(struct state_page) <= PAGE_SIZE, "state page fits a page");

/* Run the guest whose root is guest_cr3 until its next trap; its registers are on the register
 * page before and after. Interrupts must be off. The low half of regs.vector is VECTOR_POISON
 * afterwards, and the upper half the vector, when a selector could not be loaded, or the trap
 * did not come from ring 1, 2 or 3: then the other registers mean nothing, and the guest must
 * not be entered again. */
void switcher_enter(u32 guest_cr3, struct state_page *state);

/* To be called like this alone: of the registers it keeps EBP and ESP, the guest gets the others.
 * A compiler that knows saves what it needs, instead of all that a function must keep. */
static inline void switcher_run(u32 guest_cr3, struct state_page *state)
{
	u32 eax, edx; /* clobbered */

	__asm__ volatile("call switcher_enter"
			 : "=a"(eax), "=d"(edx)
			 : "0"(guest_cr3), "1"(state)
			 : "ebx", "ecx", "esi", "edi", "memory", "cc");
}

/* Addresses of the stubs, one a vector, for the gates of a vcpu's IDT. */
extern const u32 switcher_vectors[256];

#endif
#endif
