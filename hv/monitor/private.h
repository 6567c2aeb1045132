/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between prompt.c and commands.c. Private to this room. */
#ifndef HV_MONITOR_PRIVATE_H
#define HV_MONITOR_PRIVATE_H

/* Carry out one typed line; it is taken apart in place. Prints its results or what is wrong. */
void monitor_run(char *line);

#endif
