/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ends of the machine, wanted or not: its verdict, panics, and the exceptions, NMIs and
 * interrupts that come while the hypervisor itself runs. For every room of hv/ above the console,
 * and for boot/.
 */
#ifndef HV_PANIC_PANIC_H
#define HV_PANIC_PANIC_H

#include "lib/base.h"
#include "lib/x86.h"
#include "switcher/switcher.h"

/* ---- end.c -------------------------------------------------------------------------------- */

enum verdict { VERDICT_OK = 0, VERDICT_GUEST_FAILED = 1, VERDICT_PANIC = 3 };
/* The last line, then off, or as configured. */
NORETURN void machine_end(enum verdict v);

/* ---- panic.c ------------------------------------------------------------------------------ */

/* The end for panic() of lib/log.h, which comes here by its hook. */
NORETURN void panic_report(u32 eip, u32 ebp, const char *fmt, va_list ap);

/* ---- host_tables.c, host_trap.c ----------------------------------------------------------- */

/* Fill and load an interrupt table of our own; works before anything else does. */
void host_trap_init(void);
/* Fill all gates of a table that is used while the hypervisor runs. */
void host_trap_fill(struct gate idt[VECTORS]);
/* Let vector 8 of `idt` switch to a task with a stack of its own: its TSS descriptor goes to
 * gdt[GDT_DOUBLE_FAULT]. `cr3` is the hypervisor's root. To be called once TR is loaded: a task
 * switch saves the old registers in the current TSS. Both tables must stay where they are. */
void host_trap_wire_double_fault(struct gate *idt, u64 *gdt, u32 cr3);
/* Count and report an NMI; called with the next NMI still blocked, or later. */
void host_nmi(void);
extern u32 host_debug_count; /* what the debug registers hit while we ran */

#endif
