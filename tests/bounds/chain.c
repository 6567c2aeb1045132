/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/[a-z]*.c
 * devices/block.c devices/netswitch.c devices/entropy.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c
 * tests/unit/support.c */
/*
 * The walk through a chain of a virtqueue: every way in which two descriptors of a queue of two, or
 * two in an indirect table, can lead to each other, with good and bad flags, places and lengths.
 * The walk ends after a bounded number of reads; a chain that is taken has as many pieces as it
 * says, all of them in RAM.
 */
#include "devices/virtio/virtio.h"
#include "tests/bounds/choose.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

#define DEV   1u
#define RING  0x4000u
#define TABLE 0x8000u
#define SIZE  2u

static struct mini g;
static struct mqueue q;
static struct vdev *taker;
static struct vq_chain chain;

static bool nothing(struct vdev *d, u32 queue)
{
	(void)d;
	(void)queue;
	return false;
}

static const struct vdev_ops taker_ops = {
	.name = "taker",
	.id = VIRTIO_RNG,
	.queues = 1,
	.features = FEATURE_INDIRECT,
	.service = nothing,
};

static void judge(const struct vq_chain *c)
{
	u64 sum[2] = {0, 0};

	MUST(c->head < SIZE);
	MUST(c->out_segs + c->in_segs >= 1 && c->out_segs + c->in_segs <= SIZE);
	for (u32 i = 0; i < c->out_segs + c->in_segs; i++) {
		MUST((u64)c->seg[i].at + c->seg[i].len <= MINI_RAM);
		sum[i >= c->out_segs] += c->seg[i].len;
	}
	MUST(sum[0] == c->out_len && sum[1] == c->in_len);
}

static void descriptor(struct mdesc *d)
{
	static const u16 flags[] = {
		0, D_NEXT, D_WRITE, D_NEXT | D_WRITE, D_INDIRECT, D_INDIRECT | D_NEXT, 0xffff};
	static const u64 addr[] = {0x10000, MINI_RAM - 32, 0xfffffff0u, 1ull << 32, TABLE};
	static const u32 len[] = {0, 32, 33, 0xffffffffu};
	static const u16 next[] = {0, 1, 2, 0xffff};

	d->flags = CHOOSE(flags);
	d->addr = CHOOSE(addr);
	d->len = CHOOSE(len);
	d->next = d->flags & D_NEXT ? CHOOSE(next) : 0;
}

static void trial(void)
{
	static const struct mdesc two[] = {{0x10000, 8, D_NEXT, 1}, {0x10000, 8, 0, 0}};
	struct mdesc d[SIZE] = {{0}};
	struct vqueue *vq = &taker->queue[0];
	bool indirect = choose(2);
	u64 reads;

	for (u32 i = 0; i < SIZE; i++)
		if (!i || d[0].flags & D_NEXT)
			descriptor(&d[i]);
	if (indirect) {
		ram_put(&g, TABLE, d, sizeof(d));
		mdesc_set(&q, 0, TABLE, sizeof(d), D_INDIRECT, 0);
	} else {
		ram_put(&g, TABLE, two, sizeof(two));
		for (u32 i = 0; i < SIZE; i++)
			mdesc_set(&q, i, d[i].addr, d[i].len, d[i].flags, d[i].next);
	}
	taker->status = 0xf;
	vq_start(taker, vq);
	ram_put(&g, q.avail, (u16[]){0, 1, 0}, 6);
	reads = fake_accesses;
	if (vq_pop(taker, vq, &chain)) {
		judge(&chain);
		vq_push(taker, vq, &chain, 0);
	}
	MUST(fake_accesses - reads < 3 * VQ_SIZE_MAX);
	MUST(!vq_pop(taker, vq, &chain));
}

int main(void)
{
	freopen("/dev/null", "w", stderr); /* each bad chain is a line of the log */
	mini_init(&g, "chain");
	taker = vdev_create(g.bus, &taker_ops, sizeof(*taker));
	if (!taker)
		return 1;
	vdev_plug(taker);
	mini_features(&g, DEV, (u32)FEATURE_INDIRECT, 1);
	mini_queue(&g, DEV, 0, RING, SIZE, &q);
	mini_ready(&g, DEV);
	all_cases(trial);
	mini_free(&g);
	return 0;
}
