/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes to port 7 goes back. */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

static void nothing(const char *what)
{
	arrive();
	expect_equal(0, sent_count, "answers to a datagram with %s", what);
}

HOST_TEST(b7_udp)
{
	u32 len;

	wire_up();
	introduce();
	for (len = 0; len <= 1472; len += 9) {
		make_udp(4000, 7, len);
		if (len % 2) /* a sum is not asked for */
			put16(PAYLOAD + 6, 0);
		arrive();
		expect_equal(1, sent_count, "answers to %u bytes", len);
		if (!(len % 2))
			expect_equal(UDP_HEAD + len, expect_ipv4(0, PROTO_UDP), "the length");
		expect_equal(7, get16(sent_frame[0], PAYLOAD), "the port it comes from");
		expect_equal(4000, get16(sent_frame[0], PAYLOAD + 2), "the port it goes to");
		expect_true(!memcmp(sent_frame[0] + PAYLOAD + UDP_HEAD, frame + PAYLOAD + UDP_HEAD,
				    len),
			    "%u bytes to come back", len);
		clear();
	}
	make_udp(4000, 8, 20);
	nothing("another port");
	make_udp(7, 7, 20);
	nothing("an echo service as its sender, which would never end");
	make_udp(4000, 7, 20);
	frame[PAYLOAD + UDP_HEAD] ^= 1;
	nothing("a wrong sum");
	for (len = 0; len < 200; len++) {
		if (len >= UDP_HEAD && len <= UDP_HEAD + 20)
			continue;
		make_udp(4000, 7, 20);
		put16(PAYLOAD + 4, len);
		put16(PAYLOAD + 6, 0);
		nothing("a wrong length");
	}
}
