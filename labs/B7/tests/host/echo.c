/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Echo requests of all lengths are answered with all their data; what is wrong is not. */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

static void right_one(u32 len)
{
	make_echo(8, 0x1111 + len, 0x2222, len);
	arrive();
	expect_equal(1, sent_count, "answers to an echo request with %u bytes", len);
	expect_equal(ICMP_HEAD + len, expect_ipv4(0, PROTO_ICMP), "the length of the answer");
	expect_equal(0, sent_frame[0][PAYLOAD], "the type of the answer");
	expect_true(!memcmp(sent_frame[0] + PAYLOAD + 4, frame + PAYLOAD + 4, 4 + len),
		    "id, sequence and %u bytes to come back", len);
	clear();
}

static void nothing(const char *what)
{
	arrive();
	expect_equal(0, sent_count, "answers to an echo request with %s", what);
}

static void wrong_ones(void)
{
	u32 n;

	make_echo(8, 1, 1, 56);
	put16(PAYLOAD + 2, get16(frame, PAYLOAD + 2) ^ 0x0100);
	nothing("a wrong sum");
	for (n = 0; n < 56; n++) {
		make_echo(8, 1, 1, 56);
		frame[PAYLOAD + ICMP_HEAD + n] ^= (u8)(1u << n % 8);
		nothing("a bit turned round");
	}
	make_echo(8, 1, 1, 56);
	frame[PAYLOAD + 1] = 3;
	sum_up();
	nothing("a code that is not 0");
	make_echo(13, 1, 1, 56);
	nothing("the type of another question");
	for (n = 0; n < ICMP_HEAD; n++) {
		make_ipv4(PROTO_ICMP, THEIR_IP, OUR_IP, n);
		frame[PAYLOAD] = 8;
		frame[24] = frame[25] = 0;
		put16(24, ~sum_of(frame + 14, 20, 0) & 0xffff);
		nothing("less than a header");
	}
}

HOST_TEST(b7_echo)
{
	u32 len;

	wire_up();
	introduce();
	for (len = 0; len <= 1472; len++)
		right_one(len);
	/* A short packet, filled up with what is no part of it. */
	make_echo(8, 1, 1, 4);
	memset(frame + PAYLOAD + ICMP_HEAD + 4, 0xaa, 14);
	arrive();
	expect_equal(ICMP_HEAD + 4, expect_ipv4(0, PROTO_ICMP),
		     "the length of the answer to a short packet");
	for (len = PAYLOAD + ICMP_HEAD + 4; len < sent_len[0]; len++)
		expect_equal(0, sent_frame[0][len], "byte %u of the answer, behind its end", len);
	clear();
	wrong_ones();
	for (len = 0; len < 10; len++) /* and it still works */
		right_one(len);
}
