/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stub of GDB's remote protocol on a second serial line: guests are its threads. Nothing here
 * runs for a guest that is not debugged. For the core (hv/).
 */
#ifndef HV_GDB_GDB_H
#define HV_GDB_GDB_H

#include "lib/base.h"

struct guest;

void gdb_init(void); /* as the options say: nothing, or a line to listen on */
/* What the run loop polls: console_poll(), and gdb's line too only where there is one. */
extern bool (*lines_poll)(void);
/* A guest is about to run its first instruction. True: it is to wait for gdb. */
bool gdb_started(struct guest *g);
void gdb_released(struct guest *g); /* it is gone, with all that was set in it */
/* Nobody runs any more, but gdb may still want a guest to start again. */
bool gdb_rests(void);

#endif
