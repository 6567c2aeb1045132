/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One guest's side of the console: what guest_side.c keeps of it. Private to this room. */
#ifndef HV_CONSOLE_GUEST_SIDE_H
#define HV_CONSOLE_GUEST_SIDE_H

#include "hv/console/filter.h"
#include "hv/console/terminal.h"

struct guest;

#define GUEST_LINE    200u
#define GUEST_BACKLOG 2048u
#define GUEST_INPUT   512u
#define GUEST_RECENT  512u
_Static_assert(FILTER_SEQUENCE <= GUEST_LINE, "the longest sequence that passes fits a line");

struct byte_ring {
	u32 start, len;
};

struct console {
	struct filter lines, screen;
	struct terminal_writer as; /* how the terminal knows it */
	char line[GUEST_LINE];	   /* its unfinished line, filtered */
	u32 len;
	bool cr;   /* a carriage return came last */
	u64 since; /* when the part not shown began to wait; 0: nothing waits */
	u32 lost;  /* bytes of the backlog that were overwritten */
	struct byte_ring back, in;
	char backlog[GUEST_BACKLOG]; /* raw bytes printed while nobody could see them */
	char input[GUEST_INPUT];     /* typed, not yet taken by the guest's console device */
	u32 recent_len;		     /* bytes that ever went into `recent` */
	char recent[GUEST_RECENT];   /* the last raw bytes, a ring, whether they were seen or not */
};

/* Show raw bytes: as prefixed lines, or as they are when `focused`. */
void guest_show(struct guest *g, const char *text, u32 len, bool focused);
/* Show the unfinished line although it is unfinished; does nothing when it is shown already. */
void guest_show_partial(struct guest *g, bool focused);
/* Keep bytes for later. Returns how many went in; with `overwrite` all do and old ones go. */
u32 guest_hold(struct guest *g, const char *text, u32 len, bool overwrite);
/* Show what was kept. */
void guest_drain(struct guest *g, bool focused);
/* Finish the unfinished line, if any of it is or must be shown. */
void guest_finish_line(struct guest *g);
/* The terminal's line was taken away: what was shown has to be shown again. */
void guest_line_taken(struct guest *g);
/* recent.c: note what it prints, for console_recent() */
void guest_remember(struct console *con, const char *text, u32 len);
bool guest_key(struct guest *g, char c); /* false: the buffer is full */
bool guest_key_room(const struct guest *g);
void guest_feed(struct guest *g); /* offer the keys to the device */

#endif
