/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a guest died, or what it is doing: its state in words, by lines. Everything here only reads:
 * no flag of the guest's tables changes, no device is asked, so it serves a guest in any state. For
 * the core (hv/) and the monitor.
 */
#ifndef HV_WHY_WHY_H
#define HV_WHY_WHY_H

#include "lib/base.h"

struct guest;
struct vcpu;

typedef void why_line_fn(void *ctx, const char *text);

#define WHY_LINES 40u /* a report has no more */

/* report.c: the whole report. Of a guest that is gone, what was said when it went, if that is still
 * kept. */
void why_print(const struct guest *g, why_line_fn *line, void *ctx);
/* Of a guest that failed, say it on the console, a line at a time as a slow serial line has room.
 * Called again and again from the run loop, before anything the guest holds is released; true: all
 * is said. */
bool why_report(const struct guest *g);

/* inspect.c: parts of it. `g` must have a CPU. */
void why_registers(const struct guest *g, why_line_fn *line, void *ctx);
void why_backtrace(const struct guest *g, u32 frames, why_line_fn *line, void *ctx);
void why_walk(const struct guest *g, gva_t va, why_line_fn *line, void *ctx);
void why_peek(const struct guest *g, gva_t va, u32 bytes, why_line_fn *line, void *ctx);
/* Bytes at an address of the guest's, through its current tables; how many of len are RAM. */
u32 why_read(const struct guest *g, gva_t va, void *to, u32 len);

#endif
