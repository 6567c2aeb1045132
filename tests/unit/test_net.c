/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/net_fixture.c */
/* Virtio network devices of several guests on one switch. */
#include "tests/unit/net_fixture.h"

static void address(void **state)
{
	(void)state;
	assert_int_equal(reg_in(&a.g, DEV, R_CONFIG, 4), 0x00000002);
	assert_int_equal(reg_in(&a.g, DEV, R_CONFIG + 5, 1), 1);
	assert_int_equal(reg_in(&b.g, DEV, R_CONFIG + 4, 2), 0x0200);
	assert_int_equal(reg_in(&b.g, DEV, R_CONFIG + 6, 2), 1);
}

static void ping_pong(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++) {
		give_buffers(&a, 1);
		give_buffers(&b, 1);
		send_frame(&a, frame(2, 1), 60 + i, (u8)i);
		expect_frame(&b, 60 + i, (u8)i);
		send_frame(&b, frame(1, 2), 60, (u8)~i);
		expect_frame(&a, 60, (u8)~i);
		assert_int_equal(b.g.irqs[DEV], 2 * i + 2);
	}
	expect_no_frame(&a);
	expect_no_frame(&b);
	/* Buffers of a receiver that waits for nothing are no news. */
	assert_int_equal(mqueue_used_flags(&a.q[0]), 1);
}

/* N-94: frames wait in line while there is no buffer, then they are dropped. */
static void slow_receiver(void **state)
{
	static struct station c;

	(void)state;
	station_start(&c, "c", 3);
	give_buffers(&c, 50);
	for (u32 i = 0; i < 50; i++)
		send_frame(&a, frame(0xff, 1), 60, (u8)i);
	for (u32 i = 0; i < 50; i++)
		expect_frame(&c, 60, (u8)i); /* the other one lost nothing */
	expect_no_frame(&b);
	assert_int_equal(b.g.irqs[DEV], 0);
	assert_int_equal(mqueue_used_flags(&b.q[0]), 0); /* now a buffer is news */
	give_buffers(&b, 2);
	expect_frame(&b, 60, 0);
	expect_frame(&b, 60, 1);
	expect_no_frame(&b);
	/* In order, also with a fresh frame behind. */
	send_frame(&a, frame(2, 1), 60, 100);
	give_buffers(&b, 40);
	for (u32 i = 2; i < 32; i++)
		expect_frame(&b, 60, (u8)i);
	expect_frame(&b, 60, 100);
	expect_no_frame(&b);
	for (u32 i = 101; i < 110; i++) {
		assert_int_equal(mqueue_used_flags(&b.q[0]), 1);
		send_frame(&a, frame(2, 1), 60, (u8)i);
	}
	send_frame(&a, frame(2, 1), 60, 110); /* the first one that must wait */
	assert_int_equal(mqueue_used_flags(&b.q[0]), 0);
	for (u32 i = 101; i < 110; i++)
		expect_frame(&b, 60, (u8)i);
	expect_no_frame(&b);
	/* Buffers the driver did not tell of are found with the next frame, the line full or not:
	 * then this frame itself is lost. */
	for (u32 filled = 31; filled <= 32; filled++) {
		reg_out(&b.g, DEV, R_STATUS, 1, 0);
		mini_open(&b.g, DEV, 0, 0, 2, b.q);
		b.next_rx = 0;
		for (u32 i = 0; i < filled; i++)
			send_frame(&a, frame(2, 1), 60, (u8)i);
		add_buffers(&b, 40);
		send_frame(&a, frame(2, 1), 60, (u8)filled);
		for (u32 i = 0; i < 32; i++)
			expect_frame(&b, 60, (u8)i);
		expect_no_frame(&b);
	}
	mini_free(&c.g);
}

static void receiver_not_ready(void **state)
{
	(void)state;
	reg_out(&b.g, DEV, R_STATUS, 1, 0);
	for (u32 i = 0; i < 40; i++)
		send_frame(&a, frame(2, 1), 60, (u8)i);
	mini_open(&b.g, DEV, 0, 0, 2, b.q);
	b.next_rx = 0;
	give_buffers(&b, 4);
	expect_no_frame(&b);
	/* What waited in line is forgotten by a reset too. */
	for (u32 i = 0; i < 10; i++)
		send_frame(&a, frame(2, 1), 60, (u8)i);
	for (u32 i = 0; i < 4; i++)
		expect_frame(&b, 60, (u8)i);
	reg_out(&b.g, DEV, R_STATUS, 1, 0);
	mini_open(&b.g, DEV, 0, 0, 2, b.q);
	b.next_rx = 0;
	give_buffers(&b, 4);
	expect_no_frame(&b);
	/* A guest that is gone is no port any more. */
	bus_detach(b.g.bus);
	send_frame(&a, frame(2, 1), 60, 1);
}

