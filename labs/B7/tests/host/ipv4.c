/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What IPv4 lets through: headers that are right in each point, with or without options. */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

static void expect_answers(u32 count, const char *what)
{
	arrive();
	expect_equal(count, sent_count, "answers to a packet with %s", what);
	clear();
}

/* Change a byte of the header; the sum is right. */
static void change(u32 at, u8 value, u32 answers, const char *what)
{
	make_echo(8, 1, 1, 40);
	frame[at] = value;
	put16(24, 0);
	put16(24, ~sum_of(frame + 14, 20, 0) & 0xffff);
	expect_answers(answers, what);
}

static void options(void)
{
	u32 words;

	for (words = 6; words <= 15; words++) {
		u32 more = (words - 5) * 4;

		make_echo(8, 1, 1, 40);
		memmove(frame + PAYLOAD + more, frame + PAYLOAD, ICMP_HEAD + 40);
		memset(frame + PAYLOAD, 1, more); /* "no operation" */
		frame[14] = (u8)(0x40 | words);
		put16(16, 20 + more + ICMP_HEAD + 40);
		frame_len += more;
		sum_up();
		arrive();
		expect_equal(1, sent_count, "answers to a packet with %u words of options",
			     words - 5);
		expect_equal(ICMP_HEAD + 40, expect_ipv4(0, PROTO_ICMP),
			     "the length of the answer");
		clear();
	}
}

static void lengths(void)
{
	u32 n;

	for (n = 0; n < PAYLOAD + ICMP_HEAD + 40; n++) {
		make_echo(8, 1, 1, 40);
		frame_len = n;
		expect_answers(0, "bytes missing at its end");
	}
	for (n = 0; n < 65536; n += 37) {
		if (n == 20 + ICMP_HEAD + 40)
			continue;
		make_echo(8, 1, 1, 40);
		put16(16, n);
		put16(24, 0);
		put16(24, ~sum_of(frame + 14, 20, 0) & 0xffff);
		expect_answers(0, "another total length");
	}
}

HOST_TEST(b7_ipv4)
{
	u32 n;
	u32 ip = 0;

	wire_up();
	introduce();
	change(15, 0x10, 1, "another service");
	change(22, 1, 1, "a time to live of 1");
	change(14, 0x65, 0, "version 6");
	for (n = 0; n < 5; n++)
		change(14, (u8)(0x40 | n), 0, "a header of less than 20 bytes");
	change(14, 0x4f, 0, "a header beyond its end");
	change(20, 0x20, 0, "more fragments to follow");
	change(21, 0x10, 0, "a fragment's offset");
	change(20, 0x40, 1, "the order not to be cut into fragments");
	change(23, 6, 0, "another protocol");
	change(33, 0x2b, 0, "another receiver");
	for (n = 0; n < 20; n++) {
		make_echo(8, 1, 1, 40);
		frame[14 + n] ^= 4;
		expect_answers(0, "a wrong sum of the header");
	}
	make_echo(8, 1, 1, 40);
	memcpy(frame, other_mac, 6);
	expect_answers(0, "another card's address");
	make_echo(8, 1, 1, 40);
	put16(12, 0x86dd);
	expect_answers(0, "another Ethernet type");
	options();
	lengths();
	expect_true(ipv4_parse("10.0.0.42", &ip) && ip == net_ip, "\"10.0.0.42\" to be understood");
	expect_true(!ipv4_parse("10.0.0", &ip) && !ipv4_parse("10.0.0.256", &ip) &&
			    !ipv4_parse("10.0.0.1.2", &ip) && !ipv4_parse("a.0.0.1", &ip) &&
			    !ipv4_parse("", &ip) && !ipv4_parse("1..2.3", &ip) &&
			    !ipv4_parse("4294967297.0.0.1", &ip),
		    "what is no address to be refused");
}
