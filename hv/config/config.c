/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: the hypervisor's options and the guests, from the boot loader's command
 * lines. Three steps: read each line by itself (line.c), connect the names on them
 * (link.c), drop the guests with an error and close the gaps.
 *
 * The caller owns the struct config. Nothing points into the parser after config_parse().
 */
#include "hv/config/parse.h"
#include "lib/string.h"

struct config config;

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
