/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's memory for gdb, through its current tables: read-only pages can be written to, no flag
 * of the tables changes, and no device is touched. Breakpoints are INT3 in that memory; gdb never
 * sees them.
 */
#include "hv/gdb/private.h"
#include "hv/why/why.h"

#define BREAKPOINTS 256u
#define INT3	    0xcc

static struct breakpoint {
	const struct guest *g; /* NULL: free */
	gva_t va;
	gpa_t gpa;
	u32 cr3;     /* of the tables that it was placed by first */
	bool bound;  /* it was: an address below the kernel's means that program alone */
	bool placed; /* else its page is not there yet */
	u8 original;
} points[BREAKPOINTS];
static u32 used;

static struct breakpoint *find(const struct guest *g, gva_t va)
{
	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (points[i].g == g && (!g || points[i].va == va))
			return &points[i];
	return NULL;
}

bool breakpoint_at(const struct guest *g, gva_t va)
{
	return find(g, va);
}

/* Is it still what we wrote? A guest may have put something else there; that stays. */
static bool in_place(const struct guest *g, gpa_t at)
{
	u8 byte;

	return guest_read(&g->mem, at, &byte, 1) && byte == INT3;
}

u32 memory_read(const struct guest *g, gva_t va, u8 *to, u32 len)
{
	u32 n = why_read(g, va, to, len);

	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (points[i].g == g && points[i].placed && points[i].va - va < n &&
		    to[points[i].va - va] == INT3)
			to[points[i].va - va] = points[i].original;
	return n;
}

u32 memory_read_physical(const struct guest *g, gpa_t at, u8 *to, u32 len)
{
	u32 n = 0;

	while (n < len && guest_read(&g->mem, at + n, to + n, 1))
		n++;
	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (points[i].g == g && points[i].placed && points[i].gpa - at < n &&
		    to[points[i].gpa - at] == INT3)
			to[points[i].gpa - at] = points[i].original;
	return n;
}

/* Under a breakpoint goes what comes back when that is taken out. */
static bool write_byte(struct guest *g, gpa_t at, u8 byte)
{
	bool under = false;

	for (u32 i = 0; i < BREAKPOINTS; i++) {
		struct breakpoint *b = &points[i];

		if (b->g == g && b->placed && b->gpa == at && in_place(g, at)) {
			b->original = byte;
			under = true;
		}
	}
	return under || guest_write(&g->mem, at, &byte, 1);
}

bool memory_write_physical(struct guest *g, gpa_t at, const u8 *from, u32 len)
{
	for (u32 i = 0; i < len; i++)
		if (!write_byte(g, at + i, from[i]))
			return false;
	return true;
}

bool memory_write(struct guest *g, gva_t va, const u8 *from, u32 len)
{
	gpa_t at;

	for (u32 i = 0; i < len; i++)
		if (!shadow_peek(g->vcpu->shadow, va + i, &at) || !write_byte(g, at, from[i]))
			return false;
	return true;
}

/* Another one in the same byte, by another address. */
static const struct breakpoint *twin(const struct guest *g, const struct breakpoint *b)
{
	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (&points[i] != b && points[i].g == g && points[i].placed &&
		    points[i].gpa == b->gpa)
			return &points[i];
	return NULL;
}

static void place(struct guest *g, struct breakpoint *b)
{
	static const u8 int3 = INT3;
	const struct breakpoint *other;

	b->placed = shadow_peek(g->vcpu->shadow, b->va, &b->gpa) &&
		    guest_read(&g->mem, b->gpa, &b->original, 1) &&
		    guest_write(&g->mem, b->gpa, &int3, 1);
	if (!b->placed)
		return;
	other = twin(g, b);
	if (other)
		b->original = other->original;
	if (!b->bound && !shadow_linear(g->vcpu->shadow)) {
		b->bound = true;
		b->cr3 = g->vcpu->cr3;
	}
}

/* Another program's page at the same address is none of ours. */
static bool meant_here(const struct guest *g, const struct breakpoint *b)
{
	return !b->bound || b->va >= g->vcpu->kernel_base || b->cr3 == g->vcpu->cr3;
}

/* A kernel's own addresses mean nothing before it has loaded its page tables: what cannot be placed
 * waits. */
bool breakpoint_set(struct guest *g, gva_t va)
{
	struct breakpoint *b = find(g, va);

	if (b)
		return true;
	b = find(NULL, 0);
	if (!b)
		return false;
	*b = (struct breakpoint){.g = g, .va = va};
	place(g, b);
	used++;
	return true;
}

static void take_out(struct guest *g, struct breakpoint *b)
{
	if (b->placed && !twin(g, b) && in_place(g, b->gpa))
		(void)!guest_write(&g->mem, b->gpa, &b->original, 1);
	b->placed = false;
}

/* A page that was swapped out, remapped or freed takes no INT3 along, and the one that is now at
 * the address gets it. */
void breakpoints_follow(struct guest *g)
{
	for (u32 i = 0; used && i < BREAKPOINTS; i++) {
		struct breakpoint *b = &points[i];
		gpa_t now;
		bool there =
			b->g == g && meant_here(g, b) && shadow_peek(g->vcpu->shadow, b->va, &now);

		if (b->g != g || (there && b->placed && now == b->gpa))
			continue;
		take_out(g, b);
		if (there)
			place(g, b);
	}
}

static void forget(struct guest *g, struct breakpoint *b)
{
	take_out(g, b);
	b->g = NULL;
	used--;
}

bool breakpoint_clear(struct guest *g, gva_t va)
{
	struct breakpoint *b = find(g, va);

	if (b)
		forget(g, b);
	return true;
}

void breakpoints_clear(struct guest *g)
{
	for (u32 i = 0; i < BREAKPOINTS; i++)
		if (points[i].g == g)
			forget(g, &points[i]);
}
