/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The colours that a terminal writes in. For textwrite.c. */
#ifndef DEVICES_HOST_TEXTCOLOURS_H
#define DEVICES_HOST_TEXTCOLOURS_H

#include "lib/base.h"

struct colours {
	u8 ink, paper; /* as the VGA counts them */
	bool bright, reverse;
};

void colours_plain(struct colours *c);
/* What a sequence with these numbers selects. */
void colours_select(struct colours *c, const u32 *number, u32 count);
u8 colours_attribute(const struct colours *c);

#endif
