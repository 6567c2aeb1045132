/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Normalise the memory map. Real BIOSes report unsorted, overlapping, empty and unaligned
 * entries. A set of disjoint ascending ranges is built from the RAM entries, then everything
 * else is cut out of it, so that the order of the entries does not matter.
 */
#include "boot/memmap.h"

#include "lib/string.h"

#define SET_MAX 128 /* pieces while working; a BIOS reports 5 to 40 entries */

_Static_assert(LOW_HOLE % PAGE_SIZE == 0 && LOW_KEPT % PAGE_SIZE == 0,
	       "ranges are made of whole pages");

struct range_set {
	u32 n;
	struct ram_range r[SET_MAX];
};

static void set_remove(struct range_set *s, u32 i)
{
	memmove(&s->r[i], &s->r[i + 1], (s->n - i - 1) * sizeof(s->r[0]));
	s->n--;
}

/* False: full. */
static bool set_insert(struct range_set *s, u32 i, u64 start, u64 end)
{
	if (s->n == SET_MAX)
		return false;
	memmove(&s->r[i + 1], &s->r[i], (s->n - i) * sizeof(s->r[0]));
	s->r[i] = (struct ram_range){start, end};
	s->n++;
	return true;
}

/* Swallow every range that touches the new one, then put the union in its place. */
static void set_add(struct range_set *s, u64 start, u64 end)
{
	u32 i = 0;

	while (i < s->n && s->r[i].end < start)
		i++;
	while (i < s->n && s->r[i].start <= end) {
		start = MIN(start, s->r[i].start);
		end = MAX(end, s->r[i].end);
		set_remove(s, i);
	}
	/* When the set is full the stretch is lost: memory too little never hurts. */
	(void)set_insert(s, i, start, end);
}

static void set_cut(struct range_set *s, u64 start, u64 end)
{
	for (u32 i = 0; i < s->n;) {
		struct ram_range *r = &s->r[i];
		u64 tail = r->end;

		if (r->end <= start || r->start >= end) {
			i++;
		} else if (r->start >= start && r->end <= end) {
			set_remove(s, i);
		} else if (r->start >= start) {
			r->start = end;
			i++;
		} else {
			r->end = start;
			if (tail > end)
				(void)set_insert(s, i + 1, end, tail);
			i++;
		}
	}
}

/* The end of an entry, which may wrap. */
static u64 entry_end(const struct memmap_entry *e)
{
	return e->length > UINT64_MAX - e->base ? UINT64_MAX : e->base + e->length;
}

static u64 page_down(u64 a)
{
	return a & ~(u64)(PAGE_SIZE - 1);
}

static u64 page_up(u64 a)
{
	return a > UINT64_MAX - (PAGE_SIZE - 1) ? UINT64_MAX : page_down(a + PAGE_SIZE - 1);
}

static void set_round_inward(struct range_set *s)
{
	for (u32 i = 0; i < s->n;) {
		struct ram_range *r = &s->r[i];

		r->start = page_up(r->start);
		r->end = page_down(r->end);
		if (r->start < r->end)
			i++;
		else
			set_remove(s, i);
	}
}

static u32 smallest(const struct range_set *s)
{
	u32 best = 0;

	for (u32 i = 1; i < s->n; i++)
		if (s->r[i].end - s->r[i].start < s->r[best].end - s->r[best].start)
			best = i;
	return best;
}

u32 memmap_normalise(struct ram_range *out, u32 max, const struct memmap_entry *in, u32 n,
		     struct ram_range bounds)
{
	struct range_set s = {.n = 0};

	for (u32 i = 0; i < n; i++)
		if (in[i].type == MEMMAP_RAM && in[i].length)
			set_add(&s, in[i].base, entry_end(&in[i]));
	for (u32 i = 0; i < n; i++)
		if (in[i].type != MEMMAP_RAM && in[i].length)
			set_cut(&s, page_down(in[i].base), page_up(entry_end(&in[i])));
	set_cut(&s, 0, bounds.start);
	set_cut(&s, LOW_HOLE, MIB(1));
	set_cut(&s, bounds.end, UINT64_MAX);
	set_round_inward(&s);
	while (s.n > max)
		set_remove(&s, smallest(&s));
	memcpy(out, s.r, s.n * sizeof(s.r[0]));
	return s.n;
}

u32 memmap_parse(struct memmap_entry *out, u32 max, const void *bytes, u32 length)
{
	/* The words after `size`: base, length (64 bits each), type. */
	struct {
		u64 base, length;
		u32 type;
	} PACKED raw;
	const u8 *p = bytes;
	u32 n = 0, size;

	while (n < max && length >= sizeof(size) + sizeof(raw)) {
		memcpy(&size, p, sizeof(size));
		if (size < sizeof(raw) || size > length - sizeof(size))
			break;
		memcpy(&raw, p + sizeof(size), sizeof(raw));
		out[n++] = (struct memmap_entry){raw.base, raw.length, raw.type};
		p += sizeof(size) + size;
		length -= (u32)sizeof(size) + size;
	}
	return n;
}
