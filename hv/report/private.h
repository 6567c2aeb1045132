/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the report offer each other. Private to this room. */
#ifndef HV_REPORT_PRIVATE_H
#define HV_REPORT_PRIVATE_H

#include "lib/base.h"

/* Which of the lines are shown, and where. */
struct report {
	u32 from, to; /* lines */
	u32 at;	      /* the next one's number */
	void (*line)(const char *text);
};

/* One line, of at most REPORT_COLUMNS characters. */
void report_line(struct report *r, const char *fmt, ...) PRINTF(2, 3);

void report_cpu(struct report *r);	 /* cpu.c */
void report_functions(struct report *r); /* pci.c */

#endif
