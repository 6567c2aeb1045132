/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARP: who asks for us is answered, and remembered; nobody else is. */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

#define MANY 5000u

static u32 swapped(u32 v)
{
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

static void expect_arp(u32 operation, u32 target)
{
	const u8 *f = sent_frame[0];

	expect_equal(1, sent_count, "the number of frames sent");
	expect_true(!memcmp(f, operation == 1 ? everybody : their_mac, 6), "the right receiver");
	expect_true(!memcmp(f + 6, our_mac, 6), "the frame to come from our card");
	expect_equal(0x0806, get16(f, 12), "the type of the frame");
	expect_equal(1, get16(f, 14), "the kind of hardware");
	expect_equal(0x0800, get16(f, 16), "the protocol");
	expect_equal(0x0604, get16(f, 18), "the lengths of both addresses");
	expect_equal(operation, get16(f, 20), "the operation");
	expect_true(!memcmp(f + 22, our_mac, 6), "our card as the sender");
	expect_equal(OUR_IP, get32(f, 28), "our address as the sender");
	expect_equal(target, get32(f, 38), "the target's address");
}

/* Each change makes it none that we may answer. */
static void wrong_ones(void)
{
	static const struct {
		const char *what;
		u32 at, value;
	} bad[] = {
		{"another kind of hardware", 14, 6}, {"another protocol", 16, 0x86dd},
		{"long card addresses", 18, 0x0804}, {"long addresses", 18, 0x0610},
		{"another target", 40, 0x002b},	     {"our own address as the sender", 30, 0x002a},
	};
	u32 n;

	for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		make_arp(1, THEIR_IP, OUR_IP);
		put16(bad[n].at, bad[n].value);
		arrive();
		expect_equal(0, sent_count, "answers to ARP with %s", bad[n].what);
	}
	make_arp(1, THEIR_IP, OUR_IP);
	for (frame_len = 0; frame_len < 42; frame_len++)
		arrive();
	expect_equal(0, sent_count, "answers to short ARP frames");
}

HOST_TEST(b7_arp)
{
	u8 mac[6];
	u32 n;

	wire_up();
	expect_true(!arp_find(swapped(THEIR_IP), mac), "a neighbour to be unknown at first");
	expect_arp(1, THEIR_IP);
	clear();
	wrong_ones();
	expect_true(!arp_find(swapped(THEIR_IP), mac), "nothing to be learned from wrong ones");
	clear();
	make_arp(2, THEIR_IP, OUR_IP);
	arrive();
	expect_equal(0, sent_count, "answers to an answer");
	expect_true(arp_find(swapped(THEIR_IP), mac), "a neighbour to be known that answered");
	expect_true(!memcmp(mac, their_mac, 6), "its card");
	make_arp(1, OTHER_IP, OUR_IP);
	memcpy(frame + 6, other_mac, 6);
	arrive();
	expect_equal(1, sent_count, "answers to a request");
	expect_true(!memcmp(sent_frame[0], other_mac, 6), "the asker's card");
	expect_equal(2, get16(sent_frame[0], 20), "the operation of an answer");
	expect_equal(OTHER_IP, get32(sent_frame[0], 38), "the asker's address");
	expect_true(arp_find(swapped(OTHER_IP), mac), "who asked to be known");
	expect_true(!memcmp(mac, other_mac, 6), "the asker's card");
	clear();
	for (n = 1; n < MANY; n++) { /* more neighbours than anybody remembers */
		make_arp(1, OTHER_IP + n, OUR_IP);
		arrive();
	}
	expect_equal(MANY - 1, sent_count, "answers to many");
	expect_true(arp_find(swapped(OTHER_IP + MANY - 1), mac), "the last one to be known");
	clear();
	make_arp(1, THEIR_IP, OUR_IP);
	arrive();
	expect_arp(2, THEIR_IP);
}
