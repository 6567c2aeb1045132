/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last events: one ring, always on. For every room. */
#ifndef LIB_TRACE_H
#define LIB_TRACE_H

#include "lib/base.h"
#include "lib/cpu.h"
#include "lib/x86.h"

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

#define TRACE_RING 256u /* a power of two: the index only counts up */
extern struct trace_ring {
	u32 next; /* number of the next event; never wrong, only wraps after 2^32 of them */
	struct trace_record {
		u64 tsc;
		const char *who;
		u32 event, a, b, c;
	} ALIGNED(32) record[TRACE_RING];
} trace_ring;

/* Record an event of `who`, a guest's name that stays valid for ever; NULL: nobody's. Every exit
 * records one or two: a few stores in place. */
static inline void trace(enum trace_event e, const char *who, u32 a, u32 b, u32 c)
{
	struct trace_record *r = &trace_ring.record[trace_ring.next++ % TRACE_RING];

	__asm__("" : "+r"(r)); /* a register that holds it is cheaper than its index, twice */
	r->who = who;
	r->event = (u32)e;
	r->a = a;
	r->b = b;
	r->c = c;
	if (UNLIKELY(!cpu.tsc))
		r->tsc = 0;
	else
		r->tsc = rdtsc();
}
/* The last so many events, oldest first. khz: of the TSC, for their age; 0: it is not known. */
void trace_print(u32 last, u32 khz, void (*line)(void *ctx, const char *text), void *ctx);

/* The same, of one guest (by its name; NULL: all), and of one kind of event (by its name; NULL:
 * all). False: there is no such event. */
bool trace_print_of(const char *who, const char *event, u32 last, u32 khz,
		    void (*line)(void *ctx, const char *text), void *ctx);

#endif
