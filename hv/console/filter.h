/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a guest's console bytes may reach the terminal. Everything a guest prints goes through
 * one of the two filters; both are pure state machines. Private to this room.
 *
 * Lines: for output behind a "[name] " prefix. Only printable ASCII, well-formed UTF-8, newline,
 * tab and backspace come out; escape sequences disappear, other bytes become '?'.
 *
 * Screen: for the guest that has the whole terminal. Escape sequences that only draw pass, as does
 * well-formed UTF-8; those that make a terminal answer with text of the guest's choice, print, or
 * change its title or window do not. A line cannot begin with "ringone:" or "(ringone)".
 */
#ifndef HV_CONSOLE_FILTER_H
#define HV_CONSOLE_FILTER_H

#include "hv/console/row.h"
#include "lib/base.h"

#define FILTER_SEQUENCE 32u /* longest escape sequence that passes */
#define FILTER_LINE	5u  /* most that one byte can bring out as line text */

enum filter_state { FILTER_TEXT, FILTER_ESC, FILTER_CSI, FILTER_CHARSET, FILTER_STRING };

struct filter {
	enum filter_state state;
	u8 len;
	u8 have, need;	 /* bytes of a character of UTF-8; need 0: outside of one */
	u8 low, high;	 /* what its next byte may be */
	u8 character[4]; /* comes out when it is complete */
	char sequence[FILTER_SEQUENCE];
	struct row row;
};

/* The first byte of a character of several? Those behind it are 80 to BF. */
static inline bool utf8_begins(char c)
{
	return (u8)c >= 0xc0;
}

static inline bool utf8_goes_on(char c)
{
	return ((u8)c & 0xc0u) == 0x80;
}

/* Feed one byte; returns how many bytes of `out` to show as line text: whole characters. */
u32 filter_line(struct filter *f, char c, char out[FILTER_LINE]);
/* Feed one byte; returns how many bytes of `out` to show. */
u32 filter_screen(struct filter *f, char c, char out[FILTER_SEQUENCE]);

#endif
