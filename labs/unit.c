/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test of a lab gets: log lines go to the test's output, panic() ends it. */
#include "lib/log.h"

#include <stdio.h>
#include <stdlib.h>

void log_line(enum log_level level, const char *tag, const char *fmt, ...)
{
	va_list ap;

	(void)level;
	printf("[%s] ", tag ? tag : "ringone");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	printf("panic: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	exit(1);
}
