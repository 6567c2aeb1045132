/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical frames: one bit a frame (1 = in use or not RAM), and a count per owner. Single
 * frames for guest RAM come from above 4 GiB first and then from the top of low memory, tables
 * and runs from the bottom, so that long runs stay possible.
 */
#include "mm/frame.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/layout.h"

#define WORD_BITS 32u
#define RANGES	  32u
_Static_assert(PHYS_LIMIT >> PAGE_SHIFT <= 1u << 24, "the bitmap of all frames is 2 MiB at most");

static struct {
	u32 *used;     /* bitmap over [0, frames) */
	u32 frames;    /* one past the highest frame of RAM */
	u32 low_end;   /* frames below are reachable by frame_ptr() */
	u32 low_hint;  /* no free frame below */
	u32 high_hint; /* no free frame at or above */
	u32 total, free;
	u32 free_low; /* of those, reachable by frame_ptr() */
	u32 calls, fail_in;
	struct ram_range ram[RANGES]; /* as given, whatever of it we use */
	u32 ranges;
} pool;

static bool frame_used(u32 n)
{
	return pool.used[n / WORD_BITS] >> n % WORD_BITS & 1u;
}

static void mark(u32 n, bool used)
{
	if (used)
		pool.used[n / WORD_BITS] |= BIT(n % WORD_BITS);
	else
		pool.used[n / WORD_BITS] &= ~BIT(n % WORD_BITS);
}

/* Set [start, end) bytes; frames that the stretch only touches count as in it. */
static void mark_reserved(u64 start, u64 end)
{
	u64 last = MIN((end + PAGE_SIZE - 1) >> PAGE_SHIFT, (u64)pool.frames);

	for (u64 n = start >> PAGE_SHIFT; n < last; n++)
		mark((u32)n, true);
}

static bool overlaps(u64 start, u64 end, const struct ram_range *r, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (start < r[i].end && r[i].start < end)
			return true;
	return false;
}

/* The lowest place of `bytes` in the ranges that no reserved stretch touches; 0 = none. */
static u64 place_bitmap(u64 bytes, const struct ram_range *ram, u32 n, const struct ram_range *res,
			u32 nres)
{
	for (u32 i = 0; i < n; i++)
		for (u64 at = ram[i].start; at + bytes <= MIN(ram[i].end, LOW_LIMIT);
		     at += PAGE_SIZE)
			if (!overlaps(at, at + bytes, res, nres))
				return at;
	return 0;
}

void frame_init(const struct ram_range *ram, u32 n, const struct ram_range *reserved, u32 nres)
{
	u64 top = n ? ram[n - 1].end : 0;
	u64 bytes, at, limit;

	/* What the page tables can name: without PAE 4 GiB, with it the CPU's address bits. */
	limit = cpu.pae ? MIN(1ull << cpu.phys_bits, PHYS_LIMIT) : 1ull << 32;
	pool.frames = (u32)(MIN(top, limit) >> PAGE_SHIFT);
	pool.low_end = (u32)(MIN((u64)pool.frames << PAGE_SHIFT, LOW_LIMIT) >> PAGE_SHIFT);
	bytes = ALIGN_UP(pool.frames / 8 + 4, PAGE_SIZE);
	at = place_bitmap(bytes, ram, n, reserved, nres);
	if (!at)
		panic("no room for the frame bitmap (%u KiB): more memory is needed",
		      (u32)(bytes >> 10));
	pool.used = frame_ptr((pfn_t){(u32)(at >> PAGE_SHIFT)});
	memset(pool.used, 0xff, (size_t)bytes);
	pool.ranges = MIN(n, RANGES);
	memcpy(pool.ram, ram, pool.ranges * sizeof(*ram));
	for (u32 i = 0; i < n; i++)
		for (u64 f = ram[i].start >> PAGE_SHIFT;
		     f < MIN(ram[i].end >> PAGE_SHIFT, (u64)pool.frames); f++)
			mark((u32)f, false);
	mark_reserved(0, PAGE_SIZE); /* no frame is 0: it stands for "none" */
	mark_reserved(at, at + bytes);
	for (u32 i = 0; i < nres; i++)
		mark_reserved(reserved[i].start, reserved[i].end);
	for (u32 f = 0; f < pool.frames; f++)
		pool.free += !frame_used(f);
	for (u32 f = 0; f < pool.low_end; f++)
		pool.free_low += !frame_used(f);
	pool.total = pool.free;
	pool.high_hint = pool.frames;
}

