/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B7: Ethernet, the lowest layer: who is meant, and which protocol is inside. */
#include "labs/kernel/net.h"

u8 net_mac[MAC_LEN];
u32 net_ip;
u8 net_out[FRAME_MAX];

const u8 net_everybody[MAC_LEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

void net_input(const u8 *frame, u32 len)
{
	const struct ether *e = (const struct ether *)frame;

	if (len < sizeof(*e) || len > FRAME_MAX)
		return;
	if (memcmp(e->to, net_mac, MAC_LEN) && memcmp(e->to, net_everybody, MAC_LEN))
		return;
	frame += sizeof(*e);
	len -= (u32)sizeof(*e);
	if (word16(e->type) == TYPE_ARP)
		arp_input(frame, len);
	else if (word16(e->type) == TYPE_IPV4)
		ipv4_input(frame, len);
}

/* `len` bytes of data stand in net_out behind the header. A frame has a least length: zeros fill
 * it, and not what the last frame left there. */
void ether_send(const u8 to[MAC_LEN], u16 type, u32 len)
{
	struct ether *e = (struct ether *)net_out;

	memcpy(e->to, to, MAC_LEN);
	memcpy(e->from, net_mac, MAC_LEN);
	e->type = word16(type);
	for (len += (u32)sizeof(*e); len < FRAME_MIN; len++)
		net_out[len] = 0;
	nic_send(net_out, len);
}
