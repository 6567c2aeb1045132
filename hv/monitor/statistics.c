/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's statistics as lines "stats key=value ...", for people and for the tests; whoever prints
 * them puts the guest's name in front. The
 * keys are listed in docs/monitor.md. Nothing here is counted twice: every number is read where
 * it is kept.
 */
#include "hv/guest/guest.h"
#include "hv/monitor/monitor.h"
#include "hv/time/time.h"
#include "hv/vcpu/vcpu.h"
#include "lib/string.h"

#define LINE 220

static const char head[] = "stats";

/* A line that is sent and begun anew when the next pair does not fit. */
struct pairs {
	char text[LINE];
	u32 len;
	void (*line)(void *ctx, const char *text);
	void *ctx;
};

static void send(struct pairs *p)
{
	if (p->len > strlen(head))
		p->line(p->ctx, p->text);
	p->len = (u32)snprintf(p->text, LINE, "%s", head);
}

static void pair(struct pairs *p, const char *group, const char *name, u64 value)
{
	char word[64];
	u32 n = (u32)snprintf(word, sizeof(word), " %s.%s=%llu", group, name,
			      (unsigned long long)value);

	if (p->len + n + 1 > LINE)
		send(p);
	memcpy(p->text + p->len, word, n + 1);
	p->len += n;
}

static void exits(struct pairs *p, const struct vcpu_stats *s)
{
	u64 total = 0;

	for (u32 i = 0; i < EXIT_REASONS; i++) {
		pair(p, "exits", exit_reason_name[i], s->exits[i]);
		total += s->exits[i];
	}
	pair(p, "exits", "total", total);
	pair(p, "exits", "before_user", s->first_user_exits);
	send(p);
}

static void exit_times(struct pairs *p, const struct vcpu_stats *s)
{
	u64 total = 0;

	for (u32 i = 0; i < EXIT_REASONS; i++) {
		if (s->exit_ns[i])
			pair(p, "exit_us", exit_reason_name[i], s->exit_ns[i] / 1000u);
		total += s->exit_ns[i];
	}
	pair(p, "exit_us", "total", total / 1000u);
	send(p);
}

static void hypercalls(struct pairs *p, const struct vcpu_stats *s)
{
	for (u32 i = 0; i < HC_COUNT; i++)
		if (s->hypercalls[i])
			pair(p, "hypercall", hypercall_name(i), s->hypercalls[i]);
	send(p);
}

static u64 per_mille(u64 part, u64 whole)
{
	return whole ? MIN(part, whole) * 1000u / whole : 0;
}

static void time_share(struct pairs *p, const struct guest *g, const struct vcpu_stats *s)
{
	u64 ran = g->run_ns;

	pair(p, "time", "run_us", ran / 1000u);
	if (g->state == GUEST_RUNNING || g->state == GUEST_PAUSED)
		pair(p, "time", "per_mille", per_mille(ran, now_ns() - g->started_ns));
	if (s) {
		pair(p, "irqs", "delivered", s->irqs_delivered);
		pair(p, "irqs", "deferred", s->irqs_deferred);
	}
	pair(p, "guest", "restarts", g->restarts);
	send(p);
}

static void memory(struct pairs *p, const struct guest *g)
{
	pair(p, "memory", "frames", g->owner.frames);
	pair(p, "memory", "ram", g->mem.ram_pages);
	pair(p, "memory", "overhead",
	     g->owner.frames > g->mem.ram_pages ? g->owner.frames - g->mem.ram_pages : 0);
	send(p);
}

static void shadow(struct pairs *p, const struct shadow_stats *s)
{
	const struct {
		const char *name;
		u32 value;
	} row[] = {
		{"fills", s->fills},	     {"prefills", s->prefills}, {"shows", s->shows},
		{"reflects", s->reflects},   {"window", s->window},	{"drops", s->drops},
		{"evictions", s->evictions}, {"recycles", s->recycles}, {"tables", s->tables},
		{"roots", s->roots},
	};

	for (u32 i = 0; i < ARRAY_LEN(row); i++)
		pair(p, "shadow", row[i].name, row[i].value);
	send(p);
}

void stats_print(const struct guest *g, void (*line)(void *ctx, const char *text), void *ctx)
{
	struct pairs p = {.line = line, .ctx = ctx};
	const struct vcpu *v = g->vcpu; /* NULL: not started, or gone already */

	send(&p);
	if (v) {
		exits(&p, &v->stats);
		if (v->timed)
			exit_times(&p, &v->stats);
		hypercalls(&p, &v->stats);
	}
	time_share(&p, g, v ? &v->stats : NULL);
	memory(&p, g);
	if (v && v->shadow)
		shadow(&p, shadow_stats(v->shadow));
}
