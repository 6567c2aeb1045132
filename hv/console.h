/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the console's files share, and what they offer to log, monitor, panic and end beyond
 * hv/hv.h. Private to hv/. */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include "hv/console_filter.h"
#include "lib/base.h"

struct guest;

/* Longest line that log_line() and the monitor make, with prefix and newline. */
#define CONSOLE_LINE 256

/* ---- For the rest of hv/ (console.c) ----------------------------------------------------- */

/* One whole line of ours; the newline is added. Fits the `line` callbacks (ctx is not used). */
void console_line(void *ctx, const char *text);
/* Straight to the devices, past every state, for panic() and the final words. */
void console_raw(const char *text, u32 len);
/* The same as printf. Cut at CONSOLE_LINE. */
void console_rawf(const char *fmt, ...) PRINTF(1, 2);
/* Everything that is still held, in prefixed lines; the line is free after it. */
void console_final(void);

/* ---- Between console.c, console_guest.c and monitor.c ------------------------------------- */

struct guest *console_focus(void); /* NULL: everybody */
/* Put a key into the buffer of the guest that gets the keys now. */
void console_type(char c);
void console_type_at(struct guest *g, char c); /* into this guest's */
/* Bytes of the monitor's prompt and echo; they leave the line where it is. */
void console_prompt(const char *text, u32 len);
/* The monitor has given the line back: show what was held. */
void console_monitor_closed(void);
/* monitor.c: print the prompt and what was typed so far again. */
void monitor_redraw(void);

/* The terminal (console.c). A writer is a guest, or one of these. */
#define CONSOLE_SELF   ((const void *)1) /* our log lines and the commands' results */
#define CONSOLE_PROMPT ((const void *)2) /* the monitor's line */
/* What is written next is this writer's; begin a new line unless its unfinished one is there. */
void terminal_take(const void *writer);
bool terminal_has(const void *writer); /* an unfinished line of this writer is there */
void terminal_write(const char *text, u32 len);
void terminal_end_line(void); /* the cursor goes to a line's start, which belongs to nobody */

/* One guest's side (console_guest.c). */
#define GUEST_LINE    200u
#define GUEST_BACKLOG 2048u
#define GUEST_INPUT   512u

struct byte_ring {
	u32 start, len;
};

struct console {
	struct filter lines, screen;
	char line[GUEST_LINE]; /* its unfinished line, filtered */
	u32 len, shown;	       /* how much there is, and how much of it the terminal shows */
	bool cr;	       /* a carriage return came last */
	u64 since;	       /* when the part not shown began to wait; 0: nothing waits */
	u32 lost;	       /* bytes of the backlog that were overwritten */
	struct byte_ring back, in;
	char backlog[GUEST_BACKLOG]; /* raw bytes printed while nobody could see them */
	char input[GUEST_INPUT];     /* typed, not yet taken by the guest's console device */
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
bool guest_key(struct guest *g, char c); /* false: the buffer is full */
void guest_feed(struct guest *g);	 /* offer the keys to the device */

/* log.c: say how many lines were suppressed, where that is still unsaid. */
void log_flush(void);

#endif
