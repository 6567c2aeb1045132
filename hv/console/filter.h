/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a guest's console bytes may reach the terminal. Everything a guest prints goes through
 * one of the two filters; both are pure state machines. Private to this room.
 *
 * Lines: for output behind a "[name] " prefix. Only printable ASCII, newline, tab and backspace
 * come out; escape sequences disappear, other bytes become '?'.
 *
 * Screen: for the guest that has the whole terminal. Escape sequences that only draw pass, as do
 * bytes of UTF-8; those that make a terminal answer with text of the guest's choice, print, or
 * change its title or window do not. A line cannot begin with "ringone:" or "(ringone)".
 */
#ifndef HV_CONSOLE_FILTER_H
#define HV_CONSOLE_FILTER_H

#include "hv/console/row.h"
#include "lib/base.h"

#define FILTER_SEQUENCE 32u /* longest escape sequence that passes */

enum filter_state { FILTER_TEXT, FILTER_ESC, FILTER_CSI, FILTER_CHARSET, FILTER_STRING };

struct filter {
	enum filter_state state;
	u8 len;
	u8 more;     /* bytes of a UTF-8 character still to come */
	bool hidden; /* they are not to be shown */
	char sequence[FILTER_SEQUENCE];
	struct row row;
};

/* Feed one byte; returns the byte to be shown as line text, or 0 for nothing. */
char filter_line(struct filter *f, char c);
/* Feed one byte; returns how many bytes of `out` to show. */
u32 filter_screen(struct filter *f, char c, char out[FILTER_SEQUENCE]);

#endif
