/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A card as a port of the switch. A frame that a card has no room for is dropped, as on any cable,
 * so that no guest waits for another one's traffic; a card without a cable drops everything in
 * the end and harms nobody.
 */
#include "devices/host/net/nic.h"

#include "lib/string.h"

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

const struct net_port_ops nic_port_ops = {.deliver = deliver};
