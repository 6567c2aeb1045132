/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hosttrap.c offers to the rest of hv/ and to boot/ besides host_trap_init(): its gates
 * for other interrupt tables, and the double-fault task. */
#ifndef HV_PANIC_HOSTTRAP_H
#define HV_PANIC_HOSTTRAP_H

#include "lib/base.h"
#include "switcher/switcher.h"

struct host_frame;

/* Fill and load an interrupt table of our own; works before anything else does. */
void host_trap_init(void);
/* Fill all gates of a table that is used while the hypervisor runs. */
void host_trap_fill(struct gate idt[256]);
/* Let vector 8 of `idt` switch to a task with a stack of its own: its TSS descriptor goes to
 * gdt[GDT_DOUBLE_FAULT]. `cr3` is the hypervisor's root. To be called once TR is loaded: a task
 * switch saves the old registers in the current TSS. Both tables must stay where they are. */
void host_trap_wire_double_fault(struct gate *idt, u64 *gdt, u32 cr3);
/* Count and report an NMI; called with the next NMI still blocked, or later. */
void host_nmi(void);
extern u32 host_nmi_count;

/* In hv/panic/panic.c: print the registers, a backtrace from them, and stop. */
NORETURN void panic_frame(const struct host_frame *f);

#endif
