/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one serial line, the text screen and the keyboard, shared by our log, a prompt and all
 * guests; and the picture that guests with a display share. For the rooms of hv/ above this one;
 * its own files share terminal.h and guest_side.h.
 */
#ifndef HV_CONSOLE_CONSOLE_H
#define HV_CONSOLE_CONSOLE_H

#include "lib/base.h"
#include "lib/log.h"

struct framebuffer_info;
struct guest;

/* Longest line that log_line() and the monitor make, with prefix and newline. */
#define CONSOLE_LINE LOG_LINE

/* ---- Our own words (terminal.c, console.c) ------------------------------------------------- */

void console_init(void); /* as the options say; before it boot/'s port serves */
/* The text screen as the options say: all of its rows, memory for what scrolls away, a status line.
 * Once there is memory. */
void console_screen_open(void);
/* Guests run from now on, which do not wait for the screen: until then all is drawn at once. */
void console_running(void);
void console_screen(bool on);		       /* show our words on the text screen, too */
void console_write(const char *text, u32 len); /* "\n" lines */
/* One whole line of ours; the newline is added. Fits the `line` callbacks (ctx is not used). */
void console_line(void *ctx, const char *text);
/* Until it is called with NULL, such lines go there instead. */
void console_capture(void (*line)(void *ctx, const char *text), void *ctx);
/* Straight to the devices, past every state, for a panic and the final words. */
void console_raw(const char *text, u32 len);
/* The same as printf. Cut at CONSOLE_LINE. */
void console_rawf(const char *fmt, ...) PRINTF(1, 2);
/* Everything that is still held, in prefixed lines; the line is free after it. */
void console_final(void);

/* ---- Guests (console.c) -------------------------------------------------------------------- */

MUST_CHECK enum hv_status console_guest_open(struct guest *g); /* buffers from g->arena */
void console_guest_close(struct guest *g); /* print the rest; safe if not open */
void console_guest_out(struct guest *g, const char *text, u32 len);
/* Of how many bytes console_guest_out() can dispose now without waiting for a slow line. */
u32 console_guest_room(const struct guest *g);
/* The last lines of a guest, at most n, made printable (recent.c). */
void console_recent(const struct guest *g, u32 n, void (*line)(void *ctx, const char *text),
		    void *ctx);
/* May a whole line of ours be written now without waiting for a slow serial line? */
bool console_line_room(void);
struct guest *console_focus(void); /* who has the whole console; NULL: everybody, by lines */

/* ---- Who is heard and seen (focus.c, keys.c) ------------------------------------------------ */

/* NULL: everybody, with prefixes. Its display, if it has one, is shown. False: g does not run. */
bool console_set_focus(struct guest *g);
/* Take input, serve the prompt's keys, feed the guests. True: more has come in than is taken at
 * once. */
bool console_poll(void);
/* Type a key at the guest that gets the keys now. */
void console_type(char c);

/* ---- A prompt over all of this (console.c): the monitor's ----------------------------------- */

struct prompt_ops {
	void (*open)(void);	 /* Ctrl-A was pressed */
	void (*key)(char c);	 /* one more while the prompt is open */
	void (*redraw)(void);	 /* print the prompt and what was typed so far again */
	void (*run)(char *line); /* carry out a program's command; it may be changed */
};
void console_prompt_hook(const struct prompt_ops *ops); /* once, at boot */
void console_prompt_set(bool open);
bool console_prompt_open(void);
bool console_prompt_key(char c); /* is it the prompt's, or does it open the prompt? It is told. */
void console_prompt_run(char *line);
/* The prompt has given the line back: show what was held. */
void console_prompt_closed(void);
/* Bytes of the prompt and its echo; they leave the line where it is. */
void console_prompt(const char *text, u32 len);

/* ---- The screen that guests with a display share (screen.c, focus.c) ------------------------ */

void screen_init(const struct framebuffer_info *loader); /* when some guest is to have a display */
const char *screen_refusal(void);			 /* why a display could not be made */
void screen_started(struct guest *g);
bool screen_focus(struct guest *g); /* show its display, if it has one */
struct guest *screen_guest(void);   /* who is seen; NULL: nobody */
/* The next display, or the n-th (1..); the serial line goes with it when a guest has it. */
void screen_turn(void);
void screen_select(u32 n);
/* Turn n times, every few milliseconds. */
void screen_burst(u32 n);

#endif
