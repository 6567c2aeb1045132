/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B7: ICMP echo, from both sides of a ping. */
#include "labs/kernel/net.h"

#define ECHO_REPLY   0
#define ECHO_REQUEST 8
#define OUR_ID	     0x4237
#define PING_BYTES   56u /* of data, as ping sends everywhere */

u16 ping_answered;
static u32 asked; /* whom we ping */

static bool send(u32 to, u32 len)
{
	struct icmp *i = (struct icmp *)IPV4_OUT;

	i->sum = 0;
	i->sum = inet_sum(i, len, 0);
	return ipv4_send(to, PROTO_ICMP, len);
}

/* The answer is the request with another type: all its data come back. */
static void answer(u32 to, const u8 *data, u32 len)
{
	struct icmp *i = (struct icmp *)IPV4_OUT;

	memcpy(i, data, len);
	i->type = ECHO_REPLY;
	send(to, len);
}

void icmp_input(const struct ipv4 *ip, const u8 *data, u32 len)
{
	const struct icmp *i = (const struct icmp *)data;

	if (len < sizeof(*i) || len > IPV4_DATA_MAX || inet_sum(data, len, 0) || i->code)
		return;
	if (i->type == ECHO_REQUEST) {
		answer(ip->from, data, len);
	} else if (i->type == ECHO_REPLY && word16(i->id) == OUR_ID && ip->from == asked) {
		ping_answered = word16(i->sequence);
	}
}

bool ping_send(u32 to, u16 sequence)
{
	struct icmp *i = (struct icmp *)IPV4_OUT;
	u32 n;

	*i = (struct icmp){
		.type = ECHO_REQUEST, .id = word16(OUR_ID), .sequence = word16(sequence)};
	asked = to;
	ping_answered = 0;
	for (n = 0; n < PING_BYTES; n++)
		((u8 *)(i + 1))[n] = (u8)n;
	return send(to, sizeof(*i) + PING_BYTES);
}
