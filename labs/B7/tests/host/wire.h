/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other end of the cable, for tests on the host, in place of labs/kernel/nic.c: packets are
 * made here byte by byte and arrive in memory of just their length, so that a look beyond it is
 * seen (AddressSanitizer).
 */
#ifndef WIRE_H
#define WIRE_H

#include "labs/harness/host.h"
#include "labs/kernel/net.h"

#define OUR_IP	  0x0a00002au /* 10.0.0.42, as a number */
#define THEIR_IP  0x0a000007u
#define OTHER_IP  0x0a000063u
#define SENT_MAX  16u
#define PAYLOAD	  34u /* where the data of IPv4 begin in a frame */
#define ICMP_HEAD 8u
#define UDP_HEAD  8u

extern const u8 our_mac[6], their_mac[6], other_mac[6], everybody[6];

/* What the stack sent since the last clear(). */
extern u8 sent_frame[SENT_MAX][1600];
extern u32 sent_len[SENT_MAX], sent_count;

void wire_up(void); /* our addresses; nothing sent */
void clear(void);

/* A packet under way to the stack, to be changed before it is sent. */
extern u8 frame[2000];
extern u32 frame_len;
void put16(u32 at, u32 value);
void put32(u32 at, u32 value);
u32 get16(const u8 *p, u32 at);
u32 get32(const u8 *p, u32 at);

void make_arp(u32 operation, u32 from, u32 target);
/* An IPv4 packet with `len` bytes of data, which are at frame + PAYLOAD, and need sum_up() when
 * they are there. */
void make_ipv4(u32 protocol, u32 from, u32 to, u32 len);
void make_echo(u32 type, u32 id, u32 sequence,
	       u32 data_len); /* with right sums, from THEIR_IP to us */
void make_udp(u32 from_port, u32 to_port, u32 data_len);
void sum_up(void);			     /* all sums are right after it */
u32 sum_of(const u8 *p, u32 len, u32 start); /* 0xffff when a right one is inside */
void arrive(void);			     /* the frame, with frame_len bytes */

/* The stack has to know the other one's card before it can answer: lets it ask, or tells it. */
void introduce(void);
/* The frame number n that was sent is a right IPv4 packet to THEIR_IP with this protocol; the
 * length of its data. */
u32 expect_ipv4(u32 n, u32 protocol);

#endif
