/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See sides.h. */
#include "tests/fuzz/sides.h"

#include <string.h>

#define LARGE 640u /* pages; such a guest is given the devices of a larger one */
#define TAKES (GUEST_CSUM | GUEST_TSO4)

struct side sides[GUESTS] = {
	{.s = &a, .name = "a", .pages = LARGE, .offered = ALL | INDIRECT, .slot = 4096},
	{.s = &b, .name = "b", .pages = LARGE, .offered = ALL | INDIRECT, .slot = 4096},
	{.s = &c, .name = "c", .pages = MINI_RAM_PAGES, .offered = CSUM | MAC, .slot = 512},
};

struct fuzz_bytes input;

u32 take(u32 bytes)
{
	return fuzz_take(&input, bytes);
}

/* Few as often as many. */
static u32 take_number(void)
{
	return 1 + (take(1) >> take(1) % 8);
}

gpa_t send_place(const struct side *d)
{
	return BUFFERS + 256 * d->slot;
}

/* ---- Drivers ------------------------------------------------------------------------------- */

void open_side(struct side *d, u32 features, u32 size)
{
	struct mini *g = &d->s->g;

	d->taken = features & d->offered;
	mini_features(g, DEV, d->taken, 1);
	for (u32 i = 0; i < 2; i++) {
		gpa_t at = i * 3 * PAGE_SIZE;

		memset(fake_ram(&g->guest.mem) + at, 0, 3 * PAGE_SIZE);
		mini_queue(g, DEV, i, at, size, &d->s->q[i]);
		d->use[i].next = 0;
		d->use[i].free = size;
	}
	mini_ready(g, DEV);
	d->good = true;
}

void begin(struct side *d, u8 mac)
{
	station_start(d->s, d->name, mac, d->pages, d->offered & GUEST_TSO4,
		      d->offered & ~INDIRECT);
	open_side(d, ~0u, 256);
}

/* A chain of so many pieces, which the caller has seen to be free. The n-th has lens(n) bytes. */
static void chain(struct side *d, u32 queue, u32 pieces, const u32 *lens, gpa_t at)
{
	struct mqueue *q = &d->s->q[queue];
	u32 head = d->use[queue].next;

	for (u32 n = 0; n < pieces; n++) {
		u32 i = (head + n) % q->size, more = n + 1 < pieces ? D_NEXT : 0;

		mdesc_set(q, i, queue == RX ? BUFFERS + i * d->slot : at, lens[n],
			  (u16)(more | (queue == RX ? D_WRITE : 0)), (u16)((i + 1) % q->size));
		at += lens[n];
	}
	d->use[queue].pieces[head] = (u16)pieces;
	d->use[queue].next = (head + pieces) % q->size;
	d->use[queue].free -= pieces;
	mqueue_offer(q, (u16)head);
}

/* To the register itself: what the device does about it is done later. */
void notify(struct side *d, u32 queue)
{
	struct mini *g = &d->s->g;
	gpa_t at = cfg_in(g, DEV, 0x10, 4) + R_NOTIFY;
	const struct slot *s = gmem_find(&g->guest.mem, at >> PAGE_SHIFT);

	MUST(s);
	s->ops->write(s->ctx, at, 2, queue);
}

void give(struct side *d)
{
	u32 pieces = take_number(), len = take(2) % (d->slot + 1), lens[256];

	for (u32 n = 0; n < pieces; n++)
		lens[n] = n % 2 ? d->slot : len;
	if (!lens[0])
		lens[0] = 1;
	for (u32 n = MIN(take_number(), 80u); n && d->use[RX].free >= pieces; n--)
		chain(d, RX, pieces, lens, 0);
	notify(d, RX);
}

/* What is in `sent` goes out: one piece of any length, the others have about the same. */
void hand(struct side *d, u32 len)
{
	u32 pieces = take_number(), lens[256], total = HEADER + len, first = take(1);

	total = MIN(total, d->pages * PAGE_SIZE - send_place(d));
	pieces = MIN(pieces, d->use[TX].free);
	if (!pieces)
		return;
	lens[0] = pieces == 1 ? total : MIN(first, total);
	total -= lens[0];
	for (u32 n = 1; n < pieces; n++) {
		lens[n] = n + 1 < pieces ? total / (pieces - n) : total;
		total -= lens[n];
	}
	ram_put(&d->s->g, send_place(d), sent,
		MIN(HEADER + len, d->pages * PAGE_SIZE - send_place(d)));
	chain(d, TX, pieces, lens, send_place(d));
	notify(d, TX);
}

static u32 buffer_bytes(const struct side *d, u32 head, u32 used, u8 *to)
{
	const struct mqueue *q = &d->s->q[RX];
	u32 done = 0;

	for (u32 n = 0, i = head; n < d->use[RX].pieces[head] && done < used; n++) {
		struct mdesc e;
		u32 part;

		ram_get(&d->s->g, q->desc + i * (u32)sizeof(e), &e, sizeof(e));
		part = MIN(e.len, used - done);
		ram_get(&d->s->g, (gpa_t)e.addr, to + done, part);
		done += part;
		i = (i + 1) % q->size;
	}
	MUST(done == used);
	return done;
}

/* What a driver may be shown, by what it took. */
static void check_got(const struct side *d, u32 len)
{
	struct net_header h;
	struct tcp_whole w;

	memcpy(&h, got, sizeof(h));
	MUST(len >= FRAME_MIN);
	if (!h.gso_type) {
		MUST(len <= FRAME_MAX && !h.flags && !h.gso_size && !h.csum_start);
		return;
	}
	MUST((d->taken & TAKES) == TAKES);
	MUST(tcp_whole_check(&w, &h, got + HEADER, len) && h.hdr_len == w.data);
}

/* A frame, out of as many buffers as its header says. */
static void take_one(struct side *d)
{
	u32 id, used, total = 0;
	u16 n = 1;

	for (u32 i = 0; i < n; i++) {
		MUST(mqueue_used(&d->s->q[RX], &id, &used) && total + used <= sizeof(got));
		total += buffer_bytes(d, id, used, got + total);
		d->use[RX].free += d->use[RX].pieces[id];
		if (!used)
			return; /* it could not hold the frame */
		if (i == 0)
			memcpy(&n, got + 10, 2);
		MUST(n && (n == 1 || d->taken & MRG_RXBUF));
	}
	check_got(d, total - HEADER);
}

static bool any_used(struct side *d, u32 queue)
{
	u16 idx;

	ram_get(&d->s->g, d->s->q[queue].used + 2, &idx, 2);
	return idx != d->s->q[queue].seen;
}

/* Look at what came and what has gone. */
void collect(struct side *d)
{
	u32 id, used;

	if (!d->good)
		return;
	MUST(reg_in(&d->s->g, DEV, R_STATUS, 1) == 0xf);
	while (any_used(d, RX))
		take_one(d);
	while (mqueue_used(&d->s->q[TX], &id, &used)) {
		MUST(used == 0);
		d->use[TX].free += d->use[TX].pieces[id];
	}
}
