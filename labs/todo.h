/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function says that is still to be written. For the files of the hypervisor that labs/cut
 * has cut; it includes this header behind all others, so the compiler does not complain of what the
 * missing bodies would use.
 */
#ifndef LABS_TODO_H
#define LABS_TODO_H

#include "lib/log.h"
#include "lib/x86.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-macros"

/* Once, on the console. */
#define LAB_TODO(lab, function)                                                     \
	do {                                                                        \
		static bool said;                                                   \
		if (!said)                                                          \
			log_line(LOG_ERROR, NULL,                                   \
				 "lab " lab ": " function "() is not written yet"); \
		said = true;                                                        \
	} while (0)

/* For what runs before there is a console: to the first serial port, byte by byte. */
static inline void lab_todo_early(const char *text)
{
	while (*text) {
		for (unsigned i = 0; i < 100000 && !(inb(0x3fd) & 0x20); i++)
			;
		outb(0x3f8, (u8)*text++);
	}
}

#define LAB_TODO_EARLY(lab, function)                                                         \
	do {                                                                                  \
		static bool said;                                                             \
		if (!said)                                                                    \
			lab_todo_early("lab " lab ": " function "() is not written yet\r\n"); \
		said = true;                                                                  \
	} while (0)

#endif
