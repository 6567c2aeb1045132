/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/whole_fixture.c */
/* TCP data that drivers hand over as one long frame: passed on as it is, cut, refused. */
#include "tests/unit/whole_fixture.h"

#include <string.h>

static void offered(void **state)
{
	(void)state;
	reg_out(&a.g, DEV, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(reg_in(&a.g, DEV, R_OFFERED, 4) & 0xffff, ALL);
	reg_out(&c.g, DEV, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(reg_in(&c.g, DEV, R_OFFERED, 4) & 0xffff, CSUM | MAC);
}

/* To a driver that takes wholes: as it is, with a header of ours, in buffers of all sizes. */
static void passed(void **state)
{
	(void)state;
	for (u32 i = 0; i < SHAPES; i++)
		for (u32 bytes = 2049; bytes <= STRIDE; bytes += 2047) {
			const struct shape *s = &shapes[i];
			u32 len = make_frame(s, 2, 1), buffers;
			u8 header[HEADER] = {1, 1};

			give_buffers(&b, 33, bytes);
			hand_over(&a, len);
			expect_given_back(&a);
			work_off();
			assert_int_equal(take_frame(&b, &buffers), len);
			assert_int_equal(buffers, (HEADER + len + bytes - 1) / bytes);
			host16(header + 2, data_place(s));
			host16(header + 4, s->mss);
			host16(header + 6, tcp_place(s));
			host16(header + 8, 16);
			host16(header + 10, buffers);
			assert_memory_equal(got, header, HEADER);
			assert_memory_equal(got + HEADER, sent + HEADER, len);
			assert_int_equal(take_frame(&b, &buffers), 0);
			open_again(&b, ALL);
		}
}

/* To all others: in frames, at most 32 at a time, with headers and sums of their own. */
static void cut(void **state)
{
	static const u32 lacks[] = {GUEST_CSUM, GUEST_TSO4, GUEST_CSUM | GUEST_TSO4};

	(void)state;
	for (u32 i = 0; i < SHAPES; i++) {
		const struct shape *s = &shapes[i];
		u32 len, buffers, n = 0, total = (s->data + s->mss - 1) / s->mss;

		open_again(&b, ALL & ~lacks[i % ARRAY_LEN(lacks)]);
		for (u32 round = 0; n < total; round++) {
			u32 before = n;

			give_buffers(&b, 32, 2048);
			len = make_frame(s, 2, 1);
			if (round == 0)
				hand_over(&a, len);
			else
				(void)bus_poll(a.g.bus);
			(void)bus_poll(b.g.bus);
			while ((len = take_frame(&b, &buffers)) != 0) {
				assert_int_equal(buffers, 1);
				assert_int_equal(got[0], 0);
				assert_int_equal(got[1], 0);
				check_piece(s, n++, got + HEADER, len);
			}
			assert_true(n > before && n - before <= 32);
		}
		assert_int_equal(n, total);
		expect_given_back(&a);
	}
}

static struct {
	struct net_port port;
	const struct shape *shape;
	u32 pieces;
} card;

static void card_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	(void)p;
	check_piece(card.shape, card.pieces++, frame, len);
}

/* A card of the machine, and what nobody has answered from yet, get pieces. */
static void cut_for_cards(void **state)
{
	static const struct net_port_ops ops = {card_deliver};
	u32 len, buffers;

	(void)state;
	memset(&card, 0, sizeof(card));
	card.port.ops = &ops;
	card.port.mac[0] = 2;
	card.port.mac[5] = 9;
	card.shape = &shapes[0];
	assert_int_equal(netswitch_attach(&card.port, "lan0"), HV_OK);
	give_buffers(&b, 40, STRIDE);
	hand_over(&a, make_frame(&shapes[0], 9, 1));
	work_off();
	expect_given_back(&a);
	assert_int_equal(card.pieces, 14);
	assert_int_equal(take_frame(&b, &buffers), 0);
	card.pieces = 0;
	hand_over(&a, make_frame(&shapes[0], 0x77, 1));
	work_off();
	expect_given_back(&a);
	assert_int_equal(card.pieces, 14);
	for (u32 i = 0; i < 14; i++) {
		len = take_frame(&b, &buffers);
		check_piece(&shapes[0], i, got + HEADER, len);
	}
	/* Another one's address: nothing of it arrives anywhere. */
	card.pieces = 0;
	hand_over(&a, make_frame(&shapes[0], 9, 7));
	hand_over(&b, make_frame(&shapes[0], 1, 7));
	work_off();
	assert_int_equal(card.pieces, 0);
	assert_int_equal(take_frame(&a, &buffers), 0);
	netswitch_detach(&card.port);
}

/* Every number of the header and of the packet at its border; places count from the frame on. */
static const struct {
	const char *what;
	int at; /* below 0: in the header, from its end */
	u8 value[2];
	u8 bytes;
	bool good;
} asked[] = {
	{"as it is", 0, {2}, 1, true},
	{"no checksum", -12, {0}, 1, false},
	{"another flag", -12, {2}, 1, false},
	{"both flags", -12, {3}, 1, false},
	{"UDP", -11, {3}, 1, false},
	{"TCP over IPv6", -11, {4}, 1, false},
	{"with ECN", -11, {0x81}, 1, false},
	{"hdr_len is a hint", -10, {0xff, 0xff}, 2, true},
	{"no size", -8, {0, 0}, 2, false},
	{"size 1", -8, {1, 0}, 2, true},
	{"size to the border", -8, {0xac, 5}, 2, true},
	{"size over it", -8, {0xad, 5}, 2, false},
	{"size 65535", -8, {0xff, 0xff}, 2, false},
	{"sum begins before", -6, {33, 0}, 2, false},
	{"sum begins behind", -6, {35, 0}, 2, false},
	{"sum begins nowhere", -6, {0xff, 0xff}, 2, false},
	{"sum elsewhere", -4, {15, 0}, 2, false},
	{"sum nowhere", -4, {0xff, 0xff}, 2, false},
	{"num_buffers means nothing", -2, {0xff, 0xff}, 2, true},
	{"ARP", 13, {6}, 1, false},
	{"IPv6", 12, {0x86, 0xdd}, 2, false},
	{"a tag in front", 12, {0x81, 0}, 2, false},
	{"version 6", 14, {0x65}, 1, false},
	{"header of 16", 14, {0x44}, 1, false},
	{"header of 24", 14, {0x46}, 1, false},
	{"total shorter", 17, {0x53}, 1, false},
	{"total longer", 17, {0x55}, 1, false},
	{"more fragments", 20, {0x20}, 1, false},
	{"a later fragment", 21, {1}, 1, false},
	{"may be fragmented", 20, {0}, 1, true},
	{"UDP in IP", 23, {17}, 1, false},
	{"TCP header of 16", 46, {0x40}, 1, false},
	{"TCP header of 36", 46, {0x90}, 1, true},
	{"pieces too long with one of 40", 46, {0xa0}, 1, false},
};

static const struct shape two_pieces = {0, 0, 12, 2000, 1448};

static void refused(void **state)
{
	u32 buffers;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(asked); i++) {
		u32 len = make_frame(&two_pieces, 2, 1);

		memcpy(sent + (int)HEADER + asked[i].at, asked[i].value, asked[i].bytes);
		open_again(&b, ALL);
		give_buffers(&b, 33, STRIDE);
		hand_over(&a, len);
		expect_given_back(&a);
		work_off();
		if (!!take_frame(&b, &buffers) != asked[i].good)
			fail_msg("%s", asked[i].what);
		if (asked[i].good) /* the header is ours whatever it said */
			assert_int_equal(got[2] | got[3] << 8, asked[i].at == 46 ? 70 : 66);
	}
}

