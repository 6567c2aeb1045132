/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of the report, which is shown if it is among those that are wanted. */
#include "hv/report/private.h"
#include "hv/report/report.h"
#include "lib/string.h"

void report_line(struct report *r, const char *fmt, ...)
{
	char text[REPORT_COLUMNS + 1];
	u32 n = r->at++;
	va_list ap;

	if (n < r->from || n >= r->to)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->line(text);
}
