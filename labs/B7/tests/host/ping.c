/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own pings: first ARP, then echo requests; only a right answer counts. */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

static void answer(u32 type, u32 id, u32 sequence, u16 counted, const char *what)
{
	make_echo(type, id, sequence, 56);
	arrive();
	expect_equal(counted, ping_answered, "ping_answered after %s", what);
	expect_equal(0, sent_count, "frames sent because of %s", what);
}

HOST_TEST(b7_ping)
{
	u32 ip, id, len;

	wire_up();
	expect_true(ipv4_parse("10.0.0.7", &ip), "an address to be understood");
	expect_true(!ping_send(ip, 1), "no echo request to be sent to who is unknown");
	expect_equal(1, sent_count, "the frames sent");
	expect_equal(0x0806, get16(sent_frame[0], 12), "the type of the first frame");
	make_arp(2, THEIR_IP, OUR_IP);
	arrive();
	clear();
	expect_true(ping_send(ip, 0x1234), "an echo request to be sent");
	len = expect_ipv4(0, PROTO_ICMP);
	expect_least(ICMP_HEAD, len, "the length of the request");
	expect_equal(0x0800, get16(sent_frame[0], PAYLOAD), "type and code");
	expect_equal(0x1234, get16(sent_frame[0], PAYLOAD + 6), "the sequence");
	id = get16(sent_frame[0], PAYLOAD + 4);
	clear();
	answer(0, id + 1, 0x1234, 0, "an answer with another id");
	answer(14, id, 0x1234, 0, "an answer of another type");
	make_echo(0, id, 0x1234, 56);
	frame[PAYLOAD + 20] ^= 1;
	arrive();
	expect_equal(0, ping_answered, "ping_answered after an answer with a wrong sum");
	make_echo(0, id, 0x1234, 56);
	put32(26, OTHER_IP);
	sum_up();
	arrive();
	expect_equal(0, ping_answered, "ping_answered after an answer of somebody else's");
	answer(0, id, 0x1234, 0x1234, "the right answer");
	expect_true(ping_send(ip, 0x1235), "another echo request to be sent");
	expect_equal(0, ping_answered, "ping_answered after ping_send()");
	clear();
	answer(0, id, 0x1235, 0x1235, "the right answer to it");
}
