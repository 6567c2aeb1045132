/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that exist only here, and the rest of hv/ as far as the monitor asks it: what was asked,
 * what was printed. */
#ifndef TESTS_UNIT_MONITOR_FIXTURE_H
#define TESTS_UNIT_MONITOR_FIXTURE_H

#include "hv/guest/guest.h"
#include "hv/monitor/monitor.h"
#include "hv/vcpu/vcpu.h"
#include "tests/unit/support.h"

extern char got[16384];	    /* lines printed */
extern char asked_for[256]; /* what was asked of the rest of hv/ */
extern struct guest *focus;
extern u32 runs;	    /* that shadow_walk shows */
extern jmp_buf end;	    /* where machine_end() goes */
extern struct guest *shown; /* on the screen */
extern u32 burst;	    /* switches of it, asked for at once */
extern enum log_level level;

extern struct vcpu vcpu;

int monitor_setup(void **state);
void monitor_run(const char *command);
void assert_got(const char *text);

#endif
