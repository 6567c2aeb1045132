/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's network cards by their names, over all drivers. A card is opened when a network
 * is to be bridged to it.
 */
#include "devices/host/net/cards.h"

#include "devices/host/irq.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/isa.h"
#include "devices/host/net/nic.h"
#include "lib/log.h"
#include "lib/string.h"

#define CARDS	      8u
#define CLASS_NETWORK 0x02u

static const struct nic_driver *const drivers[] = {
	&virtio_net_driver, &e1000_driver,  &rtl8139_driver, &pcnet_driver,
	&ne2k_driver,	    &i8255x_driver, &tulip_driver,
};

static struct nic cards[CARDS];
static u32 card_count;

static bool interrupt(void *ctx)
{
	struct nic *n = ctx;

	n->raised = false;
	n->more = n->driver->serve(n, NIC_BUDGET);
	return n->raised;
}

static const struct nic_driver *find_driver(const struct host_function *f)
{
	for (u32 i = 0; i < ARRAY_LEN(drivers); i++) {
		const struct nic_driver *d = drivers[i];

		for (const u16 *id = d->devices; f->vendor == d->vendor && *id; id++)
			if (*id == f->device)
				return d;
	}
	return NULL;
}

const char *host_nic_driver(const struct host_function *f)
{
	const struct nic_driver *d = find_driver(f);

	return d ? d->name : NULL;
}

static bool note_card(void *ctx UNUSED, const struct host_function *f)
{
	const struct nic_driver *d = find_driver(f);
	struct nic *n = &cards[card_count];

	if (!d && f->base_class == CLASS_NETWORK && !pcihost_owner(f))
		log_line(LOG_WARN, NULL,
			 "network card at %02x:%02x.%u: there is no driver for %04x:%04x", f->bus,
			 f->dev, f->fn, f->vendor, f->device);
	if (!d)
		return true;
	n->driver = d;
	n->pci = *f;
	n->port.ops = &nic_port_ops;
	snprintf(n->name, sizeof(n->name), "nic%u", card_count);
	return ++card_count < CARDS;
}

/* It is touched only by open(). */
static struct nic *isa_card(const char *name)
{
	struct nic *n = &cards[card_count];
	u16 port;
	u8 irq;

	if (!isa_card_name(name, &port, &irq))
		return NULL;
	for (u32 i = 0; i < card_count; i++)
		if (cards[i].isa_port == port) /* by another spelling */
			return &cards[i];
	if (card_count == CARDS)
		return NULL;
	n->driver = &ne2k_driver;
	n->port.ops = &nic_port_ops;
	n->isa_port = port;
	n->pci.irq_line = irq;
	snprintf(n->name, sizeof(n->name), "%s", name);
	card_count++;
	return n;
}

static struct nic *find_card(const char *name)
{
	static bool probed;

	if (!probed) {
		probed = true;
		pcihost_scan(note_card, NULL);
	}
	for (u32 i = 0; i < card_count; i++)
		if (strcmp(cards[i].name, name) == 0)
			return &cards[i];
	return isa_card(name);
}

/* False: somebody has it already. Nobody else would take a card on the ISA bus. */
static bool claim(const struct nic *n)
{
	return n->isa_port ||
	       pcihost_claim(&n->pci, "it is the hypervisor's: a bridge of a network");
}

static void tell(const struct nic *n)
{
	char place[16];

	if (n->isa_port)
		snprintf(place, sizeof(place), "port %#x", n->isa_port);
	else
		snprintf(place, sizeof(place), "%02x:%02x.%u", n->pci.bus, n->pci.dev, n->pci.fn);
	log_line(LOG_INFO, NULL, "network card %s: %s at %s, irq %u", n->name, n->driver->name,
		 place, n->irq);
}

enum hv_status host_nic_bridge(const char *name, const char *network, u8 mac[6])
{
	struct nic *n = find_card(name);
	enum hv_status s;

	if (!n)
		return HV_ABSENT;
	if (n->up)
		return HV_BUSY;
	if (!claim(n))
		return HV_BUSY;
	s = n->driver->open(n, &n->pci);
	if (s == HV_OK)
		s = netswitch_attach(&n->port, network);
	if (s == HV_OK)
		s = host_irq_register(n->irq, interrupt, n);
	if (s != HV_OK) {
		netswitch_detach(&n->port);
		return s;
	}
	memcpy(mac, n->port.mac, MAC_BYTES);
	tell(n);
	n->up = true;
	n->driver->go(n);
	return HV_OK;
}

bool host_nics_poll(void)
{
	bool more = false;

	for (u32 i = 0; i < card_count; i++) {
		if (cards[i].more)
			(void)interrupt(&cards[i]);
		more |= cards[i].more;
	}
	return more;
}
