/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial line in frames (option `frames`), for a program that gives every guest a terminal of
 * its own: docs/web.md describes what is on the line. Private to this room. */
#ifndef HV_CONSOLE_FRAMES_H
#define HV_CONSOLE_FRAMES_H

#include "lib/base.h"

struct guest;

bool frames_on(void);
void frames_start(void);
/* Our own words: log, monitor, panic. */
void frames_write(const char *text, u32 len);
void frames_guest_out(const struct guest *g, const char *text, u32 len);
/* A program's command is being carried out: its lines go to the program, not to the terminal. */
bool frames_answering(void);
void frames_answer(const char *line);
/* A guest has a console now: its channel gets a name. */
void frames_name(const struct guest *g);
/* A byte from the line. */
void frames_take(char c);

#endif
