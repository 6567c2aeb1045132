/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio network card: queue 0 receives, queue 1 transmits; a 12-byte header on each frame. */
#include "guest-stubs/lib/virtio.h"

#define FEATURE_MAC (1u << 5)
#define HEADER	    12u
#define RX_BUFFERS  16

static struct virtio dev;
static struct virtq rx, tx;
static u8 rx_data[QUEUE_SIZE][HEADER + FRAME_MAX + 2]; /* by descriptor */
static u8 tx_data[HEADER + FRAME_MAX];

static void post(void)
{
	struct virtio_buffer b = {rx_data[rx.free_head], HEADER + FRAME_MAX};

	virtq_add(&rx, &b, 0, 1);
}

bool vnet_init(u8 mac[6])
{
	u32 i;

	if (!virtio_open(&dev, VIRTIO_NET, 0, FEATURE_MAC) || !virtq_open(&dev, &rx, 0) ||
	    !virtq_open(&dev, &tx, 1))
		return false;
	for (i = 0; i < 6; i++)
		mac[i] = vread8(dev.config + i);
	tx.rings->avail.flags = 1;
	virtio_start(&dev);
	for (i = 0; i < RX_BUFFERS; i++)
		post();
	virtq_kick(&rx);
	virtio_interrupts(&dev, NULL);
	return true;
}

bool vnet_send(const void *frame, u32 len)
{
	struct virtio_buffer b = {tx_data, HEADER + len};
	u32 flags;

	if (len > FRAME_MAX)
		return false;
	flags = irq_save();
	memset(tx_data, 0, HEADER);
	memcpy(tx_data + HEADER, frame, len);
	virtq_add(&tx, &b, 1, 0);
	virtq_kick(&tx);
	virtq_wait(&tx, NULL);
	irq_restore(flags);
	return true;
}

u32 vnet_receive(void *frame, u32 size)
{
	u32 flags = irq_save(), len = 0;
	int id = virtq_take(&rx, &len);

	if (id >= 0) {
		len = len > HEADER ? MIN(len - HEADER, size) : 0;
		memcpy(frame, rx_data[id] + HEADER, len);
		post();
		virtq_tell(&rx);
	}
	irq_restore(flags);
	return id >= 0 ? len : 0;
}

bool vnet_ready(void)
{
	return virtq_ready(&rx);
}
