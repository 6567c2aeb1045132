/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last events, always on: one ring, written by the rooms of hv/, read by the monitor and by a
 * panic. Recording is a few stores and RDTSC (where there is one); words are made when shown.
 */
#include "lib/trace.h"
#include "lib/cpu.h"
#include "lib/string.h"
#include "lib/x86.h"

#define LINE 120

_Static_assert((TRACE_RING & (TRACE_RING - 1)) == 0, "a power of two");

struct trace_ring trace_ring;

/* An event's name, and how its three words are shown. */
static const struct {
	const char *name, *format;
} shown[] = {
	[TRACE_EXIT] = {"exit", "vector=%u error=%#x eip=%#x"},
	[TRACE_HCALL] = {"hypercall", "number=%u arg1=%#x arg2=%#x"},
	[TRACE_FAULT] = {"fault", "cr2=%#x error=%#x verdict=%u"},
	[TRACE_REFLECT] = {"reflect", "vector=%u error=%#x eip=%#x"},
	[TRACE_IRQ] = {"irq", "line=%u eip=%#x"},
	[TRACE_HOSTIRQ] = {"hostirq", "vector=%u"},
	[TRACE_SWITCH] = {"switch", ""},
	[TRACE_GUEST] = {"guest", "state=%u"},
};
_Static_assert(ARRAY_LEN(shown) == TRACE_EVENTS, "one row per event");

/* All ages are those of one moment: it takes a while until the last one is shown. */
struct moment {
	u64 tsc;
	u32 khz; /* 0: no age can be told */
};

static struct moment now(u32 khz)
{
	return (struct moment){khz ? rdtsc() : 0, khz};
}

/* Microseconds between an event and then; 0 when they cannot be told. */
static u32 age_us(const struct moment *then, u64 tsc)
{
	u64 us = then->khz && tsc ? (then->tsc - tsc) * 1000u / then->khz : 0;

	return (u32)MIN(us, UINT32_MAX);
}

static void print_one(u32 number, const struct moment *then,
		      void (*line)(void *ctx, const char *text), void *ctx)
{
	const struct trace_record *r = &trace_ring.record[number % TRACE_RING];
	char text[LINE];
	int n = snprintf(text, LINE, "#%u -%uus [%s] %s ", number, age_us(then, r->tsc),
			 r->who ? r->who : "-", shown[r->event].name);

	snprintf(text + n, LINE - (u32)n, shown[r->event].format, r->a, r->b, r->c);
	line(ctx, text);
}

static bool wanted(const struct trace_record *r, const char *who, u32 event)
{
	return (!who || (r->who && strcmp(r->who, who) == 0)) &&
	       (event == TRACE_EVENTS || r->event == event);
}

bool trace_print_of(const char *who, const char *event, u32 last, u32 khz,
		    void (*line)(void *ctx, const char *text), void *ctx)
{
	u32 end = trace_ring.next, oldest = end - MIN(end, TRACE_RING), first = end,
	    e = TRACE_EVENTS;
	const struct moment then = now(khz);

	if (event) {
		for (e = 0; e < TRACE_EVENTS && strcmp(shown[e].name, event) != 0; e++)
			;
		if (e == TRACE_EVENTS)
			return false;
	}
	while (first != oldest && last)
		last -= wanted(&trace_ring.record[--first % TRACE_RING], who, e);
	for (; first != end; first++)
		if (wanted(&trace_ring.record[first % TRACE_RING], who, e))
			print_one(first, &then, line, ctx);
	return true;
}

void trace_print(u32 last, u32 khz, void (*line)(void *ctx, const char *text), void *ctx)
{
	trace_print_of(NULL, NULL, last, khz, line, ctx);
}
