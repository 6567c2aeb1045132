/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breakpoints of which a guest sees nothing: its memory is never changed for them.
 *
 * Where the debug registers that nobody else has are enough for all of them, they hold them. Else
 * those of the page that the guest executes in, and the other pages with breakpoints are hidden:
 * the CPU finds them absent, so that who goes there, or reads there, comes to us first. What reads
 * is shown the page for that one instruction. A page with more breakpoints than there are registers
 * is left by single steps. So before each instruction that a breakpoint is at there was an exit, or
 * there is a register for it.
 */
#include "hv/gdb/private.h"

#define BREAKPOINTS 256u

static struct breakpoint {
	const struct guest *g; /* NULL: free */
	gva_t va;
	u32 cr3;    /* of the tables in which there was a page for it first */
	bool bound; /* there was: an address below the kernel's means that program alone */
} points[BREAKPOINTS];

static struct breakpoint *find(const struct guest *g, gva_t va)
{
	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (points[i].g == g && (!g || points[i].va == va))
			return &points[i];
	return NULL;
}

/* Another program's page at the same address is none of ours. */
static bool meant_here(const struct guest *g, struct breakpoint *b)
{
	const struct vcpu *v = g->vcpu;
	gpa_t at;

	if (b->g != g)
		return false;
	if (b->va >= v->kernel_base)
		return true;
	if (!b->bound && !shadow_linear(v->shadow) && shadow_peek(v->shadow, b->va, &at)) {
		b->bound = true;
		b->cr3 = v->cr3;
	}
	return !b->bound || b->cr3 == v->cr3;
}

bool breakpoint_at(const struct guest *g, gva_t va)
{
	struct breakpoint *b = debugged(g)->breakpoints ? find(g, va) : NULL;

	return b && meant_here(g, b);
}

/* A kernel's own addresses mean nothing before it has loaded its page tables: that may still
 * come. The switcher's never will. */
bool breakpoint_set(struct guest *g, gva_t va)
{
	struct breakpoint *b = find(g, va);

	if (b)
		return true;
	b = find(NULL, 0);
	if (!b || va >= SWITCHER_BASE)
		return false;
	*b = (struct breakpoint){.g = g, .va = va};
	(void)meant_here(g, b); /* in these tables, if there is something */
	debugged(g)->breakpoints++;
	return true;
}

void breakpoint_clear(struct guest *g, gva_t va)
{
	struct breakpoint *b = find(g, va);

	if (!b)
		return;
	b->g = NULL;
	debugged(g)->breakpoints--;
}

void breakpoints_clear(struct guest *g)
{
	for (u32 i = 0; debugged(g)->breakpoints && i < BREAKPOINTS; i++)
		if (points[i].g == g)
			breakpoint_clear(g, points[i].va);
}

/* Those in a page, or with NO_PAGE all. */
#define NO_PAGE 1u

static u32 count(const struct guest *g, gva_t page)
{
	u32 n = 0;

	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (meant_here(g, &points[i]))
			n += page == NO_PAGE || (points[i].va & PAGE_MASK) == page;
	return n;
}

bool breakpoints_enter(struct guest *g, bool retries)
{
	gva_t page = g->vcpu->regs->eip & PAGE_MASK;
	u32 room = points_free(g);
	bool all, step;

	if (!debugged(g)->breakpoints)
		return false;
	all = count(g, NO_PAGE) <= room;
	step = !all && (retries || count(g, page) > room);
	for (u32 i = 0; i < BREAKPOINTS; i++) {
		struct breakpoint *b = &points[i];

		if (!meant_here(g, b))
			continue;
		if (!all && (b->va & PAGE_MASK) != page && !retries)
			shadow_hide(g->vcpu->shadow, b->va);
		else if (!step)
			point_borrow(g, b->va);
	}
	return step;
}
