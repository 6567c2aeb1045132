/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's PCI configuration space by mechanism 1 (PCI local bus specification 2.3,
 * 3.2.2.3.2). Bridges keep the bus numbers that the BIOS gave them; nothing is written while
 * scanning. */
#include "devices/host/pci.h"
#include "lib/string.h"
#include "lib/x86.h"

#define ADDRESS	       0xcf8
#define DATA	       0xcfc
#define ADDRESS_ENABLE 0x80000000u

#define CFG_SECONDARY 0x19 /* of a bridge */
#define HEADER_TYPE   0x7fu
#define HEADER_MULTI  0x80u
#define TYPE_BRIDGE   1u
#define TYPE_CARDBUS  2u

#define BUSES	  256u
#define DEVICES	  32u
#define FUNCTIONS 8u
_Static_assert((BUSES - 1) << 16 == 0xff0000 && (DEVICES - 1) << 11 == 0xf800 &&
		       (FUNCTIONS - 1) << 8 == 0x700,
	       "PCI Local Bus 2.3, 3.2.2.3.2: the fields of an address");

bool pcihost_present(void)
{
	u32 saved = inl(ADDRESS), seen;

	outl(ADDRESS, ADDRESS_ENABLE);
	seen = inl(ADDRESS);
	outl(ADDRESS, saved);
	return seen == ADDRESS_ENABLE;
}

static void address(const struct host_function *f, u8 offset)
{
	outl(ADDRESS, ADDRESS_ENABLE | (u32)f->bus << 16 | (u32)f->dev << 11 | (u32)f->fn << 8 |
			      (offset & 0xfcu));
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	u16 port = (u16)(DATA + (offset & 3u));

	address(f, offset);
	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(DATA);
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	u16 port = (u16)(DATA + (offset & 3u));

	address(f, offset);
	if (size == 1)
		outb(port, (u8)value);
	else if (size == 2)
		outw(port, (u16)value);
	else
		outl(DATA, value);
}

/* Fill in the rest of *f. False: nobody there. */
static bool identify(struct host_function *f)
{
	u32 id = pcihost_read(f, PCI_VENDOR, 4), class, irq;

	f->vendor = (u16)id;
	f->device = (u16)(id >> 16);
	if (f->vendor == 0xffff || f->vendor == 0)
		return false;
	class = pcihost_read(f, PCI_REVISION, 4);
	f->revision = (u8) class;
	f->prog_if = (u8)(class >> 8);
	f->sub_class = (u8)(class >> 16);
	f->base_class = (u8)(class >> 24);
	f->header = (u8)pcihost_read(f, PCI_HEADER, 1);
	irq = pcihost_read(f, PCI_IRQ_LINE, 2);
	f->irq_line = (u8)irq;
	f->irq_pin = (u8)(irq >> 8);
	return true;
}

/* A bus behind a bridge always has the higher number, so one ascending pass sees them all. */
static void note_bridge(const struct host_function *f, u8 behind[BUSES / 8])
{
	u8 type = f->header & HEADER_TYPE, bus;

	if (type != TYPE_BRIDGE && type != TYPE_CARDBUS)
		return;
	bus = (u8)pcihost_read(f, CFG_SECONDARY, 1);
	if (bus > f->bus)
		behind[bus / 8] |= (u8)(1u << bus % 8);
}

/* False: fn wants no more. */
static bool scan_device(u32 bus, u32 dev, u8 behind[BUSES / 8],
			bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	u32 functions = 1;

	for (u32 i = 0; i < functions; i++) {
		struct host_function f = {.bus = (u8)bus, .dev = (u8)dev, .fn = (u8)i};

		if (!identify(&f))
			continue;
		if (i == 0 && f.header & HEADER_MULTI)
			functions = FUNCTIONS;
		note_bridge(&f, behind);
		if (!fn(ctx, &f))
			return false;
	}
	return true;
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	u8 behind[BUSES / 8] = {1}; /* bus 0 */

	if (!pcihost_present())
		return;
	for (u32 bus = 0; bus < BUSES; bus++) {
		if (!(behind[bus / 8] & 1u << bus % 8))
			continue;
		for (u32 dev = 0; dev < DEVICES; dev++)
			if (!scan_device(bus, dev, behind, fn, ctx))
				return;
	}
}

/* ---- Who uses what ------------------------------------------------------------------------- */

#define CLAIMS 32u

static struct {
	u32 key; /* bus, device, function; with CLAIMED set */
	const char *as;
} claims[CLAIMS];
#define CLAIMED 0x80000000u

static u32 claim_key(const struct host_function *f)
{
	return CLAIMED | (u32)f->bus << 16 | (u32)f->dev << 8 | f->fn;
}

const char *pcihost_owner(const struct host_function *f)
{
	for (u32 i = 0; i < CLAIMS; i++)
		if (claims[i].key == claim_key(f))
			return claims[i].as;
	return NULL;
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	u32 i = 0;

	if (pcihost_owner(f))
		return false;
	while (i < CLAIMS && claims[i].key)
		i++;
	if (i == CLAIMS)
		return false;
	claims[i].key = claim_key(f);
	claims[i].as = as;
	return true;
}

void pcihost_unclaim(const struct host_function *f)
{
	for (u32 i = 0; i < CLAIMS; i++)
		if (claims[i].key == claim_key(f))
			claims[i].key = 0;
}
