/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's side of a virtqueue (virtio 2.4). The device is told of every buffer: looking first
 * whether it wants to know would need a stronger barrier than the access costs. */
#include "devices/host/dma.h"
#include "devices/host/virtio/transport.h"

#define NO_INTERRUPT 1u

void vring_give(struct vring *r, u16 head)
{
	u16 next = r->available[1];

	r->available[RING_HEADER + next % r->size] = head;
	dma_barrier();
	r->available[1] = (u16)(next + 1);
}

void vring_kick(const struct vring *r)
{
	dma_barrier();
	r->device->transport->notify(r->device, r);
}

bool vring_take(struct vring *r, struct vring_used *out)
{
	const struct vring_used *entries = (const struct vring_used *)(r->used + RING_HEADER);

	if (r->used[1] == r->seen)
		return false;
	dma_barrier();
	*out = entries[r->seen++ % r->size];
	return true;
}

void vring_silent(struct vring *r)
{
	r->available[0] = NO_INTERRUPT;
}
