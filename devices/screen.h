/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one screen that all displays share (screen.c). For hv/'s console and monitor. */
#ifndef DEVICES_SCREEN_H
#define DEVICES_SCREEN_H

#include "lib/base.h"

struct bus;
struct framebuffer_info;
/* Find the machine's screen, before the first display; its name, NULL: there is none to share. */
const char *screen_find(const struct framebuffer_info *loader);
/* Let this guest be seen. False: it has no display. */
bool screen_show(const struct bus *b);
/* The bus whose display is seen; the one after it, in turn; the n-th (0..). NULL: none. */
const struct bus *screen_shown(void);
const struct bus *screen_next(void);
const struct bus *screen_nth(u32 n);
u32 screen_switches(void);

#endif
