/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial line in frames (option `frames`), for a program that gives every guest a terminal of
 * its own: docs/web.md describes what is on the line. Private to this room. */
#ifndef HV_CONSOLE_FRAMES_H
#define HV_CONSOLE_FRAMES_H

#include "lib/base.h"

struct guest;

#define FRAMES_ESCAPE  0x10 /* DLE */
#define FRAMES_SELF    '@'  /* log and monitor */
#define FRAMES_PROGRAM '!'  /* commands of a program, and the answers */
#define FRAMES_GUESTS  'A'  /* the first guest's, the next letter is the second's and so on */

/* ---- To the line (frames.c) ---------------------------------------------------------------- */

bool frames_on(void);
void frames_start(void);
/* Our own words: log, monitor, panic. */
void frames_write(const char *text, u32 len);
void frames_guest_out(const struct guest *g, const char *text, u32 len);
/* A guest has a console now: its channel gets a name. */
void frames_name(const struct guest *g);
/* A program's command is carried out between these two: its lines go to the program. */
void frames_answer_begin(void);
void frames_answer_end(const char *command);
bool frames_answering(void);
void frames_answer(const char *line);

/* ---- From the line (frames_keys.c) --------------------------------------------------------- */

/* A byte. True: it is a key that some guest has got. */
bool frames_take(char c);

#endif
