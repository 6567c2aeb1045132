/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue with as many descriptors as the device takes. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/trap.h"

bool wide_open(struct virtio *v, struct wide *q, u32 index)
{
	vwrite16(v->common + VC_QUEUE_SELECT, (u16)index);
	if (vread16(v->common + VC_QUEUE_SIZE) < WIDE)
		return false;
	q->index = index;
	q->doorbell = (volatile u16 *)(v->notify + vread16(v->common + VC_QUEUE_NOTIFY_OFF) *
							   v->notify_multiplier);
	vwrite16(v->common + VC_QUEUE_SIZE, WIDE);
	vwrite32(v->common + VC_QUEUE_DESC, phys(q->desc));
	vwrite32(v->common + VC_QUEUE_DESC + 4, 0);
	vwrite32(v->common + VC_QUEUE_AVAIL, phys(&q->avail));
	vwrite32(v->common + VC_QUEUE_AVAIL + 4, 0);
	vwrite32(v->common + VC_QUEUE_USED, phys(&q->used));
	vwrite32(v->common + VC_QUEUE_USED + 4, 0);
	vwrite16(v->common + VC_QUEUE_ENABLE, 1);
	return true;
}

void wide_offer(struct wide *q, u32 head)
{
	q->avail.ring[q->avail.idx % WIDE] = (u16)head;
	__asm__ volatile("" ::: "memory");
	(*(volatile u16 *)&q->avail.idx)++;
}

void wide_kick(struct wide *q)
{
	__asm__ volatile("" ::: "memory");
	*q->doorbell = (u16)q->index;
}

void wide_wait(struct wide *q, u16 seen)
{
	irq_off();
	if (seen == wide_used(q))
		halt();
	irq_on();
}
