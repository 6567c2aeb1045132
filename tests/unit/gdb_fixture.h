/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two guests for gdb to look into, of memory and registers alone, and the line on which gdb asks.
 */
#ifndef TESTS_UNIT_GDB_FIXTURE_H
#define TESTS_UNIT_GDB_FIXTURE_H

#include "hv/gdb/private.h"
#include "hv/gdb/registers.h"
#include "hv/why/why.h"
#include "lib/cpu.h"
#include "tests/unit/support.h"

#define RAM    8192u
#define KERNEL 0xc0000000u /* the same pages once more */

extern struct vcpu vcpu[2];
extern struct regs regs[2];
extern u64 clock_ns, wakes_at; /* for when a timer was armed last */
extern u8 *ram;		       /* of exactly its size: of both */
extern char input[8192], output[(1 << 16) + 1];
extern u32 moved; /* where KERNEL is mapped to */
extern u32 in_at, in_len, out_len;
extern u32 commands, watched, kills; /* of the monitor; vcpus that are; guests that were */

extern gva_t hidden[8]; /* pages that enter() hid */
extern u32 hidden_len;
extern struct fx_image fx;
extern u32 control_set_to[5]; /* control registers, by control_set() */
extern u32 queued;	      /* hypercalls that wait in the ring */

void guest_runs(struct guest *g); /* as at the beginning of a life */
int gdb_setup(void **state);

/* Send a packet; what comes back, without the acknowledgement and the sum. */
const char *ask(const char *text);
const char *command(const char *text);
bool sent(const char *text); /* since the last question */
void enter(void);	     /* guest 0 is about to be entered */
void take_trap(u32 vector);
void timers_run(void); /* those that are due */

#endif