static void refused_as_a_whole(void **state)
{
	u32 buffers;

	(void)state;
	give_buffers(&b, 33, STRIDE);
	/* Offers that were not taken. */
	for (u32 i = 0; i < 2; i++) {
		open_again(&a, ALL & ~(i ? HOST_TSO4 : CSUM));
		hand_over(&a, make_frame(&two_pieces, 2, 1));
		expect_given_back(&a);
		work_off();
		assert_int_equal(take_frame(&b, &buffers), 0);
	}
	open_again(&a, ALL);
	/* Every length from nothing to the first byte of data, and too long ones. */
	for (u32 len = 0; len <= 66; len++) {
		make_frame(&two_pieces, 2, 1);
		put16(sent + HEADER + 16, len - 14);
		hand_over(&a, len);
		expect_given_back(&a);
		work_off();
		assert_int_equal(take_frame(&b, &buffers), 0);
	}
	for (u32 len = 65550; len < 65556; len++) {
		make_frame(&two_pieces, 2, 1);
		put16(sent + HEADER + 16, len - 14);
		hand_over(&a, len);
		expect_given_back(&a);
		work_off();
		assert_int_equal(take_frame(&b, &buffers), 0);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, whole_setup, whole_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(offered), T(passed), T(cut), T(cut_for_cards), T(refused_as_a_whole), T(refused),
	};

	return cmocka_run_group_tests_name("net_whole", tests, NULL, NULL);
}
