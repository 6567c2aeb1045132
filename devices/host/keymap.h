/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed on the keys of a keyboard, by country. For the keyboard's driver and the option
 * keymap=. */
#ifndef DEVICES_HOST_KEYMAP_H
#define DEVICES_HOST_KEYMAP_H

#include "lib/base.h"

struct keymap;
enum keymap_level { KEYMAP_PLAIN, KEYMAP_SHIFT, KEYMAP_ALTGR };

#define KEYMAP_NAMES \
	"us, uk, de, fr, es, it, pt, be, ch, se, fi, no, dk, pl, cz, hu, latam or dvorak"

const struct keymap *keymap_find(const char *name); /* NULL: there is none of this name */
bool keymap_has_altgr(const struct keymap *m);	    /* some key writes more with it */
/* The character (Unicode) of a key by its scan code of set 1; 0: it has none. */
u32 keymap_character(const struct keymap *m, u8 code, enum keymap_level level);

#endif
