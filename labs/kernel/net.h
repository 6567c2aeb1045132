/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab B7: a network stack that pings. A frame comes in at net_input() and goes out by nic_send():
 *
 *   Ethernet   14 bytes   to, from, type          ether.c   IEEE 802.3
 *   ARP        28 bytes   who has this address?   arp.c     RFC 826
 *   IPv4       20 bytes   from where to where     ipv4.c    RFC 791
 *   ICMP        8 bytes   echo: ping              icmp.c    RFC 792
 *   UDP         8 bytes   echo on port 7          udp.c     RFC 768, RFC 862
 *
 * Words of a packet have their high byte first; word16() turns them round, both ways. Addresses of
 * IPv4 are only compared and copied, so they stay as they came. Each layer believes its own length
 * only after a comparison with that of the layer below.
 */
#ifndef LABS_KERNEL_NET_H
#define LABS_KERNEL_NET_H

#include "labs/kernel/types.h"

#define PACKED	   __attribute__((packed))
#define MAC_LEN	   6u
#define FRAME_MIN  60u
#define FRAME_MAX  1514u
#define TYPE_IPV4  0x0800
#define TYPE_ARP   0x0806
#define PROTO_ICMP 1
#define PROTO_UDP  17

struct ether {
	u8 to[MAC_LEN], from[MAC_LEN];
	u16 type;
} PACKED;

struct arp {
	u16 hardware, protocol;
	u8 hardware_len, protocol_len;
	u16 operation;
	u8 sender[MAC_LEN];
	u32 sender_ip;
	u8 target[MAC_LEN];
	u32 target_ip;
} PACKED;

struct ipv4 {
	u8 version_words; /* 4, and the header's length in words of 4 bytes */
	u8 service;
	u16 total, id, fragment;
	u8 life, protocol;
	u16 sum;
	u32 from, to;
} PACKED;

struct icmp {
	u8 type, code;
	u16 sum, id, sequence;
} PACKED;

struct udp {
	u16 from, to, len, sum;
} PACKED;

_Static_assert(sizeof(struct ether) == 14 && sizeof(struct arp) == 28 &&
		       sizeof(struct ipv4) == 20 && sizeof(struct icmp) == 8 &&
		       sizeof(struct udp) == 8,
	       "headers as on the wire");

#define IPV4_DATA_MAX (FRAME_MAX - (u32)(sizeof(struct ether) + sizeof(struct ipv4)))

static inline u16 word16(u16 v)
{
	return (u16)(v << 8 | v >> 8);
}

extern const u8 net_everybody[MAC_LEN];
extern u8 net_mac[MAC_LEN]; /* ours */
extern u32 net_ip;

/* ether.c. What goes out is written into net_out behind the headers of the layers below. */
extern u8 net_out[FRAME_MAX];
void net_input(const u8 *frame, u32 len);
void ether_send(const u8 to[MAC_LEN], u16 type, u32 len);

/* arp.c */
void arp_input(const u8 *data, u32 len);
/* The card that has this address. False: nobody knows yet; everybody was asked. */
bool arp_find(u32 ip, u8 mac[MAC_LEN]);

/* ipv4.c */
#define IPV4_OUT (net_out + sizeof(struct ether) + sizeof(struct ipv4)) /* data go there */
/* The sum of a header or packet as the field holds it; over data with a right sum in it: 0. */
u16 inet_sum(const void *data, u32 len, u32 start);
u32 inet_pseudo(const struct ipv4 *ip, u32 len); /* what UDP's sum starts with */
void ipv4_input(const u8 *data, u32 len);
bool ipv4_send(u32 to, u8 protocol, u32 len); /* false: arp_find() has only just asked */
bool ipv4_parse(const char *text, u32 *ip);

/* icmp.c and udp.c: data that an IPv4 header came with. */
void icmp_input(const struct ipv4 *ip, const u8 *data, u32 len);
void udp_input(const struct ipv4 *ip, const u8 *data, u32 len);
/* Send an echo request. False as ipv4_send(). */
bool ping_send(u32 to, u16 sequence);
extern u16 ping_answered; /* the sequence of the last answer; 0 after ping_send() */

/* nic.c: the first virtio network card. Who calls the functions above holds net_lock. */
extern struct mutex net_lock;
bool nic_init(void); /* sets net_mac; frames go to net_input() from then on. False: no card */
void nic_send(const void *frame, u32 len);

/* network.c */
void network_init(void);     /* the card, and the address of the command line: ip=10.0.0.1 */
u32 ping(u32 ip, u32 count); /* how many were answered within a second each */

#endif
