/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the monitor offer each other. Private to this room. */
#ifndef HV_MONITOR_PRIVATE_H
#define HV_MONITOR_PRIVATE_H

struct guest;

/* Cut the next word off *line, and leave what is behind it. NULL: there is none. */
char *monitor_word(char **line);

/* A command: the guest that was named, if any, and the word or the rest of the line; NULL: not
 * given. */
typedef void monitor_fn(struct guest *g, const char *word);

/* inside.c: commands that look into a guest. */
monitor_fn cmd_why, cmd_regs, cmd_walk, cmd_peek, cmd_trace;

/* maps.c: line by line */
void maps_print(const struct guest *g, void (*line)(void *ctx, const char *text), void *ctx);

#endif
