/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's network cards. A frame that a card has no room for is dropped, as on any cable,
 * so that no guest waits for another one's traffic; a card without a cable drops everything in
 * the end and harms nobody.
 */
#include "devices/host/net/nic.h"

#include "devices/host/disk/disks.h"
#include "lib/log.h"
#include "lib/string.h"

#define CARDS 8u

#define PCI_COMMAND    0x04u
#define COMMAND_DECODE 0x0007u /* I/O, memory, bus master */

static const struct nic_driver *const drivers[] = {
	&virtio_net_driver,
	&e1000_driver,
	&rtl8139_driver,
};

static struct nic cards[CARDS];
static u32 card_count;

void nic_enable(const struct pci_function *f)
{
	pcihost_write(f, PCI_COMMAND, 2, pcihost_read(f, PCI_COMMAND, 2) | COMMAND_DECODE);
}

void nic_receive(struct nic *n, const u8 *frame, u32 len)
{
	netswitch_send(&n->port, frame, len);
}

static void deliver(struct net_port *p, const u8 *frame, u32 len)
{
	struct nic *n = container_of(p, struct nic, port);
	u8 *to = n->driver->room(n);

	if (!to) {
		n->dropped++;
		return;
	}
	memcpy(to, frame, len);
	if (len < NIC_FRAME_MIN) {
		memset(to + len, 0, NIC_FRAME_MIN - len);
		len = NIC_FRAME_MIN;
	}
	n->driver->send(n, len);
}

static const struct net_port_ops port_ops = {.deliver = deliver};

static void interrupt(void *ctx)
{
	struct nic *n = ctx;

	n->more = n->driver->serve(n, NIC_BUDGET);
}

static const struct nic_driver *find_driver(const struct pci_function *f)
{
	for (u32 i = 0; i < ARRAY_LEN(drivers); i++) {
		const struct nic_driver *d = drivers[i];

		for (const u16 *id = d->devices; f->vendor == d->vendor && *id; id++)
			if (*id == f->device)
				return d;
	}
	return NULL;
}

static bool note_card(void *ctx UNUSED, const struct pci_function *f)
{
	const struct nic_driver *d = find_driver(f);
	struct nic *n = &cards[card_count];

	if (!d)
		return true;
	n->driver = d;
	n->pci = *f;
	n->port.ops = &port_ops;
	snprintf(n->name, sizeof(n->name), "nic%u", card_count);
	return ++card_count < CARDS;
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
	return NULL;
}

enum hv_status host_nic_bridge(const char *name, const char *network, u8 mac[6])
{
	struct nic *n = find_card(name);
	enum hv_status s;

	if (!n)
		return HV_ABSENT;
	if (n->up)
		return HV_BUSY;
	if (!pcihost_claim(&n->pci, "it is the hypervisor's: a bridge of a network"))
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
	log_line(LOG_INFO, NULL, "network card %s: %s at %02x:%02x.%u, irq %u", n->name,
		 n->driver->name, n->pci.bus, n->pci.dev, n->pci.fn, n->irq);
	n->up = true;
	n->driver->go(n);
	return HV_OK;
}

bool host_nics_poll(void)
{
	bool more = false;

	for (u32 i = 0; i < card_count; i++) {
		if (cards[i].more)
			interrupt(&cards[i]);
		more |= cards[i].more;
	}
	return more;
}
