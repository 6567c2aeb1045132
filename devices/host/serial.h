/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which serial ports there are. For those who choose one: boot/, the options, the console and gdb
 * in hv/.
 */
#ifndef DEVICES_HOST_SERIAL_H
#define DEVICES_HOST_SERIAL_H

#include "lib/base.h"

/* A place of a port: its I/O address, or one of these, where no port can be. */
#define SERIAL_NONE   0u
#define SERIAL_AUTO   1u /* what the BIOS knows, else COM1, else a PCI card */
#define SERIAL_PCI    2u /* and the following: the ports of PCI cards */
#define SERIAL_CARDS  4u
#define SERIAL_LOWEST 0x100u
#define SERIAL_COM1   0x3f8u
#define SERIAL_COM2   0x2f8u
_Static_assert(SERIAL_PCI + SERIAL_CARDS <= SERIAL_LOWEST, "no port is meant");

/* Before there is anything else: the first port that answers of those in the BIOS data area, else
 * COM1. */
bool serial_early(u32 baud);
/* The I/O address for a place; 0: there is none. A card is used by us from then on. Needs PCI. */
u16 serial_port(u16 place);
const char *serial_name(u16 place); /* as the options call it; until the next call */
unsigned serial_line(u16 port);	    /* its interrupt line; 0: it has none */

#endif
