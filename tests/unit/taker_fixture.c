/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See taker_fixture.h. */
#include "tests/unit/taker_fixture.h"

#include <string.h>

struct mini g;
struct taker *taker;
struct mqueue q;

static bool take(struct vdev *d, u32 queue)
{
	struct taker *t = container_of(d, struct taker, vdev);

	while (t->taken < t->limit && vq_pop(d, &d->queue[queue], &t->chain))
		t->taken++;
	return false;
}

static const struct vdev_ops taker_ops = {
	.name = "taker",
	.id = VIRTIO_RNG,
	.queues = 1,
	.features = FEATURE_INDIRECT,
	.service = take,
};

void open_with(u32 features, u32 size)
{
	memset(fake_ram(&g.guest.mem), 0, MINI_RAM);
	mini_features(&g, DEV, features, 1);
	mini_queue(&g, DEV, 0, RING, size, &q);
	mini_ready(&g, DEV);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf);
	taker->taken = 0;
	taker->limit = 0xffffffff;
}

int taker_setup(void **state)
{
	(void)state;
	mini_init(&g, "queue");
	taker = (struct taker *)vdev_create(g.bus, &taker_ops, sizeof(*taker));
	assert_non_null(taker);
	vdev_plug(&taker->vdev);
	return 0;
}

int taker_teardown(void **state)
{
	(void)state;
	fake_after_read = NULL;
	mini_free(&g);
	return 0;
}

void offer(u16 head)
{
	mqueue_offer(&q, head);
	mqueue_kick(&q);
}

void assert_taken(u32 n)
{
	assert_int_equal(taker->taken, n);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf);
}

void assert_breaks(u16 head)
{
	u32 taken = taker->taken, id, len;

	offer(head);
	assert_int_equal(taker->taken, taken);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
	mqueue_kick(&q); /* and it stays so */
	assert_int_equal(taker->taken, taken);
	assert_false(mqueue_used(&q, &id, &len));
}

void table_set(u32 i, u64 addr, u32 len, u16 flags, u16 next)
{
	struct mdesc d = {addr, len, flags, next};

	ram_put(&g, TABLE + i * (u32)sizeof(d), &d, sizeof(d));
}
