/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue without a device: the test plays the device, and looks at the rings as one does. */
#include "labs/harness/harness.h"
#include "labs/kernel/virtio.h"

static struct virtq q;
static u32 seen; /* chains that the device took */
static char data[QUEUE_SIZE][8];

static void fresh(void)
{
	u32 i;

	q = (struct virtq){.free_count = QUEUE_SIZE};
	for (i = 0; i < QUEUE_SIZE; i++)
		q.desc[i].next = (u16)(i + 1);
	seen = 0;
}

/* The next chain, as the device sees it: its head, -1: none. Checks each descriptor. */
static int device_take(const struct buffer *b, u32 out, u32 in)
{
	u32 i, at, head;

	if ((u16)seen == q.avail.idx)
		return -1;
	head = at = q.avail.ring[seen++ % QUEUE_SIZE];
	for (i = 0; i < out + in && at < QUEUE_SIZE; i++) {
		struct virtq_desc *d = &q.desc[at];
		u32 flags = (i + 1 < out + in ? DESC_NEXT : 0) | (i < out ? 0 : DESC_WRITE);

		check_equal("flags of a descriptor", flags, d->flags);
		check_equal("its physical address", phys(b[i].data), (u32)d->addr);
		check_equal("the upper half of it", 0, (u32)(d->addr >> 32));
		check_equal("its length", b[i].len, d->len);
		note(d->len);
		at = d->next;
	}
	check(at < QUEUE_SIZE || i == out + in, "a chain of %u descriptors", out + in);
	return (int)head;
}

static void device_give(u32 head, u32 len)
{
	q.used.ring[q.used.idx % QUEUE_SIZE].id = head;
	q.used.ring[q.used.idx % QUEUE_SIZE].len = len;
	q.used.idx++;
}

TEST(b1_chain)
{
	u32 round, i, len;

	fresh();
	for (round = 0; round < 20; round++) {
		u32 out = 1 + random_number() % 3, in = random_number() % 4;
		struct buffer b[8];
		int head;

		for (i = 0; i < out + in; i++)
			b[i] = (struct buffer){data[i], 1 + random_number() % 8};
		check_equal("a queue with nothing done", (u32)-1, (u32)virtq_take(&q, NULL));
		head = virtq_add(&q, b, out, in);
		check_equal("what the device finds", (u32)head, (u32)device_take(b, out, in));
		device_give((u32)head, round);
		check_equal("the chain that comes back", (u32)head, (u32)virtq_take(&q, &len));
		check_equal("how much was written", round, len);
		check_equal("free descriptors", QUEUE_SIZE, q.free_count);
	}
}

/* All descriptors under way at once, given back in another order, and none is lost or used twice.
 */
TEST(b1_full)
{
	struct buffer b = {data[0], 4};
	u32 round, i, heads, taken;

	fresh();
	for (round = 0; round < 5; round++) {
		for (i = heads = 0; i < QUEUE_SIZE; i++) {
			int head = virtq_add(&q, &b, 1, 0);

			check(head >= 0 && !(heads >> head & 1),
			      "a descriptor that is free, seen %d", head);
			heads |= 1u << head;
		}
		check_equal("the answer when all are under way", (u32)-1,
			    (u32)virtq_add(&q, &b, 1, 0));
		for (i = 0; i < QUEUE_SIZE; i++)
			device_give((i * 5 + round) % QUEUE_SIZE, i);
		for (i = taken = 0; i < QUEUE_SIZE; i++)
			taken |= 1u << virtq_take(&q, NULL);
		check_equal("the chains that came back", heads, taken);
		seen = q.avail.idx;
		note(taken);
	}
}

/* The indices are 16 bits wide and go round; the rings have 16 places. */
TEST(b1_wrap)
{
	struct buffer b = {data[0], 4};
	u32 i;

	fresh();
	for (i = 0; i < 70000; i++) {
		int head = virtq_add(&q, &b, 0, 1);

		if (head < 0 || q.avail.ring[i % QUEUE_SIZE] != head)
			break;
		device_give((u32)head, i);
		if (virtq_take(&q, NULL) != head)
			break;
	}
	check_equal("chains that went through, of 70000", 70000, i);
	check_equal("the index of avail after them", 70000 % 65536, q.avail.idx);
	note(q.avail.idx);
}
