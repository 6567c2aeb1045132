/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio console: queue 0 receives, queue 1 transmits. */
#include "guest-stubs/lib/virtio.h"

#define RX_BUFFERS 8
#define RX_BYTES   64
#define TX_BYTES   256

static struct virtio dev;
static struct virtq rx, tx;
static char rx_data[QUEUE_SIZE][RX_BYTES]; /* by descriptor */
static char tx_data[TX_BYTES];

/* The buffer being read from. */
static int current = -1;
static u32 at, filled;

static void post(void)
{
	/* A chain of one: its descriptor is the one at the head of the free list. */
	struct virtio_buffer b = {rx_data[rx.free_head], RX_BYTES};

	virtq_add(&rx, &b, 0, 1);
}

static void transmit(const char *text, u32 len)
{
	u32 flags = irq_save();

	while (len) {
		u32 n = MIN(len, TX_BYTES);
		struct virtio_buffer b = {tx_data, n};

		memcpy(tx_data, text, n);
		virtq_add(&tx, &b, 1, 0);
		virtq_kick(&tx);
		virtq_wait(&tx, NULL);
		text += n;
		len -= n;
	}
	irq_restore(flags);
}

bool vcon_init(void)
{
	u32 i;

	if (!virtio_open(&dev, VIRTIO_CONSOLE, 0, 0) || !virtq_open(&dev, &rx, 0) ||
	    !virtq_open(&dev, &tx, 1))
		return false;
	tx.rings->avail.flags = 1; /* transmit is waited for: no interrupt */
	virtio_start(&dev);
	for (i = 0; i < RX_BUFFERS; i++)
		post();
	virtq_kick(&rx);
	virtio_interrupts(&dev, NULL);
	console_driver = transmit;
	return true;
}

int vcon_getc(void)
{
	u32 flags = irq_save();
	int c = -1;

	if (current < 0) {
		current = virtq_take(&rx, &filled);
		at = 0;
	}
	if (current >= 0) {
		if (at < filled)
			c = (u8)rx_data[current][at++];
		if (at >= filled) {
			/* virtq_take freed it, and it is the next one to be given out */
			current = -1;
			post();
			virtq_kick(&rx);
		}
	}
	irq_restore(flags);
	return c;
}

bool vcon_ready(void)
{
	return current >= 0 || virtq_ready(&rx);
}
