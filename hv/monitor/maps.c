/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `maps`: a guest's memory slots, and what of its memory the shadow tables show the CPU now. */
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/monitor/private.h"
#include "hv/vcpu/vcpu.h"
#include "lib/string.h"

#define RUNS_MAX 64u /* lines: the serial line is slow and we wait for it */

static const char *const kind_name[] = {
	[SLOT_RAM] = "ram", [SLOT_WINDOW] = "window", [SLOT_DEVICE] = "device"};
static const char *const cache_name[] = {
	[CACHE_WB] = "wb", [CACHE_WT] = "wt", [CACHE_WC] = "wc", [CACHE_UC] = "uc"};
_Static_assert(ARRAY_LEN(kind_name) == SLOT_DEVICE + 1, "one name per kind of slot");
_Static_assert(ARRAY_LEN(cache_name) == CACHE_UC + 1, "one name per type of cache");

struct maps {
	void (*line)(void *ctx, const char *text);
	void *ctx;
	u32 runs;
	u64 pages;
};

static void say(struct maps *m, const char *fmt, ...) PRINTF(2, 3);
static void say(struct maps *m, const char *fmt, ...)
{
	char text[CONSOLE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	m->line(m->ctx, text);
}

static void show_run(void *ctx, gva_t va, u32 pages, u64 entry)
{
	struct maps *m = ctx;

	m->pages += pages;
	if (m->runs++ < RUNS_MAX)
		say(m, "shadow va=%08x pages=%u entry=%#llx %c%c%s", va, pages,
		    (unsigned long long)entry, entry & PTE_W ? 'w' : 'r', entry & PTE_U ? 'u' : 's',
		    entry & PTE_NX ? " nx" : "");
}

/* Pages that are somewhere. */
static u32 places(const struct slot *s)
{
	u32 n = 0;

	for (u32 i = 0; i < s->pages; i++)
		n += s->place[i].n != 0;
	return n;
}

void maps_print(const struct guest *g, void (*line)(void *ctx, const char *text), void *ctx)
{
	struct maps m = {line, ctx, 0, 0};

	for (u32 i = 0; i < g->mem.slots; i++) {
		const struct slot *s = &g->mem.slot[i];

		say(&m, "slot %u gpa=%08x size=%08x kind=%s cache=%s ops=%s", i,
		    s->base << PAGE_SHIFT, s->pages << PAGE_SHIFT, kind_name[s->kind],
		    cache_name[s->cache], s->ops && s->ops->name ? s->ops->name : "-");
		if (s->kind == SLOT_DEVICE)
			say(&m, "slot %u placed=%u in=%s mapped=%u", i, places(s),
			    s->ram ? "ram" : "device", s->mapped);
	}
	if (!g->vcpu || !g->vcpu->shadow) {
		say(&m, "%s has no shadow tables: it is %s", g->name, guest_state_name[g->state]);
		return;
	}
	shadow_walk(g->vcpu->shadow, show_run, &m);
	if (m.runs > RUNS_MAX)
		say(&m, "shadow and %u runs more", m.runs - RUNS_MAX);
	say(&m, "shadow runs=%u pages=%llu tables=%u roots=%u mode=%s", m.runs,
	    (unsigned long long)m.pages, shadow_stats(g->vcpu->shadow)->tables,
	    shadow_stats(g->vcpu->shadow)->roots,
	    shadow_linear(g->vcpu->shadow) ? "linear" : "paged");
}
