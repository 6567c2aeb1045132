/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio entropy source. */
#include "guest-stubs/lib/virtio.h"

static struct virtio dev;
static struct virtq q;

bool vrng_init(void)
{
	if (!virtio_open(&dev, VIRTIO_RNG, 0, 0) || !virtq_open(&dev, &q, 0))
		return false;
	virtio_start(&dev);
	virtio_interrupts(&dev, NULL);
	return true;
}

u32 vrng_read(void *buf, u32 len)
{
	struct virtio_buffer b = {buf, len};
	u32 got = 0;

	if (!q.rings || virtq_add(&q, &b, 0, 1) < 0)
		return 0;
	virtq_kick(&q);
	virtq_wait(&q, &got);
	return got;
}
