/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B7: IPv4, without routes and fragments: all neighbours are on one cable. */
#include "labs/kernel/net.h"

#define VERSION	  4
#define LIFE	  64
#define FRAGMENTS 0x3fff /* "more follow" and the offset */

/* The Internet's sum (RFC 1071): words are added, what overflows is added at the bottom. */
u16 inet_sum(const void *data, u32 len, u32 start)
{
	const u8 *p = data;
	u32 sum = start, i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (u32)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return word16((u16)~sum);
}

/* The words of the addresses, the protocol and the length (RFC 768). */
u32 inet_pseudo(const struct ipv4 *ip, u32 len)
{
	const u8 *p = (const u8 *)&ip->from;
	u32 sum = ip->protocol + len, i;

	for (i = 0; i < 2 * sizeof(u32); i++)
		sum += i % 2 ? p[i] : (u32)p[i] << 8;
	return sum;
}

/* Options behind the header are skipped; what a short frame was filled up with is left away. */
void ipv4_input(const u8 *data, u32 len)
{
	const struct ipv4 *ip = (const struct ipv4 *)data;
	u32 header, total;

	if (len < sizeof(*ip) || ip->version_words >> 4 != VERSION)
		return;
	header = (ip->version_words & 15) * 4u;
	total = word16(ip->total);
	if (header < sizeof(*ip) || total < header || total > len || inet_sum(ip, header, 0))
		return;
	if (ip->to != net_ip || word16(ip->fragment) & FRAGMENTS)
		return;
	if (ip->protocol == PROTO_ICMP)
		icmp_input(ip, data + header, total - header);
	else if (ip->protocol == PROTO_UDP)
		udp_input(ip, data + header, total - header);
}

bool ipv4_send(u32 to, u8 protocol, u32 len)
{
	struct ipv4 *ip = (struct ipv4 *)(net_out + sizeof(struct ether));
	u8 mac[MAC_LEN];

	if (!arp_find(to, mac))
		return false;
	len += (u32)sizeof(*ip);
	*ip = (struct ipv4){.version_words = VERSION << 4 | sizeof(*ip) / 4,
			    .total = word16((u16)len),
			    .life = LIFE,
			    .protocol = protocol,
			    .from = net_ip,
			    .to = to};
	ip->sum = inet_sum(ip, sizeof(*ip), 0);
	ether_send(mac, TYPE_IPV4, len);
	return true;
}

bool ipv4_parse(const char *text, u32 *ip)
{
	u8 *byte = (u8 *)ip;
	u32 n, value;

	for (n = 0; n < sizeof(*ip); n++) {
		if (*text < '0' || *text > '9')
			return false;
		for (value = 0; *text >= '0' && *text <= '9' && value < 256; text++)
			value = value * 10 + (u32)(*text - '0');
		if (value > 255 || *text != (n < 3 ? '.' : '\0'))
			return false;
		byte[n] = (u8)value;
		text++;
	}
	return true;
}
