/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames made to do harm: cut, with any bytes changed, in memory of just their length. Whatever
 * comes, only what an independent look finds right is answered, once.
 */
#include "labs/B7/tests/host/wire.h"

#include <string.h>

#define ROUNDS 150000u

/* May the stack say anything to this frame? */
static bool right(void)
{
	const u8 *ip = frame + 14;
	u32 header, total, data;

	if (frame_len < 42 || frame_len > 1514 ||
	    (memcmp(frame, our_mac, 6) && memcmp(frame, everybody, 6)))
		return false;
	if (get16(frame, 12) == 0x0806)
		return get16(frame, 14) == 1 && get16(frame, 16) == 0x0800 &&
		       get16(frame, 18) == 0x0604 && get32(frame, 38) == OUR_IP;
	header = (ip[0] & 15u) * 4;
	total = get16(ip, 2);
	if (get16(frame, 12) != 0x0800 || ip[0] >> 4 != 4 || header < 20 || total < header + 8 ||
	    total > frame_len - 14 || sum_of(ip, header, 0) != 0xffff)
		return false;
	if (get32(ip, 16) != OUR_IP || get16(ip, 6) & 0x3fff)
		return false;
	data = 14 + header;
	if (ip[9] == PROTO_ICMP)
		return sum_of(frame + data, total - header, 0) == 0xffff && frame[data] == 8;
	return ip[9] == PROTO_UDP && get16(frame, data + 2) == 7 &&
	       get16(frame, data + 4) >= UDP_HEAD && get16(frame, data + 4) <= total - header;
}

static void make_any(void)
{
	switch (host_random() % 4) {
	case 0:
		make_arp(1 + host_random() % 3, THEIR_IP, OUR_IP);
		break;
	case 1:
		make_udp(host_random() % 9, 7, host_random() % 1473);
		break;
	default:
		make_echo(host_random() % 3 ? 8 : 0, host_random(), host_random(),
			  host_random() % 1473);
	}
}

/* A few bytes or words of the headers, and perhaps the length. False: nothing. */
static bool change(void)
{
	static const u32 fields[] = {12, 14, 16, 18, 20, 23, 38};
	u32 n = host_random() % 3;
	bool changed = n != 0;

	for (; n; n--) {
		if (host_random() % 2)
			frame[host_random() % 60] = (u8)host_random();
		else
			put16(fields[host_random() % 7], host_random());
	}
	if (host_random() % 4 == 0 && get16(frame, 12) == 0x0800 && (frame[14] & 15) >= 5 &&
	    get16(frame, 16) >= 80 && get16(frame, 16) < 1500)
		sum_up(); /* the harm is behind right sums */
	if (host_random() % 4)
		return changed;
	frame_len = host_random() % (frame_len + 20);
	return true;
}

HOST_TEST(b7_hostile)
{
	u32 round, answered = 0;

	wire_up();
	for (round = 0; round < ROUNDS; round++) {
		bool changed, asks;

		introduce(); /* harm may have made the stack forget */
		make_any();
		asks = frame[PAYLOAD] == 8 && frame[23] == PROTO_ICMP;
		changed = change();
		clear();
		arrive();
		expect(sent_count <= right(), right(), sent_count,
		       "answers to frame %u of %u bytes, type %04x", round, frame_len,
		       get16(frame, 12));
		if (changed || !asks)
			continue;
		expect_equal(1, sent_count, "answers to frame %u, which is right", round);
		expect_ipv4(0, PROTO_ICMP);
		answered++;
	}
	expect_least(ROUNDS / 20, answered, "the answers to right ones");
}
