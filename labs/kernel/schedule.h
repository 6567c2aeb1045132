/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between thread.c and schedule.c. All of these are called with interrupts off. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "labs/kernel/thread.h"

extern struct thread *idle;

void schedule_init(void); /* preemption begins */
void schedule(void);	  /* let the next one run; comes back when it is our turn again */
void make_ready(struct thread *t);
void wake_sleepers(void); /* those whose time has come */

#endif
