/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Split virtqueues (virtio 2.4), the device's side. The rings lie in guest memory and are only
 * touched through GUEST_GET and GUEST_PUT; each descriptor is read exactly once, so what
 * was checked is what is used. A loop is never longer than the queue.
 */
#include "devices/virtio/virtio.h"
#include "lib/string.h"

#define DESC_NEXT     1u
#define DESC_WRITE    2u
#define DESC_INDIRECT 4u

#define AVAIL_NO_INTERRUPT 1u
#define USED_NO_NOTIFY	   1u

struct desc {
	u32 addr, addr_hi, len;
	u16 flags, next;
};
_Static_assert(sizeof(struct desc) == 16, "virtio 2.4.5");

struct used_elem {
	u32 id, len;
};
_Static_assert(sizeof(struct used_elem) == 8, "virtio 2.4.8");

/* What it costs in instructions, about: a buffer to be taken or given back, each piece of it that
 * is read or passed over, each page that is named to hardware. */
#define COST_BUFFER 400u
#define COST_PIECE  80u
#define COST_PASS   8u
#define COST_PAGE   30u

/* Both rings begin with u16 flags, u16 idx. */
#define RING_FLAGS   0u
#define RING_IDX     2u
#define RING_ENTRIES 4u

/* virtio 2.4, with the event words that we do not offer: the driver may have left them out. */
static u32 desc_bytes(const struct vqueue *q)
{
	return q->size * (u32)sizeof(struct desc);
}

static u32 avail_bytes(const struct vqueue *q)
{
	return RING_ENTRIES + q->size * 2u;
}

static u32 used_bytes(const struct vqueue *q)
{
	return RING_ENTRIES + q->size * (u32)sizeof(struct used_elem);
}

static bool overlap(u32 a, u32 a_len, u32 b, u32 b_len)
{
	return a < b ? b - a < a_len : a - b < b_len;
}

const char *vq_check(const struct vdev *d, const struct vqueue *q)
{
	const struct gmem *m = d->bus->mem;
	u32 desc = q->addr[VQ_DESC], avail = q->addr[VQ_AVAIL], used = q->addr[VQ_USED];

	if (q->addr[VQ_DESC_HI] || q->addr[VQ_AVAIL_HI] || q->addr[VQ_USED_HI])
		return "queue above 4 GiB";
	if (desc % 16 || avail % 2 || used % 4)
		return "queue misaligned";
	if (!guest_ram_ok(m, desc, desc_bytes(q)) || !guest_ram_ok(m, avail, avail_bytes(q)) ||
	    !guest_ram_ok(m, used, used_bytes(q)))
		return "queue outside RAM";
	if (overlap(used, used_bytes(q), desc, desc_bytes(q)) ||
	    overlap(used, used_bytes(q), avail, avail_bytes(q)) ||
	    overlap(desc, desc_bytes(q), avail, avail_bytes(q)))
		return "queue parts overlap";
	return NULL;
}

static bool ring_read16(const struct vdev *d, gpa_t at, u16 *value)
{
	return GUEST_GET(d->bus->mem, at, *value);
}

static bool ring_write16(struct vdev *d, gpa_t at, u16 value)
{
	return GUEST_PUT(d->bus->mem, at, value);
}

void vq_quiet(struct vdev *d, struct vqueue *q, bool quiet)
{
	if (!q->enabled || !vdev_running(d) || q->quiet == quiet)
		return;
	q->quiet = quiet;
	if (!ring_write16(d, q->addr[VQ_USED] + RING_FLAGS, quiet ? USED_NO_NOTIFY : 0))
		vdev_break(d, "used ring gone");
}

void vq_start(struct vdev *d, struct vqueue *q)
{
	q->next_avail = q->next_used = 0;
	q->unsignaled = false;
	memset(q->inflight, 0, sizeof(q->inflight));
	q->quiet = true; /* whatever the driver left in the flags, make them 0 */
	vq_quiet(d, q, false);
}

