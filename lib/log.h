/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines and the end of the road. For every room. One event per line: "[tag] text key=value".
 * What this needs of higher rooms they hook in; before they do, lines go nowhere. The unit tests
 * have an implementation of their own.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include "lib/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

#define LOG_LINE    256 /* the longest line, with its prefix and newline, bytes */
#define LOG_TAG_MAX 16	/* a tag, with its ending 0 */
#define LOG_TAGS    32	/* how many different ones there can be */

/* Write one line. tag: a guest's name, or NULL for the hypervisor itself. No newline in fmt. Never
 * fails; a tag that has too many lines loses some, and their number is said. */
void log_line(enum log_level level, const char *tag, const char *fmt, ...) PRINTF(3, 4);

/* Say how many lines were lost, where that is still unsaid. */
void log_flush(void);

/* A bug of ours. Prints registers, a symbolised backtrace and the last trace events, then
 * stops or reboots as configured. Never reached from guest input. */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);

#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (cond)                                                     \
			panic("BUG at %s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)

/* What a higher room does for this one. */
struct log_ops {
	void (*write)(const char *text, u32 len); /* one whole line, printable, "\n" at its end */
	u64 (*now_ns)(void);			  /* any clock that goes forward */
	/* From panic(): the address it was called from, and the EBP of that frame. Does not return.
	 */
	void (*stop)(u32 eip, u32 ebp, const char *fmt, va_list ap);
};

/* Once, at boot. */
void log_hook(const struct log_ops *ops);
/* Lines above this level are dropped; LOG_INFO at first. */
void log_set_level(enum log_level level);

#endif
