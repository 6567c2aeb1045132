/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routes from PCI's interrupt pins to the 8259A's lines, in the south bridges of Intel (82371
 * "PIIX3" data sheet, 290550, 2.2.12; 82801 "ICH", 290655, 8.1.13). A Linux with an I/O APIC cuts
 * them off or gives them other lines, and leaves it so when kexec starts something else. What the
 * BIOS had set up is still in each function's configuration space; which pin has which route is
 * told by its table (Microsoft: PCI IRQ Routing Table Specification 1.0), and where there is
 * none the numbers are in the registers yet.
 */
#include "devices/host/elcr.h"
#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/host.h"

#define VENDOR_INTEL 0x8086u
#define SUBCLASS_ISA 0x01u

#define ROUTES	   0x60u /* four registers, */
#define ROUTES_ICH 0x68u /* and four more */
#define ROUTE_SET  4u
#define ROUTE_OFF  0x80u

/* Lines that a route can lead to; the others are reserved. */
#define LINES 0xdef8u
_Static_assert(!(LINES & (BIT(0) | BIT(1) | BIT(2) | BIT(8) | BIT(13))) && LINES < BIT(HOST_IRQS),
	       "290550, 2.2.12");

static const u16 with_four[] = {0x122e, 0x1234, 0x7000, 0x7110, 0x7198}; /* 82371, 82443MX */

#define BIOS_AREA  0xf0000u
#define BIOS_BYTES KIB(64)
#define STEP	   16u

struct pir {
	char signature[4];
	u16 version, bytes;
	u8 router_bus, router_devfn;
	u8 unused[21], sum;
};
struct pir_slot {
	u8 bus, devfn;
	struct pir_pin {
		u8 link; /* with these bridges the register, or counted from 1 */
		u16 lines;
	} PACKED pin[4];
	u8 slot, unused;
};
_Static_assert(sizeof(struct pir) == 32 && sizeof(struct pir_slot) == 16, "PIR specification 1.0");

static struct {
	struct host_function bridge;
	bool four;
	const struct pir *table;
	u32 changed;
} routes;

static void set(u8 reg, u32 line)
{
	if (!(LINES & BIT(line)) || pcihost_read(&routes.bridge, reg, 1) == line)
		return;
	pcihost_write(&routes.bridge, reg, 1, line);
	routes.changed |= BIT(line);
}

/* pcihost_scan */
static bool find_bridge(void *ctx, const struct host_function *f)
{
	(void)ctx;
	if (f->vendor != VENDOR_INTEL || f->base_class != PCI_CLASS_BRIDGE ||
	    f->sub_class != SUBCLASS_ISA)
		return true;
	routes.bridge = *f;
	for (u32 i = 0; i < ARRAY_LEN(with_four); i++)
		routes.four |= f->device == with_four[i];
	return false;
}

/* The table of this bridge. */
static const struct pir *find_table(const u8 *area)
{
	u8 devfn = (u8)(routes.bridge.dev << 3 | routes.bridge.fn);

	for (u32 at = 0; area && at < BIOS_BYTES; at += STEP) {
		const struct pir *p = (const struct pir *)(area + at);
		u8 sum = 0;

		if (memcmp(p->signature, "$PIR", 4) != 0 || p->bytes > BIOS_BYTES - at ||
		    p->bytes < sizeof(*p))
			continue;
		for (u32 i = 0; i < p->bytes; i++)
			sum = (u8)(sum + area[at + i]);
		if (!sum && p->router_bus == routes.bridge.bus && p->router_devfn == devfn)
			return p;
	}
	return NULL;
}

/* pcihost_scan: the route of this function's pin, by the table. */
static bool restore(void *ctx, const struct host_function *f)
{
	const struct pir_slot *s = (const struct pir_slot *)(routes.table + 1);
	u32 slots = (routes.table->bytes - sizeof(*routes.table)) / sizeof(*s);
	u8 link;

	(void)ctx;
	if (!f->irq_pin || f->irq_pin > ARRAY_LEN(s->pin) || f->irq_line >= HOST_IRQS)
		return true;
	for (u32 i = 0; i < slots; i++) {
		if (s[i].bus != f->bus || s[i].devfn >> 3 != f->dev)
			continue;
		link = s[i].pin[f->irq_pin - 1].link;
		link += link && link <= ROUTE_SET ? ROUTES - 1 : 0;
		if (link >= ROUTES && link < ROUTES + ROUTE_SET)
			set(link, f->irq_line);
	}
	return true;
}

/* A route that is off; a level-triggered line is one of PCI's. */
static void switch_on(u8 reg)
{
	u32 route = pcihost_read(&routes.bridge, reg, 1), line = route & ~ROUTE_OFF;

	if (route & ROUTE_OFF && line < HOST_IRQS && elcr_level(line))
		set(reg, line);
}

void pcihost_restore_routes(void)
{
	pcihost_scan(find_bridge, NULL);
	if (!routes.bridge.vendor)
		return;
	if (routes.four)
		routes.table = find_table(host_map_device(BIOS_AREA, BIOS_BYTES, CACHE_UC));
	if (routes.table)
		pcihost_scan(restore, NULL);
	for (u8 i = 0; i < ROUTE_SET; i++) {
		switch_on((u8)(ROUTES + i));
		if (!routes.four)
			switch_on((u8)(ROUTES_ICH + i));
	}
	if (routes.changed)
		log_line(LOG_INFO, NULL,
			 "pci: interrupts had been routed away from the 8259A; restored, lines by "
			 "mask %#x",
			 routes.changed);
}
