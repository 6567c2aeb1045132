/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person may ask of the hypervisor while guests run. For the core (hv/). */
#ifndef HV_MONITOR_MONITOR_H
#define HV_MONITOR_MONITOR_H

struct guest;

/* Carry out one line of text; it is taken apart in place. */
void monitor_command(char *line);

/* prompt.c: from now on Ctrl-A opens the prompt. */
void monitor_init(void);

/* statistics.c: a guest's counts as lines "stats key=value ..."; docs/monitor.md lists them. */
void stats_print(const struct guest *g, void (*line)(void *ctx, const char *text), void *ctx);

#endif
