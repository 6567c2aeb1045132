/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B7: UDP, as much as its echo service needs (RFC 862): what comes to port 7 goes back. */
#include "labs/kernel/net.h"

#define PORT_ECHO 7

void udp_input(const struct ipv4 *ip, const u8 *data, u32 len)
{
	const struct udp *u = (const struct udp *)data;
	struct udp *out = (struct udp *)IPV4_OUT;
	u32 claimed;

	if (len < sizeof(*u))
		return;
	claimed = word16(u->len);
	if (claimed < sizeof(*u) || claimed > len || claimed > IPV4_DATA_MAX)
		return;
	if (u->sum && inet_sum(data, claimed, inet_pseudo(ip, claimed))) /* 0: none was made */
		return;
	if (word16(u->to) != PORT_ECHO || word16(u->from) == PORT_ECHO) /* no endless game */
		return;
	memcpy(out, data, claimed);
	out->from = u->to;
	out->to = u->from;
	ipv4_send(ip->from, PROTO_UDP, claimed); /* the sum of swapped words is the same */
}
