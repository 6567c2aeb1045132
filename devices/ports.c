/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The legacy ports a guest kernel probes, and what it reads there. A guest has none of these
 * devices: each answer is the one that ends the probe soonest. Writes to ports are dropped,
 * also those that would reset a machine (0x64, 0x92, 0x604, 0xB2, 0x8900): a guest ends by a
 * hypercall, so that its reason is known.
 */
#include "devices/bus.h"

static const struct {
	u16 first, last;
	u8 value;
} answers[] = {
	{0x40, 0x43, 0x00}, /* PIT: a count that stands at 0 ends calibration at once */
	{0x60, 0x60, 0xff}, /* 8042 data: nothing a controller would say */
	{0x61, 0x61, 0x20}, /* channel 2's output is up: nobody waits for it */
	{0x64, 0x64, 0x01}, /* 8042 status: input empty, output full: the probe drains, leaves */
	{0x71, 0x71, 0x00}, /* CMOS: no update in progress */
};

u8 legacy_port_in(u16 port)
{
	for (u32 i = 0; i < ARRAY_LEN(answers); i++)
		if (port >= answers[i].first && port <= answers[i].last)
			return answers[i].value;
	return 0xff; /* an empty ISA bus floats high: no UART, no VGA, no PIC */
}
