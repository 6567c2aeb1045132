/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a command line, told in a way that names the module and the key. */
#include "hv/config/parse.h"
#include "lib/string.h"

#define MESSAGE 320

static const char *const role_noun[] = {
	[LINE_KERNEL] = "guest ",
	[LINE_INITRD] = "initrd of ",
	[LINE_DISK] = "disk ",
};
_Static_assert(ARRAY_LEN(role_noun) == LINE_DISK + 1, "one noun per role");

static void report(struct parse *p, const char *text)
{
	p->c->errors++;
	p->error(p->ctx, text);
}

void config_line_error(struct parse *p, struct config_line *l, const char *fmt, ...)
{
	char text[MESSAGE];
	u32 number = (u32)(l - p->line) + 1;
	bool named = l->role != LINE_NONE && l->name[0];
	int n;
	va_list ap;

	n = snprintf(text, sizeof(text), "module %u", number);
	if (l->file[0] || named)
		n += snprintf(text + n, sizeof(text) - (u32)n, " (%s%s%s%s)", l->file,
			      l->file[0] && named ? ", " : "", named ? role_noun[l->role] : "",
			      named ? l->name : "");
	n += snprintf(text + n, sizeof(text) - (u32)n, ": ");
	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - (u32)n, fmt, ap);
	va_end(ap);
	l->bad = true;
	report(p, text);
}

void config_option_error(struct parse *p, const char *fmt, ...)
{
	char text[MESSAGE];
	int n = snprintf(text, sizeof(text), "option ");
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - (u32)n, fmt, ap);
	va_end(ap);
	report(p, text);
}