/* Add one descriptor to the chain. NULL, or what is wrong. */
static const char *chain_add(struct vdev *d, const struct vqueue *q, struct vq_chain *c,
			     const struct desc *e)
{
	u32 n = c->out_segs + c->in_segs;
	u32 *total = e->flags & DESC_WRITE ? &c->in_len : &c->out_len;

	if (n == q->size)
		return "descriptor chain too long";
	if (!(e->flags & DESC_WRITE) && c->in_segs)
		return "readable descriptor after a writable one";
	if (e->addr_hi || !guest_ram_ok(d->bus->mem, e->addr, e->len))
		return "buffer outside RAM";
	if (e->len > 0xffffffffu - c->in_len - c->out_len)
		return "buffers of more than 4 GiB";
	c->seg[n] = (struct vq_seg){e->addr, e->len};
	*total += e->len;
	if (e->flags & DESC_WRITE)
		c->in_segs++;
	else
		c->out_segs++;
	return NULL;
}

/* Where descriptors are read from: the queue's table, then at most once an indirect one. */
struct desc_table {
	gpa_t at;
	u32 entries;
	bool indirect;
};

static const char *enter_indirect(struct vdev *d, const struct vqueue *q, struct desc_table *t,
				  const struct desc *e)
{
	if (!(d->accepted & FEATURE_INDIRECT))
		return "indirect descriptor not negotiated";
	if (t->indirect || e->flags & DESC_NEXT)
		return "indirect descriptor inside a chain";
	if (e->len % sizeof(struct desc) || e->len / sizeof(struct desc) > q->size)
		return "bad length of an indirect table";
	if (e->addr_hi || !guest_ram_ok(d->bus->mem, e->addr, e->len))
		return "indirect table outside RAM";
	*t = (struct desc_table){e->addr, e->len / (u32)sizeof(struct desc), true};
	return NULL;
}

/* Follow the chain from `head`. Each turn adds a piece, and pieces are limited to the queue's
 * size, or enters the one indirect table: it ends. NULL, or what is wrong. */
static const char *chain_read(struct vdev *d, const struct vqueue *q, struct vq_chain *c, u16 head)
{
	struct desc_table t = {q->addr[VQ_DESC], q->size, false};
	u32 i = head;
	struct desc e;
	const char *why;

	c->head = head;
	c->out_segs = c->in_segs = 0;
	c->out_len = c->in_len = 0;
	for (;;) {
		if (i >= t.entries)
			return "descriptor index too large";
		if (!GUEST_GET(d->bus->mem, t.at + i * (u32)sizeof(e), e))
			return "descriptor table gone";
		if (e.flags & DESC_INDIRECT) {
			why = enter_indirect(d, q, &t, &e);
			i = 0;
		} else {
			why = chain_add(d, q, c, &e);
			i = e.next;
			if (!why && !(e.flags & DESC_NEXT))
				return NULL;
		}
		if (why)
			return why;
	}
}

/* How many buffers wait; breaks the device when the driver's index makes no sense. */
static u16 waiting(struct vdev *d, struct vqueue *q)
{
	u16 idx;

	if (!vdev_running(d) || !q->enabled)
		return 0;
	if (!ring_read16(d, q->addr[VQ_AVAIL] + RING_IDX, &idx)) {
		vdev_break(d, "available ring gone");
		return 0;
	}
	idx = (u16)(idx - q->next_avail);
	if (idx > q->size) {
		vdev_break(d, "available index ran ahead");
		return 0;
	}
	return idx;
}

bool vq_waiting(struct vdev *d, struct vqueue *q)
{
	return waiting(d, q) != 0;
}

bool vq_pop(struct vdev *d, struct vqueue *q, struct vq_chain *c)
{
	const char *why = NULL;
	u16 head = 0;

	if (!waiting(d, q))
		return false;
	u32 slot = q->next_avail & (q->size - 1u);

	if (!ring_read16(d, q->addr[VQ_AVAIL] + RING_ENTRIES + slot * 2u, &head))
		why = "available ring gone";
	else if (head >= q->size)
		why = "descriptor index too large";
	else if (q->inflight[head / 32] & BIT(head % 32))
		why = "buffer offered twice";
	else
		why = chain_read(d, q, c, head);
	if (why) {
		vdev_break(d, why);
		return false;
	}
	bus_spend(d->bus, COST_BUFFER + COST_PIECE * (c->out_segs + c->in_segs));
	q->inflight[head / 32] |= BIT(head % 32);
	q->next_avail++;
	return true;
}

