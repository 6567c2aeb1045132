/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtqueue (virtio 1.0, 2.4): a table of descriptors, and two rings of their numbers. We put the
 * head of each chain into avail, the device puts it into used when it is done. Each side writes one
 * of the two and only reads the other.
 */
#include "labs/kernel/virtio.h"

/* The device must see what was written before it sees the index that announces it. */
static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

int virtq_add(struct virtq *q, const struct buffer *b, u32 out, u32 in)
{
	u32 i, flags = interrupts_off();
	u16 head = q->free_head, last = head;

	if (q->free_count < out + in) {
		interrupts_restore(flags);
		return -1;
	}
	for (i = 0; i < out + in; i++) {
		struct virtq_desc *d = &q->desc[q->free_head];

		d->addr = phys(b[i].data);
		d->len = b[i].len;
		d->flags = DESC_NEXT | (i < out ? 0 : DESC_WRITE);
		last = q->free_head;
		q->free_head = d->next; /* free ones are a chain already */
	}
	q->desc[last].flags &= (u16)~DESC_NEXT;
	q->free_count = (u16)(q->free_count - out - in);
	q->avail.ring[q->avail.idx % QUEUE_SIZE] = head;
	barrier();
	*(volatile u16 *)&q->avail.idx = (u16)(q->avail.idx + 1);
	interrupts_restore(flags);
	return head;
}

void virtq_kick(struct virtq *q)
{
	barrier();
	*q->doorbell = q->index;
}

/* The chain becomes the front of the chain of free ones. */
static void give_back(struct virtq *q, u16 head)
{
	u16 last = head;

	for (q->free_count++; q->desc[last].flags & DESC_NEXT; q->free_count++)
		last = q->desc[last].next;
	q->desc[last].next = q->free_head;
	q->free_head = head;
}

int virtq_take(struct virtq *q, u32 *len)
{
	u32 flags = interrupts_off();
	int head = -1;

	if (q->last_used != *(volatile u16 *)&q->used.idx) {
		u32 at = q->last_used++ % QUEUE_SIZE;

		barrier();
		head = (int)q->used.ring[at].id;
		if (len)
			*len = q->used.ring[at].len;
		give_back(q, (u16)head);
	}
	interrupts_restore(flags);
	return head;
}
