/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between monitor.c (the prompt) and monitor_commands.c (what can be typed there). */
#ifndef HV_MONITOR_MONITOR_H
#define HV_MONITOR_MONITOR_H

/* Carry out one typed line; it is taken apart in place. Prints its results or what is wrong. */
void monitor_run(char *line);

#endif
