/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checksums (RFC 1071) and segments (RFC 791, RFC 793) for drivers that leave them to the device.
 * Every number of the header and of the packet is the guest's: tcp_whole_check() is the door.
 */
#include "devices/virtio/offload.h"

#include "lib/string.h"

#define TYPE_PLACE 12u /* of the type in an Ethernet header */
#define TYPE_IPV4  0x0800u
#define TYPE_TAG   0x8100u

/* RFC 791, 3.1: places in the header. */
#define IP_TOTAL     2u
#define IP_ID	     4u
#define IP_FRAGMENT  6u
#define IP_PROTOCOL  9u
#define IP_CHECKSUM  10u
#define IP_ADDRESSES 12u
#define IP_HEADER    20u
#define IP_MORE	     0x3fffu /* more fragments, or not the first one */
#define IP_TCP	     6u

/* RFC 793, 3.1. */
#define TCP_SEQ	     4u
#define TCP_OFFSET   12u
#define TCP_FLAGS    13u
#define TCP_CHECKSUM 16u
#define TCP_HEADER   20u
#define TCP_FIN	     0x01u
#define TCP_PSH	     0x08u
#define TCP_CWR	     0x80u /* RFC 3168 */

static u16 get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}

static void put16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

/* Words as they lie in memory, so any byte order comes out right. Two instructions a word, as it is
 * paid for each frame. */
static u16 checksum(const u8 *p, u32 len)
{
	u32 sum = 0, carries = 0, word;

#pragma GCC unroll 8
	for (const u8 *end = p + (len & ~3u); p != end; p += sizeof(word)) {
		__builtin_memcpy(&word, p, sizeof(word));
		carries += __builtin_add_overflow(sum, word, &sum);
	}
	word = 0;
	memcpy(&word, p, len & 3u);
	sum = (sum & 0xffffu) + (sum >> 16) + (word & 0xffffu) + (word >> 16) + carries;
	sum = (sum & 0xffffu) + (sum >> 16);
	return (u16) ~(sum + (sum >> 16));
}

/* A zero means "none" to UDP, and is sent as its other form. */
bool offload_checksum(u8 *frame, u32 len, u32 start, u32 offset)
{
	u32 at = start + offset;
	u16 sum;

	if (start < FRAME_MIN || at + sizeof(sum) > len)
		return false;
	sum = checksum(frame + start, len - start);
	if (!sum)
		sum = 0xffff;
	memcpy(frame + at, &sum, sizeof(sum));
	return true;
}

/* Where the packet begins; 0: it is none of IPv4. */
static u32 packet_place(const u8 *head, u32 have)
{
	u32 ip = FRAME_MIN;

	if (have < FRAME_MIN + TAG_BYTES + IP_HEADER)
		return 0;
	if (get16(head + TYPE_PLACE) == TYPE_TAG)
		ip += TAG_BYTES;
	return get16(head + ip - 2) == TYPE_IPV4 ? ip : 0;
}

bool tcp_whole_check(struct tcp_whole *w, const struct net_header *h, const u8 *head, u32 len)
{
	u32 have = MIN(len, FRAME_HEADERS), ip = packet_place(head, have), tcp, data;
	const u8 *p = head + ip;

	if (!ip || len > FRAME_WHOLE || p[0] >> 4 != 4 || p[IP_PROTOCOL] != IP_TCP ||
	    get16(p + IP_FRAGMENT) & IP_MORE || get16(p + IP_TOTAL) != len - ip)
		return false;
	tcp = ip + (p[0] & 15u) * 4u;
	if (tcp < ip + IP_HEADER || tcp + TCP_HEADER > have)
		return false;
	data = tcp + (head[tcp + TCP_OFFSET] >> 4) * 4u;
	if (data < tcp + TCP_HEADER || data > have || data == len)
		return false;
	if (h->flags != HEADER_NEEDS_CSUM || h->gso_type != HEADER_GSO_TCPV4 || !h->gso_size ||
	    data + h->gso_size > FRAME_MAX || h->csum_start != tcp ||
	    h->csum_offset != TCP_CHECKSUM)
		return false;
	*w = (struct tcp_whole){
		.len = len,
		.seq = get32(head + tcp + TCP_SEQ),
		.ip = (u16)ip,
		.tcp = (u16)tcp,
		.data = (u16)data,
		.size = h->gso_size,
		.id = get16(p + IP_ID),
		.flags = head[tcp + TCP_FLAGS],
	};
	return true;
}

struct net_header tcp_whole_header(const struct tcp_whole *w)
{
	return (struct net_header){
		.flags = HEADER_NEEDS_CSUM,
		.gso_type = HEADER_GSO_TCPV4,
		.hdr_len = w->data,
		.gso_size = w->size,
		.csum_start = w->tcp,
		.csum_offset = TCP_CHECKSUM,
		.num_buffers = 1,
	};
}

/* The sum of source, destination, protocol and length goes before that of the segment (RFC 793,
 * 3.1), uncomplemented. */
static void put_pseudo_sum(u8 *tcp, const u8 *addresses, u32 len)
{
	u8 pseudo[12] = {[9] = IP_TCP};
	u16 sum;

	memcpy(pseudo, addresses, 8);
	put16(pseudo + 10, len);
	sum = (u16)~checksum(pseudo, sizeof(pseudo));
	memcpy(tcp + TCP_CHECKSUM, &sum, sizeof(sum));
}

void tcp_piece(const struct tcp_whole *w, u8 *frame, u32 from, u32 n)
{
	u8 *ip = frame + w->ip, *tcp = frame + w->tcp;
	u32 seq = w->seq + from, len = w->data + n;
	u8 flags = w->flags;
	u16 sum;

	if (from)
		flags &= (u8)~TCP_CWR;
	if (len + from != w->len) /* not the last one */
		flags &= (u8) ~(TCP_FIN | TCP_PSH);
	put16(ip + IP_TOTAL, len - w->ip);
	put16(ip + IP_ID, w->id + from / w->size);
	put16(ip + IP_CHECKSUM, 0);
	sum = checksum(ip, (u32)(w->tcp - w->ip));
	memcpy(ip + IP_CHECKSUM, &sum, sizeof(sum));
	put16(tcp + TCP_SEQ, seq >> 16);
	put16(tcp + TCP_SEQ + 2, seq);
	tcp[TCP_FLAGS] = flags;
	put_pseudo_sum(tcp, ip + IP_ADDRESSES, len - w->tcp);
	(void)!offload_checksum(frame, len, w->tcp, TCP_CHECKSUM);
}
