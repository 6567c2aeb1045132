/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio entropy device (virtio 5.4): fills the guest's buffers with random bytes. */
#include "devices/entropy.h"
#include "devices/virtio/virtio.h"

/* Bounds of one call. A buffer is filled no further than the first (the driver must expect
 * that, virtio 5.4.6.1); Linux asks for 64 bytes or less. */
#define BUFFER_BYTES 1024u
#define BUFFERS	     16u
#define COST_BYTE    25u /* instructions, about */

struct rng {
	struct vdev vdev; /* first */
	struct vq_chain in;
};

static bool rng_service(struct vdev *d, u32 queue)
{
	struct rng *r = container_of(d, struct rng, vdev);
	struct vqueue *q = &d->queue[queue];
	u8 bytes[BUFFER_BYTES];

	entropy_stir(d->bus->ops->now_ns(d->bus->ctx));
	for (u32 i = 0; i < BUFFERS && !bus_spent(d->bus) && vq_pop(d, q, &r->in); i++) {
		u32 n = MIN(r->in.in_len, BUFFER_BYTES);

		bus_spend(d->bus, COST_BYTE * n);
		entropy_fill(bytes, n);
		if (n == 0 || !vq_write(d, &r->in, 0, bytes, n)) {
			vdev_break(d, "buffer cannot be written");
			break;
		}
		vq_push(d, q, &r->in, n);
	}
	vq_signal(d, q);
	return vq_waiting(d, q);
}

static const struct vdev_ops rng_ops = {
	.name = "virtio-rng",
	.id = VIRTIO_RNG,
	.class = 0xff, /* no class fits */
	.subclass = 0x00,
	.queues = 1,
	.service = rng_service,
};

enum hv_status bus_add_rng(struct bus *b)
{
	struct vdev *d;

	d = vdev_create(b, &rng_ops, sizeof(struct rng));
	if (!d)
		return HV_NOMEM;
	vdev_plug(d);
	return HV_OK;
}
