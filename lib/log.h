/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log lines and the end of the road. Lower rooms call these; hv/ implements them (the unit
 * tests have an implementation of their own). One event per line: "[tag] text key=value". */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include "lib/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Write one line. tag: a guest's name, or NULL for the hypervisor itself. No newline in fmt. */
void log_line(enum log_level level, const char *tag, const char *fmt, ...) PRINTF(3, 4);

/* A bug of ours. Prints registers, a symbolised backtrace and the last trace events, then
 * stops or reboots as configured. Never reached from guest input. */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);

#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (cond)                                                     \
			panic("BUG at %s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)

#endif
