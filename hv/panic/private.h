/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of hv/panic/ offer each other. Private to this room. */
#ifndef HV_PANIC_PRIVATE_H
#define HV_PANIC_PRIVATE_H

#include "hv/panic/panic.h"

/* What host_trap_entry.S pushes. */
struct host_frame {
	u32 edi, esi, ebp, esp_ignored, ebx, edx, ecx, eax;
	u32 vector, error, eip, cs, eflags;
};
_Static_assert(sizeof(struct host_frame) == 13 * 4,
	       "PUSHA, two words of the stub, three of the CPU");
_Static_assert(offsetof(struct host_frame, vector) == 8 * 4, "PUSHA order (SDM vol. 2, PUSHA)");
_Static_assert(offsetof(struct host_frame, eip) == 10 * 4, "the CPU pushes EIP here");

/* panic.c: print the registers, a backtrace from them, and stop. */
NORETURN void panic_frame(const struct host_frame *f);

/* symbols.c: the name and offset of a text address of ours; false: none. */
/* The name is good until the next call. */
bool symbol_find(u32 address, const char **name, u32 *offset);

/* host_trap.c: the double-fault task, which host_tables.c wires. */
extern struct tss double_fault_tss;
extern const u64 *double_fault_gdt; /* where to find the TSS of the task that double-faulted */

#endif
