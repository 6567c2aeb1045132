/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keyboard behind an 8042 controller, or what SMM firmware pretends to be one: as the BIOS
 * left it, with scan codes translated to set 1 (IBM PS/2 technical reference, keyboard and
 * auxiliary device controller). Nothing is ever written to it: emulated controllers lose bytes
 * or hang on commands.
 */
#include "devices/host/ps2.h"
#include "devices/host/bios.h"
#include "devices/host/irq.h"
#include "devices/host/scancode.h"
#include "lib/x86.h"

#define DATA	   0x60
#define STATUS	   0x64
#define STATUS_OBF 0x01u /* a byte is there */
#define STATUS_AUX 0x20u /* from the mouse */
#define KEY_IRQ	   1
#define DRAIN	   32u /* a controller that always has a byte is not one */

static bool present;

static bool poll(void *ctx)
{
	unsigned i;

	(void)ctx;
	for (i = 0; i < DRAIN; i++) {
		u8 status = inb(STATUS), byte;

		if (!(status & STATUS_OBF))
			break;
		byte = inb(DATA);
		if (!(status & STATUS_AUX))
			scancode_take(byte);
	}
	return i != 0;
}

bool ps2_init(const struct keymap *map)
{
	if (present)
		return true;
	if (inb(STATUS) == 0xff)
		return false;
	for (unsigned i = 0; inb(STATUS) & STATUS_OBF; i++) {
		if (i == DRAIN)
			return false;
		(void)inb(DATA);
	}
	scancode_reset(bios.num_lock, bios.caps_lock);
	scancode_layout(map);
	present = host_irq_register(KEY_IRQ, poll, NULL) == HV_OK;
	return present;
}

bool ps2_present(void)
{
	return present;
}

int ps2_getc(void)
{
	if (!present)
		return -1;
	(void)poll(NULL);
	return scancode_typed();
}
