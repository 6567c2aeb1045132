/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the monitor offer each other. Private to this room. */
#ifndef HV_MONITOR_PRIVATE_H
#define HV_MONITOR_PRIVATE_H

/* Carry out one typed line; it is taken apart in place. Prints its results or what is wrong. */
void monitor_run(char *line);

struct guest;
/* maps.c: line by line */
void maps_print(const struct guest *g, void (*line)(void *ctx, const char *text), void *ctx);

#endif
