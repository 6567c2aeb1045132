/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

const u8 our_mac[6] = {2, 0, 0, 0, 0, 0x2a}, their_mac[6] = {2, 0, 0, 0, 0, 7},
	 other_mac[6] = {2, 0, 0, 0, 0, 0x63}, everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

u8 sent_frame[SENT_MAX][1600];
u32 sent_len[SENT_MAX], sent_count;
u8 frame[2000];
u32 frame_len;

void nic_send(const void *data, u32 len)
{
	expect_least(60, len, "the length of a frame that is sent");
	expect_true(len <= 1514, "a frame to have 1514 bytes at most");
	if (sent_count < SENT_MAX) {
		memcpy(sent_frame[sent_count], data, len);
		sent_len[sent_count] = len;
	}
	sent_count++;
}

void clear(void)
{
	sent_count = 0;
}

void wire_up(void)
{
	u8 ip[4] = {OUR_IP >> 24, OUR_IP >> 16 & 0xff, OUR_IP >> 8 & 0xff, OUR_IP & 0xff};

	memcpy(net_mac, our_mac, 6);
	memcpy(&net_ip, ip, 4);
	clear();
}

void put16(u32 at, u32 value)
{
	frame[at] = (u8)(value >> 8);
	frame[at + 1] = (u8)value;
}

void put32(u32 at, u32 value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

u32 get16(const u8 *p, u32 at)
{
	return (u32)p[at] << 8 | p[at + 1];
}

u32 get32(const u8 *p, u32 at)
{
	return get16(p, at) << 16 | get16(p, at + 2);
}

static void address(const u8 to[6], u32 type)
{
	memset(frame, 0, sizeof(frame));
	memcpy(frame, to, 6);
	memcpy(frame + 6, their_mac, 6);
	put16(12, type);
}

void make_arp(u32 operation, u32 from, u32 target)
{
	address(operation == 1 ? everybody : our_mac, 0x0806);
	put16(14, 1);
	put16(16, 0x0800);
	frame[18] = 6;
	frame[19] = 4;
	put16(20, operation);
	memcpy(frame + 22, from == OTHER_IP ? other_mac : their_mac, 6);
	put32(28, from);
	put32(38, target);
	frame_len = 60;
}

void make_ipv4(u32 protocol, u32 from, u32 to, u32 len)
{
	address(our_mac, 0x0800);
	frame[14] = 0x45;
	put16(16, 20 + len);
	put16(18, 0x1234);
	frame[22] = 64;
	frame[23] = (u8)protocol;
	put32(26, from);
	put32(30, to);
	frame_len = PAYLOAD + len < 60 ? 60 : PAYLOAD + len;
}

u32 sum_of(const u8 *p, u32 len, u32 start)
{
	u32 sum = start, i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get16(p, i);
	if (len % 2)
		sum += (u32)p[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The protocol's part of UDP's sum. */
static u32 pseudo(const u8 *ip, u32 len)
{
	return sum_of(ip + 12, 8, ip[9] + len);
}

void sum_up(void)
{
	u32 header = (frame[14] & 15u) * 4, len = get16(frame, 16) - header;
	u8 *data = frame + 14 + header;
	u32 sum;

	put16(24, 0);
	put16(24, ~sum_of(frame + 14, header, 0) & 0xffff);
	if (frame[23] == PROTO_ICMP) {
		data[2] = data[3] = 0;
		sum = ~sum_of(data, len, 0);
		data[2] = (u8)(sum >> 8);
		data[3] = (u8)sum;
	} else {
		data[6] = data[7] = 0;
		sum = ~sum_of(data, len, pseudo(frame + 14, len));
		data[6] = (u8)(sum >> 8);
		data[7] = (u8)sum;
	}
}

void make_echo(u32 type, u32 id, u32 sequence, u32 data_len)
{
	u32 n;

	make_ipv4(PROTO_ICMP, THEIR_IP, OUR_IP, ICMP_HEAD + data_len);
	frame[PAYLOAD] = (u8)type;
	put16(PAYLOAD + 4, id);
	put16(PAYLOAD + 6, sequence);
	for (n = 0; n < data_len; n++)
		frame[PAYLOAD + ICMP_HEAD + n] = (u8)(n * 3 + 1 + sequence);
	sum_up();
}

void make_udp(u32 from_port, u32 to_port, u32 data_len)
{
	u32 n;

	make_ipv4(PROTO_UDP, THEIR_IP, OUR_IP, UDP_HEAD + data_len);
	put16(PAYLOAD, from_port);
	put16(PAYLOAD + 2, to_port);
	put16(PAYLOAD + 4, UDP_HEAD + data_len);
	for (n = 0; n < data_len; n++)
		frame[PAYLOAD + UDP_HEAD + n] = (u8)(n * 5 + 2);
	sum_up();
}

void arrive(void)
{
	u8 *exact = malloc(frame_len ? frame_len : 1);

	memcpy(exact, frame, frame_len);
	net_input(exact, frame_len);
	free(exact);
}

void introduce(void)
{
	make_arp(1, THEIR_IP, OUR_IP);
	arrive();
	clear();
}

u32 expect_ipv4(u32 n, u32 protocol)
{
	const u8 *f = sent_frame[n], *ip = f + 14;
	u32 total = get16(ip, 2);

	expect_least(n + 1, sent_count, "the number of frames sent");
	expect_true(!memcmp(f, their_mac, 6), "the frame to go to the asker's card");
	expect_true(!memcmp(f + 6, our_mac, 6), "the frame to come from our card");
	expect_equal(0x0800, get16(f, 12), "the type of the frame");
	expect_equal(0x45, ip[0], "version and header length");
	expect(total >= 20 && 14 + total <= sent_len[n], sent_len[n] - 14, total,
	       "the total length");
	expect_equal(0xffff, sum_of(ip, 20, 0), "the header's sum (with it, all words)");
	expect_true(ip[8] > 0, "some time to live");
	expect_equal(protocol, ip[9], "the protocol");
	expect_equal(OUR_IP, get32(ip, 12), "the sender's address");
	expect_equal(THEIR_IP, get32(ip, 16), "the receiver's address");
	expect_equal(
		0xffff,
		sum_of(ip + 20, total - 20, protocol == PROTO_UDP ? pseudo(ip, total - 20) : 0),
		"the sum of the data (with it, all words)");
	return total - 20;
}
