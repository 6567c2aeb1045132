/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FUNCTIONS: chain_add,enter_indirect,chain_read */
/*
 * The walk through a chain of a virtqueue, whatever the descriptors hold each time they are read:
 * it ends after at most one turn a piece and one for an indirect table; a chain that is taken has
 * 1 to `size` pieces, every one of them in RAM, and not more than 4 GiB in all; no index leaves its
 * table. RAM is what guest_ram_ok() says, which gmem.c proves.
 */
#include "devices/virtio/virtio.h"
#include "lib/string.h"

/* A descriptor is read as a whole, and may be anything at each reading. */
struct desc;
bool guest_get_desc(const struct gmem *m, gpa_t at, struct desc *e);
#undef GUEST_GET
#define GUEST_GET(m, at, object) guest_get_desc(m, at, (struct desc *)(void *)&(object))

#define COUNT (c->out_segs + c->in_segs)

/* K is any number of a piece: what is proved of it holds for each. */
/*@ axiomatic Any { logic integer RAM; axiom ram: 0 <= RAM <= 0x100000000;
		    logic integer K; axiom k: 0 <= K < 256; }
    predicate in_ram(integer at, integer len) = at + len <= RAM;
    predicate device{L}(struct vdev *d) = \valid(d) && \valid(d->bus) && \valid(d->bus->mem);
    predicate pieces{L}(struct vq_chain *c, integer n) =
	K < n ==> in_ram(c->seg[K].at, c->seg[K].len);
    predicate chain{L}(struct vqueue *q, struct vq_chain *c) = COUNT <= q->size <= 256 &&
	c->out_len + c->in_len <= 0xffffffff && pieces(c, COUNT); */

/*@ requires \valid_read(m);
    assigns \nothing;
    ensures \result <==> in_ram(at, len); */
bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len);

#include "devices/virtio/queue.c"

/*@ assigns *e; */
bool guest_get_desc(const struct gmem *m, gpa_t at, struct desc *e);

/*@ requires device(d) && \valid_read(q) && \valid(c) && \valid_read(e) && chain(q, c);
    requires \separated(c, d, d->bus, d->bus->mem, q, e);
    assigns *c;
    ensures \result == \null ==> COUNT == \old(COUNT) + 1;
    ensures c->head == \old(c->head);
    ensures COUNT <= q->size;
    ensures c->out_len + c->in_len <= 0xffffffff;
    ensures K < \old(COUNT) ==> in_ram(c->seg[K].at, c->seg[K].len);
    ensures \result == \null && K == \old(COUNT) ==> in_ram(c->seg[K].at, c->seg[K].len);
    ensures \result != \null ==> COUNT == \old(COUNT); */
static const char *chain_add(struct vdev *d, const struct vqueue *q, struct vq_chain *c,
			     const struct desc *e);

/*@ requires device(d) && \valid_read(q) && \valid(t) && \valid_read(e) && q->size <= 256;
    requires \separated(t, d, d->bus, d->bus->mem, q, e);
    assigns *t;
    ensures \result == \null ==> !\old(t->indirect) && t->indirect && t->entries <= q->size &&
	in_ram(t->at, t->entries * 16); */
static const char *enter_indirect(struct vdev *d, const struct vqueue *q, struct desc_table *t,
				  const struct desc *e);

/*@ requires device(d) && \valid_read(q) && \valid(c) && q->size <= 256;
    requires \separated(c, d, d->bus, d->bus->mem, q);
    requires in_ram(q->addr[VQ_DESC], q->size * 16);
    assigns *c;
    ensures \result == \null ==> 1 <= COUNT <= q->size;
    ensures \result == \null ==> c->out_len + c->in_len <= 0xffffffff;
    ensures \result == \null && K < COUNT ==> in_ram(c->seg[K].at, c->seg[K].len);
    ensures \result == \null ==> c->head == head; */
static const char *chain_read(struct vdev *d, const struct vqueue *q, struct vq_chain *c, u16 head);
