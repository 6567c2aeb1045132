/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the machine has serial ports: the conventional addresses of a PC, those that the BIOS data
 * area names, and PCI cards of class 07.00 (PCI local bus specification 2.3, appendix D) with a
 * UART in I/O space: the first one in each of their BARs. Asking for PCI cards that are not there
 * costs a scan of the bus, once; nothing else here waits.
 */
#include "devices/host/serial.h"
#include "devices/host/bios.h"
#include "devices/host/pci.h"
#include "devices/host/uart.h"
#include "lib/string.h"

#define CLASS_COMMUNICATION 0x07
#define SUBCLASS_SERIAL	    0x00
#define BARS		    6u
#define PORT_SIZE	    8u
#define LINES		    16u

/* Of ISA; what is not among them in the BIOS data area was written by no BIOS. */
#define ISA_LOWEST  0x200u
#define ISA_HIGHEST 0x3f8u

_Static_assert(SERIAL_COM1 <= ISA_HIGHEST && SERIAL_COM2 >= ISA_LOWEST &&
		       SERIAL_COM1 % PORT_SIZE == 0,
	       "the conventional ones are among them");

static struct {
	bool looked;
	u32 count;
	struct card_port {
		struct host_function f;
		u16 base;
	} port[SERIAL_CARDS];
} cards;

bool serial_early(u32 baud)
{
	for (u32 i = 0; i < ARRAY_LEN(bios.com); i++) {
		u16 base = bios.com[i];

		if (base >= ISA_LOWEST && base <= ISA_HIGHEST && base % PORT_SIZE == 0 &&
		    uart_init(base, baud))
			return true;
	}
	return uart_init(SERIAL_COM1, baud);
}

/* pcihost_scan */
static bool look(void *ctx, const struct host_function *f)
{
	(void)ctx;
	if (f->base_class != CLASS_COMMUNICATION || f->sub_class != SUBCLASS_SERIAL)
		return true;
	for (u32 bar = 0; bar < BARS && cards.count < SERIAL_CARDS; bar++) {
		u16 base = pcihost_port(f, bar);

		if (base)
			cards.port[cards.count++] = (struct card_port){*f, base};
	}
	return cards.count < SERIAL_CARDS;
}

static u16 card(u32 n)
{
	if (!cards.looked)
		pcihost_scan(look, NULL);
	cards.looked = true;
	if (n >= cards.count)
		return 0;
	(void)pcihost_claim(&cards.port[n].f, "a serial port of ringone's own"); /* or was before */
	pcihost_enable(&cards.port[n].f, PCI_COMMAND_IO);
	return cards.port[n].base;
}

u16 serial_port(u16 place)
{
	if (place == SERIAL_AUTO)
		return uart_base() ? uart_base() : card(0);
	if (place >= SERIAL_PCI && place < SERIAL_PCI + SERIAL_CARDS)
		return card(place - SERIAL_PCI);
	return place;
}

const char *serial_name(u16 place)
{
	static char name[8];

	if (place >= SERIAL_LOWEST)
		snprintf(name, sizeof(name), "%#x", place);
	else
		snprintf(name, sizeof(name), "pci%u", place - SERIAL_PCI);
	return name;
}

unsigned serial_line(u16 port)
{
	for (u32 i = 0; i < cards.count; i++)
		if (cards.port[i].base == port)
			return cards.port[i].f.irq_line < LINES ? cards.port[i].f.irq_line : 0;
	/* COM1 and COM3 share a line, COM2 and COM4 another. */
	return (port & ~0x10u) == 0x3e8 ? 4 : (port & ~0x10u) == 0x2e8 ? 3 : 0;
}
