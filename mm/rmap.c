/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reverse map: for each page of a SLOT_DEVICE, which shadow entries map it now, so that a
 * range can be taken away from every table at once. Two hashes over one array of nodes: by the
 * entry's place (when the entry goes) and by guest frame (when the page goes). The array has a
 * node for each device page; when it is full the oldest mapping gives way, and faults in again when
 * used.
 */
#include "mm/shadow.h"

#define NONE 0xffffu
_Static_assert(RMAP_MAX < NONE, "a node's number fits a link");
_Static_assert((RMAP_MAX & (RMAP_MAX - 1)) == 0, "hashes are masked by the number of nodes");

/* A shadow entry's place in one word: its leaf table's frame and its index there. */
static u32 place_of(const void *leaf, u32 index)
{
	return ((u32)(uintptr_t)leaf & PAGE_MASK) | index;
}
_Static_assert(1u << 10 <= PAGE_SIZE, "an index fits below a frame's address");

static u32 hash(const struct rmap *m, u32 key)
{
	return (key * 2654435761u) >> 16 & (m->nodes - 1);
}

static void link_node(struct rmap *m, u16 i)
{
	struct rmap_node *n = &m->node[i];
	u32 h = hash(m, n->place);

	n->next_place = m->by_place[h];
	m->by_place[h] = i;
	h = hash(m, n->gfn);
	n->next_gfn = m->by_gfn[h];
	n->prev_gfn = NONE;
	if (n->next_gfn != NONE)
		m->node[n->next_gfn].prev_gfn = i;
	m->by_gfn[h] = i;
}

/* It grows with the device slots, and what is mapped stays. A larger one that cannot be had only
 * makes it slower. */
bool rmap_init(struct rmap *m, struct arena *a, u32 pages)
{
	struct rmap old = *m;
	u32 n = 64;

	while (n < pages && n < RMAP_MAX)
		n *= 2;
	if (n <= m->nodes)
		return true;
	m->node = arena_alloc(a, n * (sizeof(*m->node) + 2 * sizeof(u16)));
	if (!m->node) {
		m->node = old.node;
		return old.nodes;
	}
	m->nodes = n;
	m->by_place = (u16 *)(void *)(m->node + n);
	m->by_gfn = m->by_place + n;
	for (u32 i = 0; i < n; i++)
		m->by_place[i] = m->by_gfn[i] = NONE;
	for (u32 i = 0; i < old.nodes; i++) {
		m->node[i] = old.node[i];
		if (m->node[i].place)
			link_node(m, (u16)i);
	}
	m->hand = old.nodes;
	return true;
}

static u16 *find_place(struct rmap *m, u32 place)
{
	u16 *at = &m->by_place[hash(m, place)];

	while (*at != NONE && m->node[*at].place != place)
		at = &m->node[*at].next_place;
	return at;
}

/* Take node i out of both hashes and free it; the entry itself is the caller's. */
static void forget(struct shadow *s, u16 i)
{
	struct rmap *m = &s->rmap;
	struct rmap_node *n = &m->node[i];
	struct slot *slot = gmem_slot(s->mem, n->gfn);

	if (n->prev_gfn == NONE)
		m->by_gfn[hash(m, n->gfn)] = n->next_gfn;
	else
		m->node[n->prev_gfn].next_gfn = n->next_gfn;
	if (n->next_gfn != NONE)
		m->node[n->next_gfn].prev_gfn = n->prev_gfn;
	*find_place(m, n->place) = n->next_place;
	n->place = 0;
	m->used--;
	if (slot && slot->kind == SLOT_DEVICE)
		slot->mapped--;
}

/* Clear the entry that node i stands for, too. */
static void revoke(struct shadow *s, u16 i)
{
	u32 place = s->rmap.node[i].place;

	forget(s, i);
	pt_set(s->sf, (void *)(uintptr_t)(place & PAGE_MASK), place & ~PAGE_MASK, 0);
	s->stats.revokes++;
}

void rmap_add(struct shadow *s, gfn_t gfn, void *leaf, u32 index)
{
	struct rmap *m = &s->rmap;
	u32 place = place_of(leaf, index);
	u16 i = (u16)m->hand;

	m->hand = (m->hand + 1) % m->nodes;
	if (m->node[i].place)
		revoke(s, i);
	m->node[i].place = place;
	m->node[i].gfn = gfn;
	link_node(m, i);
	m->used++;
	gmem_slot(s->mem, gfn)->mapped++;
}

void rmap_remove(struct shadow *s, const void *leaf, u32 index)
{
	u16 i = *find_place(&s->rmap, place_of(leaf, index));

	BUG_ON(i == NONE);
	forget(s, i);
}

void rmap_remove_leaf(struct shadow *s, const void *leaf)
{
	for (u32 i = 0; s->rmap.used && i < leaf_entries(s); i++)
		if (pt_get(s->sf, leaf, i) & SPTE_DEVICE)
			rmap_remove(s, leaf, i);
}

void rmap_revoke(struct shadow *s, gfn_t first, u32 count)
{
	struct rmap *m = &s->rmap;

	for (gfn_t gfn = first; m->used && gfn < first + count; gfn++) {
		u16 i = m->by_gfn[hash(m, gfn)];

		while (i != NONE) {
			u16 next = m->node[i].next_gfn;

			if (m->node[i].gfn == gfn)
				revoke(s, i);
			i = next;
		}
	}
}