void vq_return(struct vqueue *q, u16 head)
{
	q->inflight[head / 32] &= ~BIT(head % 32);
	q->next_avail--;
}

void vq_push(struct vdev *d, struct vqueue *q, const struct vq_chain *c, u32 len)
{
	struct used_elem e = {c->head, len};
	gpa_t used = q->addr[VQ_USED];
	u32 slot = q->next_used & (q->size - 1u);

	if (!vdev_running(d) || !q->enabled)
		return;
	q->inflight[c->head / 32] &= ~BIT(c->head % 32);
	q->next_used++;
	q->unsignaled = true;
	/* The entry before the index that shows it (virtio 2.4.8.2). */
	if (!GUEST_PUT(d->bus->mem, used + RING_ENTRIES + slot * (u32)sizeof(e), e) ||
	    !ring_write16(d, used + RING_IDX, q->next_used))
		vdev_break(d, "used ring gone");
}

void vq_signal(struct vdev *d, struct vqueue *q)
{
	u16 flags;

	if (!q->unsignaled || !vdev_running(d))
		return;
	q->unsignaled = false;
	if (!ring_read16(d, q->addr[VQ_AVAIL] + RING_FLAGS, &flags)) {
		vdev_break(d, "available ring gone");
		return;
	}
	if (flags & AVAIL_NO_INTERRUPT)
		return;
	d->isr |= 1;
	d->bus->ops->irq(d->bus->ctx, d->irq);
}

/* A part of a chain: `left` bytes of these pieces, behind the first `skip` of them. */
struct part {
	const struct vq_seg *seg, *end;
	u32 skip, left;
};

/* The next of its bytes that lie in one piece: how many, and where. 0: there are no more. */
static inline u32 next_piece(struct part *p, gpa_t *at)
{
	while (p->left && p->seg < p->end) {
		const struct vq_seg *seg = p->seg++;
		u32 n = MIN(seg->len - p->skip, p->left);

		if (p->skip >= seg->len) {
			p->skip -= seg->len;
			continue;
		}
		*at = seg->at + p->skip;
		p->skip = 0;
		p->left -= n;
		return n;
	}
	return 0;
}

static bool copy(const struct vdev *d, const struct vq_seg *seg, u32 segs, u32 from, void *dst,
		 const void *src, u32 len)
{
	struct part p = {seg, seg + segs, from, len};
	gpa_t at;
	u32 n;

	bus_spend(d->bus, len / 4);
	while ((n = next_piece(&p, &at))) {
		if (dst) {
			if (!guest_read(d->bus->mem, at, dst, n))
				return false;
			dst = (u8 *)dst + n;
		} else {
			if (!guest_write(d->bus->mem, at, src, n))
				return false;
			src = (const u8 *)src + n;
		}
	}
	bus_spend(d->bus, COST_PASS * (u32)(p.seg - seg));
	return !p.left;
}

bool vq_stretches(const struct vdev *d, const struct vq_chain *c, bool in, u32 from, u32 len,
		  struct stretches *to)
{
	const struct vq_seg *seg = in ? c->seg + c->out_segs : c->seg;
	struct part p = {seg, seg + (in ? c->in_segs : c->out_segs), from, len};
	gpa_t at;
	u32 n;

	while ((n = next_piece(&p, &at)))
		if (!guest_stretches(d->bus->mem, at, n, to))
			return false;
	bus_spend(d->bus, COST_PASS * (u32)(p.seg - seg) +
				  COST_PAGE * (to->count + (to->bytes >> PAGE_SHIFT)));
	return !p.left;
}

bool vq_read(const struct vdev *d, const struct vq_chain *c, u32 from, void *dst, u32 len)
{
	return copy(d, c->seg, c->out_segs, from, dst, NULL, len);
}

bool vq_write(const struct vdev *d, const struct vq_chain *c, u32 from, const void *src, u32 len)
{
	return copy(d, c->seg + c->out_segs, c->in_segs, from, NULL, src, len);
}
