/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware breakpoints and watchpoints: gdb's Z1 to Z4 dealt out to the four debug registers, which
 * a watched guest has for itself (SDM vol. 3, 17.2). What is longer than a register watches, or
 * lies across its boundary, takes several. Those that are left are lent to other breakpoints.
 */
#include "hv/gdb/private.h"
#include "lib/log.h"
#include "lib/string.h"

#define LENGTH_MAX 16u /* what four registers can watch */

static const struct {
	u8 access; /* R/W of DR7 */
	const char *reason;
} kinds[] = {
	[POINT_EXECUTE] = {0, NULL},
	[POINT_WRITE] = {1, "watch"},
	[POINT_READ] = {3, "rwatch"}, /* there is none without writes: gdb sorts them out */
	[POINT_ACCESS] = {3, "awatch"},
};

bool points_usable(void)
{
	static enum { ASK, USABLE, MISSING } hardware;

	if (hardware == ASK)
		hardware = debug_usable() ? USABLE : MISSING;
	return hardware == USABLE;
}

void points_load(struct guest *g)
{
	const struct debugged *d = debugged(g);
	struct vcpu *v = g->vcpu;

	v->dr7 = 0;
	for (u32 i = 0; i < DEBUG_POINTS; i++) {
		const struct point *p = &d->point[i];

		if (!p->kind)
			continue;
		v->dr[i] = p->va;
		v->dr7 |= BIT(2 * i) | (kinds[p->kind].access | (p->len - 1u) << 2) << (16 + 4 * i);
	}
}

static void update(struct guest *g)
{
	points_load(g);
	g->vcpu->selectors_dirty |= CHECK_WATCH;
}

u32 points_free(const struct guest *g)
{
	u32 n = 0;

	for (u32 i = 0; points_usable() && i < DEBUG_POINTS; i++)
		n += !debugged(g)->point[i].kind;
	return n;
}

void point_borrow(struct guest *g, gva_t va)
{
	struct vcpu *v = g->vcpu;
	u32 i = 0;

	while (v->dr7 & BIT(2 * i))
		i++;
	BUG_ON(i >= DEBUG_POINTS);
	v->dr[i] = va;
	v->dr7 |= BIT(2 * i);
}

static bool same(const struct point *p, u32 kind, gva_t va, u32 len)
{
	return p->kind == kind && p->asked_va == va && p->asked_len == len;
}

void point_clear(struct guest *g, enum point_kind kind, gva_t va, u32 len)
{
	struct debugged *d = debugged(g);

	for (u32 i = 0; i < DEBUG_POINTS; i++)
		if (same(&d->point[i], kind, va, len))
			d->point[i].kind = 0;
	update(g);
}

static struct point *find_free(struct debugged *d)
{
	for (u32 i = 0; i < DEBUG_POINTS; i++)
		if (!d->point[i].kind)
			return &d->point[i];
	return NULL;
}

/* How much one register watches from here on: 1, 2 or 4 bytes, aligned. */
static u32 piece(gva_t va, u32 len)
{
	return len >= 4 && !(va & 3) ? 4 : len >= 2 && !(va & 1) ? 2 : 1;
}

/* The switcher's pages are no business of a guest's, and a fault of ours there would be its end. */
bool point_set(struct guest *g, enum point_kind kind, gva_t va, u32 len)
{
	struct debugged *d = debugged(g);
	u32 n;

	if (!len || len > LENGTH_MAX || va > SWITCHER_BASE - len)
		return false;
	point_clear(g, kind, va, len); /* a packet may come twice */
	for (u32 done = 0; done < len; done += n) {
		struct point *p = find_free(d);

		if (!p) {
			point_clear(g, kind, va, len);
			return false;
		}
		n = kind == POINT_EXECUTE ? len : piece(va + done, len - done);
		*p = (struct point){
			.kind = (u8)kind,
			.len = kind == POINT_EXECUTE ? 1 : (u8)n,
			.va = va + done,
			.asked_va = va,
			.asked_len = len,
		};
	}
	update(g);
	return true;
}

void points_clear(struct guest *g)
{
	memset(debugged(g)->point, 0, sizeof(debugged(g)->point));
	update(g);
}

const struct point *point_hit(const struct guest *g, u32 hits)
{
	const struct debugged *d = debugged(g);

	for (u32 i = 0; i < DEBUG_POINTS; i++)
		if (hits & BIT(i) && d->point[i].kind)
			return &d->point[i];
	return NULL;
}

const char *point_reason(const struct point *p)
{
	return kinds[p->kind].reason;
}
