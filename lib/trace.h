/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last events: one ring, always on. For every room. */
#ifndef LIB_TRACE_H
#define LIB_TRACE_H

#include "lib/base.h"

enum trace_event {
	TRACE_EXIT,    /* one that no other event tells: a = vector, b = error, c = eip */
	TRACE_HCALL,   /* a = number, b, c = first arguments */
	TRACE_FAULT,   /* a = cr2, b = error, c = verdict */
	TRACE_REFLECT, /* a = vector, b = error, c = eip */
	TRACE_IRQ,     /* a = line, b = eip */
	TRACE_HOSTIRQ, /* a = vector */
	TRACE_SWITCH,  /* to this guest */
	TRACE_GUEST,   /* a = new state */
	TRACE_EVENTS
};

/* Record an event of `who`, a guest's name that stays valid for ever; NULL: nobody's. */
void trace(enum trace_event e, const char *who, u32 a, u32 b, u32 c);
/* The last so many events, oldest first. khz: of the TSC, for their age; 0: it is not known. */
void trace_print(u32 last, u32 khz, void (*line)(void *ctx, const char *text), void *ctx);

/* The same, of one guest (by its name; NULL: all), and of one kind of event (by its name; NULL:
 * all). False: there is no such event. */
bool trace_print_of(const char *who, const char *event, u32 last, u32 khz,
		    void (*line)(void *ctx, const char *text), void *ctx);

#endif
