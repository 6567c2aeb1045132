/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What console.c offers to log, monitor, panic and end, beyond hv/hv.h. Private to hv/. */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include "lib/base.h"

struct guest;

/* Longest line that log_line() and the monitor make, with prefix, without the newline. */
#define CONSOLE_LINE 256

/* One whole line of ours; the newline is added. Fits the `line` callbacks (ctx is not used). */
void console_line(void *ctx, const char *text);
/* Straight to the devices, past every state, for panic() and the final words. */
void console_raw(const char *text, u32 len);
/* The same as printf, for panic() and the final words. Cut at CONSOLE_LINE. */
void console_rawf(const char *fmt, ...) PRINTF(1, 2);
/* Put a byte into the buffer of the guest that now gets the keys. */
void console_type(char c);
struct guest *console_focus(void); /* NULL: everybody */
/* The monitor has given the line back: show what was held. */
void console_monitor_closed(void);
/* Bytes of the monitor's prompt and echo; they leave the line where it is. */
void console_prompt(const char *text, u32 len);

/* log.c: say how many lines were suppressed, where that is still unsaid. */
void log_flush(void);

#endif
