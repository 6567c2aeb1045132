/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: the hypervisor's options and the guests, from the boot loader's command
 * lines. Three steps: read each line by itself (config_line.c), connect the names on them
 * (config_link.c), drop the guests with an error and close the gaps.
 *
 * The caller owns the struct config. Nothing points into the parser after config_parse().
 */
#include "hv/config/parse.h"
#include "lib/string.h"

#define MESSAGE 320

static const char *const role_noun[] = {
	[LINE_KERNEL] = "guest ",
	[LINE_INITRD] = "initrd of ",
	[LINE_DISK] = "disk ",
};

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

/* Guests keep their order; a guest whose line is bad disappears. */
static void drop_bad(struct parse *p)
{
	struct config *c = p->c;
	u32 kept = 0;

	for (u32 i = 0; i < p->b->modules; i++) {
		struct config_line *l = &p->line[i];

		if (!l->guest || l->bad)
			continue;
		if (l->guest != &c->guest[kept])
			c->guest[kept] = *l->guest;
		kept++;
	}
	memset(&c->guest[kept], 0, (GUESTS_MAX - kept) * sizeof(c->guest[0]));
	c->guests = kept;
}

static void check_focus(struct parse *p)
{
	struct config *c = p->c;

	if (!c->opt.focus[0])
		return;
	for (u32 i = 0; i < c->guests; i++)
		if (strcmp(c->guest[i].name, c->opt.focus) == 0)
			return;
	config_option_error(p, "focus=%s: there is no such guest; nobody has the focus",
			    c->opt.focus);
	memset(c->opt.focus, 0, sizeof(c->opt.focus));
}

void config_parse(struct config *c, const struct boot_info *b, config_error_fn *error, void *ctx)
{
	struct parse p = {.c = c, .b = b, .error = error, .ctx = ctx};

	memset(c, 0, sizeof(*c));
	config_options(&p);
	config_lines(&p);
	config_link(&p);
	drop_bad(&p);
	check_focus(&p);
}
