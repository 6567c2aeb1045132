/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chatter: hands its console one buffer of many lines at once, more than a serial line takes in a
 * while, and sleeps until it was printed. The others must not wait for that line.
 *
 *   kib=N   so much text (default 256, at most 1024)
 */
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define LINE	 64u
#define MAX_KIB	 1024u
#define TX_QUEUE 1

static char text[MAX_KIB * 1024];

void guest_main(void)
{
	struct virtio_buffer all = {text, MIN(option_u32("kib", 256), MAX_KIB) * 1024};
	struct virtio console;
	struct virtq tx;
	u32 len;

	memset(text, '.', sizeof(text));
	for (u32 i = LINE - 1; i < sizeof(text); i += LINE)
		text[i] = '\n';
	traps_init();
	if (!virtio_open(&console, VIRTIO_CONSOLE, 0, 0) || !virtq_open(&console, &tx, TX_QUEUE))
		panic("no console");
	virtio_start(&console);
	puts("chatter: begins\n");
	virtq_add(&tx, &all, 1, 0);
	virtq_kick(&tx);
	clock_start(10);
	irq_on();
	while (virtq_take(&tx, &len) < 0)
		halt();
	puts("chatter: all was printed\n");
}