bool frame_overlaps_ram(u64 start, u64 end)
{
	return start < MIB(1) || overlaps(start, end, pool.ram, pool.ranges);
}

/* The door of every allocation: limits, counters and the injected failure. */
static bool may_take(struct frame_owner *o, u32 count)
{
	pool.calls++;
	if (pool.fail_in && --pool.fail_in == 0)
		return false;
	return count <= pool.free && (!o->limit || count <= o->limit - MIN(o->frames, o->limit));
}

void frame_clear(pfn_t f)
{
	void *p = frame_map(f);

	memset(p, 0, PAGE_SIZE);
	frame_unmap(p);
}

static void take(struct frame_owner *o, u32 first, u32 count)
{
	for (u32 i = 0; i < count; i++)
		mark(first + i, true);
	pool.free -= count;
	if (first < pool.low_end)
		pool.free_low -= count;
	o->frames += count;
}

/* `count` adjacent free frames in [from, to), or 0. */
static u32 find_run(u32 from, u32 to, u32 count)
{
	u32 len = 0;

	for (u32 n = from; n < to; n++) {
		if (n % WORD_BITS == 0 && pool.used[n / WORD_BITS] == ~0u) {
			n += WORD_BITS - 1;
			len = 0;
			continue;
		}
		len = frame_used(n) ? 0 : len + 1;
		if (len == count)
			return n + 1 - count;
	}
	return 0;
}

/* The highest free frame below `to`, or 0. */
static u32 find_high(u32 to)
{
	for (u32 n = to; n-- > 1;) {
		if (n % WORD_BITS == WORD_BITS - 1 && pool.used[n / WORD_BITS] == ~0u) {
			n -= WORD_BITS - 1;
			continue;
		}
		if (!frame_used(n))
			return n;
	}
	return 0;
}

enum hv_status frame_alloc(struct frame_owner *o, bool low, pfn_t *out)
{
	u32 n;

	if (!may_take(o, 1))
		return HV_NOMEM;
	n = low ? find_run(pool.low_hint, pool.low_end, 1) : find_high(pool.high_hint);
	if (!n)
		return HV_NOMEM;
	if (low)
		pool.low_hint = n;
	else
		pool.high_hint = n + 1;
	take(o, n, 1);
	frame_clear((pfn_t){n});
	*out = (pfn_t){n};
	return HV_OK;
}

/* The highest frame of the WORD_BITS below `end`, a multiple of that, when all of them are free; or
 * 0. */
static u32 find_word(u32 end)
{
	return end && !(end % WORD_BITS) && !pool.used[end / WORD_BITS - 1] ? end - 1 : 0;
}

/* may_take() knows that there are enough. A guest has thousands, found between two chances for the
 * others: little is done for each. */
enum hv_status frame_alloc_many(struct frame_owner *o, pfn_t *out, u32 count)
{
	u32 end = pool.high_hint;

	_Static_assert((u32)(LOW_LIMIT >> PAGE_SHIFT) % WORD_BITS == 0, "no word is partly low");
	if (!may_take(o, count))
		return HV_NOMEM;
	for (u32 left = count, n, some; left; left -= some, end = n + 1 - some) {
		some = WORD_BITS;
		n = left < some ? 0 : find_word(end);
		if (!n) {
			some = 1;
			n = find_high(end);
			BUG_ON(!n);
		}
		pool.used[n / WORD_BITS] |= some == 1 ? BIT(n % WORD_BITS) : ~0u;
		pool.free_low -= n < pool.low_end ? some : 0;
		for (u32 i = 0; i < some; i++)
			out[left - 1 - i].n = n - i; /* neighbours are neighbours */
	}
	pool.high_hint = end;
	pool.free -= count;
	o->frames += count;
	return HV_OK;
}

enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	u32 n;

	if (!count)
		return HV_BADARG;
	if (!may_take(o, count))
		return HV_NOMEM;
	n = find_run(pool.low_hint, pool.low_end, count);
	if (!n)
		return HV_NOMEM;
	take(o, n, count);
	for (u32 i = 0; i < count; i++)
		frame_clear((pfn_t){n + i});
	*out = (pfn_t){n};
	return HV_OK;
}

enum hv_status frame_alloc_block(struct frame_owner *o, pfn_t *out)
{
	_Static_assert(FRAME_BLOCK == WORD_BITS, "a block is a word of the bitmap");

	if (!may_take(o, FRAME_BLOCK))
		return HV_NOMEM;
	for (u32 w = pool.low_hint / WORD_BITS; w < pool.low_end / WORD_BITS; w++) {
		if (pool.used[w])
			continue;
		take(o, w * WORD_BITS, FRAME_BLOCK);
		for (u32 i = 0; i < FRAME_BLOCK; i++)
			frame_clear((pfn_t){w * WORD_BITS + i});
		*out = (pfn_t){w * WORD_BITS};
		return HV_OK;
	}
	return HV_NOMEM;
}

static void put_back(u32 n)
{
	BUG_ON(!n || n >= pool.frames || !frame_used(n));
	mark(n, false);
	pool.free_low += n < pool.low_end;
	pool.low_hint = MIN(pool.low_hint, n);
	pool.high_hint = MAX(pool.high_hint, n + 1);
}

static void account_back(struct frame_owner *o, u32 count)
{
	BUG_ON(o->frames < count);
	pool.free += count;
	o->frames -= count;
}

void frame_free_run(struct frame_owner *o, pfn_t f, u32 count)
{
	for (u32 i = 0; i < count; i++)
		put_back(f.n + i);
	account_back(o, count);
}

/* Are these the WORD_BITS frames of one word of the bitmap, from the lowest to the highest, as
 * frame_alloc_many() gives them? */
static bool whole_word(const pfn_t *f)
{
	u32 n = f->n;

	if (n % WORD_BITS || n >= pool.frames || pool.used[n / WORD_BITS] != ~0u)
		return false;
	for (u32 i = 1; i < WORD_BITS; i++)
		if (f[i].n != n + i)
			return false;
	return true;
}

static void put_word_back(u32 lowest)
{
	pool.used[lowest / WORD_BITS] = 0;
	pool.free_low += lowest < pool.low_end ? WORD_BITS : 0;
	pool.low_hint = MIN(pool.low_hint, lowest);
	pool.high_hint = MAX(pool.high_hint, lowest + WORD_BITS);
}

void frame_free_many(struct frame_owner *o, const pfn_t *f, u32 count)
{
	for (u32 left = count; left;) {
		if (left >= WORD_BITS && whole_word(f)) {
			put_word_back(f->n);
			left -= WORD_BITS;
			f += WORD_BITS;
		} else {
			put_back((f++)->n);
			left--;
		}
	}
	account_back(o, count);
}

void frame_free(struct frame_owner *o, pfn_t f)
{
	frame_free_run(o, f, 1);
}

u32 frame_free_count(void)
{
	return pool.free;
}

u32 frame_free_low_count(void)
{
	return pool.free_low;
}

u32 frame_total_count(void)
{
	return pool.total;
}

void frame_fail_after(u32 n)
{
	pool.fail_in = n;
}

u32 frame_alloc_calls(void)
{
	return pool.calls;
}