/* N-94: nothing of this reaches the other side; the sender gets its buffers back. */
static void bad_frames_sent(void **state)
{
	static const u8 zero[HEADER];
	u32 id, used;

	(void)state;
	give_buffers(&b, 8);
	ram_put(&a.g, SEND, zero, HEADER);
	ram_put(&a.g, SEND + HEADER, frame(2, 1), FRAME_MAX);
	for (u32 i = 0; i < 8; i++) {
		static const u32 len[8] = {0,		1,
					   HEADER - 1,	HEADER,
					   HEADER + 13, HEADER + FRAME_MAX + 1,
					   65536,	MINI_RAM - SEND};

		mdesc_set(&a.q[1], i, SEND, len[i], 0, 0);
		mqueue_offer(&a.q[1], (u16)i);
	}
	mdesc_set(&a.q[1], 8, SEND, 100, D_WRITE, 0); /* nothing to read */
	mqueue_offer(&a.q[1], 8);
	mqueue_kick(&a.q[1]);
	for (u32 i = 0; i < 9; i++) {
		assert_true(mqueue_used(&a.q[1], &id, &used));
		assert_int_equal(id, i);
	}
	/* Offloads that were not accepted. */
	for (u32 i = 0; i < 2; i++) {
		ram_put(&a.g, SEND + i, &(u8){1}, 1);
		mdesc_set(&a.q[1], 0, SEND, HEADER + 60, 0, 0);
		mqueue_offer(&a.q[1], 0);
		mqueue_kick(&a.q[1]);
		assert_true(mqueue_used(&a.q[1], &id, &used));
		ram_put(&a.g, SEND, zero, HEADER);
	}
	send_frame(&a, frame(2, 7), 60, 1); /* spoofed */
	expect_no_frame(&b);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
	send_frame(&a, frame(2, 1), FRAME_MAX, 9);
	expect_frame(&b, FRAME_MAX, 9);
}

static void sending_is_bounded(void **state)
{
	u32 id, used, seen = 0;

	(void)state;
	ram_put(&a.g, SEND + HEADER, frame(2, 1), 60);
	for (u16 i = 0; i < 200; i++) {
		mdesc_set(&a.q[1], i, SEND, HEADER + 60, 0, 0);
		mqueue_offer(&a.q[1], i);
	}
	mqueue_kick(&a.q[1]);
	while (mqueue_used(&a.q[1], &id, &used))
		seen++;
	assert_int_equal(seen, 32);
	while (bus_poll(a.g.bus))
		;
	while (mqueue_used(&a.q[1], &id, &used))
		seen++;
	assert_int_equal(seen, 200);
}

static void short_and_bad_buffers(void **state)
{
	u32 id, used;

	(void)state;
	/* Too short for the frame: comes back empty, the frame is lost, the next one is not. */
	mdesc_set(&b.q[0], 0, DATA, HEADER + 59, D_WRITE, 0);
	mdesc_set(&b.q[0], 1, DATA, 5, D_WRITE, 0);
	mdesc_set(&b.q[0], 2, DATA + 2048, HEADER + 60, D_WRITE, 0);
	for (u16 i = 0; i < 3; i++)
		mqueue_offer(&b.q[0], i);
	for (u32 i = 0; i < 3; i++)
		send_frame(&a, frame(2, 1), 60, (u8)i);
	assert_true(mqueue_used(&b.q[0], &id, &used));
	assert_int_equal(used, 0);
	assert_true(mqueue_used(&b.q[0], &id, &used));
	assert_int_equal(used, 0);
	expect_frame(&b, 60, 2);
	/* Not writable: the receiver's device stops, the sender's does not. */
	mdesc_set(&b.q[0], 3, DATA, 2000, 0, 0);
	mqueue_offer(&b.q[0], 3);
	send_frame(&a, frame(2, 1), 60, 1);
	assert_int_equal(reg_in(&b.g, DEV, R_STATUS, 1), 0xf | BROKEN);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
	send_frame(&a, frame(2, 1), 60, 1);
}

static void attach_failures(void **state)
{
	static const u8 mac[6] = {2, 0, 0, 0, 0, 2};
	u32 before = cfg_in(&a.g, 2, 0, 4);

	(void)state;
	assert_int_equal(before, 0xffffffff);
	assert_int_equal(bus_add_net(a.g.bus, "lan0", mac), HV_BUSY);
	assert_int_equal(bus_add_net(a.g.bus, "a-network-name-too-long", mac), HV_BADARG);
	for (u32 i = 1; i <= 2; i++) {
		fake_arena_fail = i;
		assert_int_equal(bus_add_net(a.g.bus, "lan9", mac), HV_NOMEM);
	}
	assert_int_equal(cfg_in(&a.g, 2, 0, 4), 0xffffffff);
	assert_int_equal(bus_add_net(a.g.bus, "lan9", mac), HV_OK);
	assert_int_equal(cfg_in(&a.g, 2, 0, 4), 0x10411af4);
}

#define T(name) cmocka_unit_test_setup_teardown(name, stations_setup, stations_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(address),
		T(ping_pong),
		T(slow_receiver),
		T(receiver_not_ready),
		T(bad_frames_sent),
		T(sending_is_bounded),
		T(short_and_bad_buffers),
		T(attach_failures),
	};

	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
