/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B7: ARP. Which card has this address? What was learned is kept in a few places, of which the
 * oldest is given to the next neighbour: who sends thousands of answers costs us no memory.
 */
#include "labs/kernel/net.h"

#define REQUEST	   1
#define REPLY	   2
#define ETHERNET   1
#define NEIGHBOURS 8

static struct {
	u32 ip; /* 0: free */
	u8 mac[MAC_LEN];
} known[NEIGHBOURS];
static u32 oldest;

static void learn(u32 ip, const u8 mac[MAC_LEN])
{
	u32 n;

	for (n = 0; n < NEIGHBOURS && known[n].ip != ip; n++)
		;
	if (n == NEIGHBOURS) {
		n = oldest;
		oldest = (oldest + 1) % NEIGHBOURS;
	}
	known[n].ip = ip;
	memcpy(known[n].mac, mac, MAC_LEN);
}

static void send(u16 operation, const u8 to[MAC_LEN], const u8 target[MAC_LEN], u32 ip)
{
	struct arp *a = (struct arp *)(net_out + sizeof(struct ether));

	*a = (struct arp){.hardware = word16(ETHERNET),
			  .protocol = word16(TYPE_IPV4),
			  .hardware_len = MAC_LEN,
			  .protocol_len = sizeof(u32),
			  .operation = word16(operation),
			  .sender_ip = net_ip,
			  .target_ip = ip};
	memcpy(a->sender, net_mac, MAC_LEN);
	memcpy(a->target, target, MAC_LEN);
	ether_send(to, TYPE_ARP, sizeof(*a));
}

/* Only what is for us is looked at, so only who wants to talk to us is learned. */
void arp_input(const u8 *data, u32 len)
{
	const struct arp *a = (const struct arp *)data;

	if (len < sizeof(*a) || word16(a->hardware) != ETHERNET ||
	    word16(a->protocol) != TYPE_IPV4 || a->hardware_len != MAC_LEN ||
	    a->protocol_len != sizeof(u32))
		return;
	if (a->target_ip != net_ip || a->sender_ip == net_ip || !a->sender_ip)
		return;
	learn(a->sender_ip, a->sender);
	if (word16(a->operation) == REQUEST)
		send(REPLY, a->sender, a->sender, a->sender_ip);
}

bool arp_find(u32 ip, u8 mac[MAC_LEN])
{
	static const u8 nobody[MAC_LEN];
	u32 n;

	for (n = 0; n < NEIGHBOURS; n++)
		if (known[n].ip == ip) {
			memcpy(mac, known[n].mac, MAC_LEN);
			return true;
		}
	send(REQUEST, net_everybody, nobody, ip);
	return false;
}
