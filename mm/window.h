/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between mm/host.c, which makes the tables, and mm/window.c. Private to the two. */
#ifndef MM_WINDOW_H
#define MM_WINDOW_H

#include "mm/paging.h"

/* `table` is the last-level table, in format `fmt`, of the address WINDOW_BASE. */
void window_init(const struct pt_format *fmt, void *table);

#endif
