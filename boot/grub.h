/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What GRUB 2 does to a command line, undone. Pure text. Private to boot/. */
#ifndef BOOT_GRUB_H
#define BOOT_GRUB_H

#include "lib/base.h"

/* Does this name, which a loader gives itself, stand for one that quotes as GRUB 2 does? */
bool grub2_quotes(const char *loader);

/* Turn a line that GRUB 2 handed over into the one that was meant, in place; it never gets
 * longer. See grub.c. */
void grub2_unquote(char *line);

#endif
