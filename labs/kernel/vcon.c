/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio console (virtio 1.0, 5.3): queue 0 brings what is typed, queue 1 takes what is
 * printed. */
#include "labs/kernel/console.h"
#include "labs/kernel/virtio.h"

#define TRIES 100000 /* a device that works needs few */

static struct virtio device;
static struct virtq typed, printed;
static char typed_data[QUEUE_SIZE][16]; /* by descriptor */
static char printed_data[256];

/* What was taken last from the queue, and is being read. */
static int reading = -1;
static u32 read_at, read_end;

/* Lend the device a buffer to be filled. A chain of one takes the first free descriptor. */
static void lend(void)
{
	struct buffer b = {typed_data[typed.free_head], sizeof(typed_data[0])};

	virtq_add(&typed, &b, 0, 1);
}

bool vcon_init(void)
{
	u32 i;

	if (!virtio_open(&device, VIRTIO_CONSOLE, 0))
		return false;
	virtq_open(&device, &typed, 0);
	virtq_open(&device, &printed, 1);
	virtio_start(&device);
	for (i = 0; i < QUEUE_SIZE; i++)
		lend();
	virtq_kick(&typed);
	return true;
}

/* The text is copied, so that it may be anywhere; the copy is the device's until it comes back. */
void vcon_write(const char *text, u32 len)
{
	u32 flags = interrupts_off(), tries = 0;

	while (len) {
		u32 n = MIN(len, sizeof(printed_data));
		struct buffer b = {printed_data, n};

		memcpy(printed_data, text, n);
		virtq_add(&printed, &b, 1, 0);
		virtq_kick(&printed);
		while (virtq_take(&printed, NULL) < 0) {
			hcall(HC_SEND_INTERRUPTS, 0, 0, 0); /* lets the device work */
			if (++tries == TRIES)
				panic("the console keeps what is to be printed: was it told?");
		}
		text += n;
		len -= n;
	}
	interrupts_restore(flags);
}

int console_getc(void)
{
	u32 flags = interrupts_off();
	int c = -1;

	if (reading < 0) {
		reading = virtq_take(&typed, &read_end);
		read_at = 0;
	}
	if (reading >= 0) {
		if (read_at < read_end)
			c = (u8)typed_data[reading][read_at++];
		if (read_at >= read_end) {
			reading = -1;
			lend();
			virtq_kick(&typed);
		}
	}
	interrupts_restore(flags);
	return c;
}
