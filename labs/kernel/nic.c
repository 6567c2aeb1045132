/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B7: the first virtio network card (virtio 1.0, 5.1). Queue 0 receives, queue 1 sends; each
 * frame has a header of virtio's before it, which stays all zero. A thread takes what comes and
 * gives it to net_input().
 */
#include "labs/kernel/net.h"
#include "labs/kernel/sync.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/virtio.h"

#define FEATURE_MAC (1u << 5)
#define HEADER	    12u

static struct virtio device;
static struct virtq received, sent;
static u8 received_data[QUEUE_SIZE][HEADER + FRAME_MAX]; /* by descriptor */
static u8 sent_data[QUEUE_SIZE][HEADER + FRAME_MAX];
static struct semaphore interrupts;

struct mutex net_lock;

static void interrupt(u32 line)
{
	(void)line;
	if (virtio_acknowledge(&device))
		semaphore_up(&interrupts);
}

/* Lend the card a buffer for a frame. A chain of one takes the first free descriptor. */
static void lend(void)
{
	struct buffer b = {received_data[received.free_head], sizeof(received_data[0])};

	virtq_add(&received, &b, 0, 1);
}

static void receive(void *unused)
{
	int n;
	u32 len;

	(void)unused;
	for (;;) {
		while ((n = virtq_take(&received, &len)) >= 0) {
			mutex_lock(&net_lock);
			if (len > HEADER && len <= sizeof(received_data[0]))
				net_input(received_data[n] + HEADER, len - HEADER);
			mutex_unlock(&net_lock);
			lend();
			virtq_kick(&received);
		}
		semaphore_down(&interrupts);
	}
}

/* The frame is copied, and the copy is the card's until it comes back. When all 16 are under way
 * the frame is lost, as on any cable. */
void nic_send(const void *frame, u32 len)
{
	struct buffer b = {NULL, HEADER + len};

	while (virtq_take(&sent, NULL) >= 0)
		;
	if (len > FRAME_MAX || !sent.free_count)
		return;
	b.data = sent_data[sent.free_head];
	memcpy((u8 *)b.data + HEADER, frame, len);
	virtq_add(&sent, &b, 1, 0);
	virtq_kick(&sent);
}

bool nic_init(void)
{
	u32 i;

	if (!virtio_open(&device, VIRTIO_NET, FEATURE_MAC))
		return false;
	virtq_open(&device, &received, 0);
	virtq_open(&device, &sent, 1);
	for (i = 0; i < MAC_LEN; i++)
		net_mac[i] = device.config[i];
	virtio_start(&device);
	for (i = 0; i < QUEUE_SIZE; i++)
		lend();
	virtq_kick(&received);
	irq_register(device.line, interrupt);
	return thread_start("network", receive, NULL) != NULL;
}
