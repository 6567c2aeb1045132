/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by the console: an end with two thousand empty lines still to be printed, and the
 * register for emergencies written by the hundred in one instruction. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/trap.h"

#define LINES	 2048u
#define TX_QUEUE 1

static char lines[LINES];

void attack_newlines(void)
{
	struct virtio_buffer all = {lines, sizeof(lines)};
	struct virtio console;
	struct virtq tx;

	memset(lines, '\n', sizeof(lines));
	if (!virtio_open(&console, VIRTIO_CONSOLE, 0, 0) || !virtq_open(&console, &tx, TX_QUEUE))
		panic("attacker: needs a console");
	virtio_start(&console);
	clock_start(100);
	while (clock_ticks < 10)
		halt();
	virtq_add(&tx, &all, 1, 0);
	virtq_kick(&tx);
	power_off();
}

void attack_emergency(void)
{
	memset(lines, '\n', sizeof(lines));
	aim_window(1, VIRTIO_CAP_DEVICE, 8, 1);
	while (going())
		out_bytes(lines, sizeof(lines));
	early_console_forget();
}
