/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/whole_fixture.c */
/* Long frames that must wait: for buffers, which are merged for them, for places, for a device that
 * is reset. */
#include "tests/unit/whole_fixture.h"

/* Too few buffers: it waits, and what comes behind it too. */
static void waits_for_buffers(void **state)
{
	u32 len = make_frame(&shapes[0], 2, 1), buffers;

	(void)state;
	hand_over(&a, len);
	hand_over(&a, len);
	for (u32 i = 0; i < 4; i++) {
		give_buffers(&b, 1, STRIDE);
		assert_int_equal(take_frame(&b, &buffers), 0);
		assert_int_equal(mqueue_used_flags(&b.q[0]), 0); /* buffers are news */
		assert_false(bus_has_work(b.g.bus));		 /* but nothing is done meanwhile */
	}
	give_buffers(&b, 5, STRIDE);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(take_frame(&b, &buffers), i ? 0 : len);
		if (i == 0) {
			assert_int_equal(buffers, 5);
			assert_memory_equal(got + HEADER, sent + HEADER, len);
		}
	}
	give_buffers(&b, 1, STRIDE);
	assert_int_equal(take_frame(&b, &buffers), len);
	assert_memory_equal(got + HEADER, sent + HEADER, len);
	assert_int_equal(mqueue_used_flags(&b.q[0]), 1);
}

/* Buffers that can never hold it come back empty; the next frame arrives. */
static void never_fits(void **state)
{
	static const struct {
		u32 size, n, features, back;
	} row[] = {
		{64, 100, ALL, 64},		  /* more than 64 buffers */
		{8, 64, ALL, 64},		  /* not even the header in one */
		{STRIDE, 1, ALL & ~MRG_RXBUF, 1}, /* one only may be used */
	};
	u32 id, used, buffers, len;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		open_again(&b, row[i].features);
		give_buffers(&b, row[i].n, row[i].size);
		hand_over(&a, make_frame(&shapes[0], 2, 1));
		work_off();
		for (u32 k = 0; k < row[i].back; k++) {
			assert_true(mqueue_used(&b.q[0], &id, &used));
			assert_int_equal(used, 0);
		}
		assert_false(mqueue_used(&b.q[0], &id, &used));
		open_again(&b, ALL);
		give_buffers(&b, 8, STRIDE);
		len = make_frame(&shapes[0], 2, 1);
		hand_over(&a, len);
		work_off();
		assert_int_equal(take_frame(&b, &buffers), len);
	}
	/* A queue of four is full with four. */
	reg_out(&b.g, DEV, R_STATUS, 1, 0);
	mini_features(&b.g, DEV, ALL, 1);
	mini_queue(&b.g, DEV, 0, 0, 4, &b.q[0]);
	mini_queue(&b.g, DEV, 1, 0x3000, 4, &b.q[1]);
	mini_ready(&b.g, DEV);
	b.next_rx = 0;
	give_buffers(&b, 4, STRIDE);
	hand_over(&a, make_frame(&shapes[0], 2, 1));
	work_off();
	for (u32 k = 0; k < 4; k++) {
		assert_true(mqueue_used(&b.q[0], &id, &used));
		assert_int_equal(used, 0);
	}
}

static void one_large_buffer(void **state)
{
	u32 id, used, len;

	(void)state;
	/* A buffer of 70000 bytes without merging is what a driver of that kind has. */
	open_again(&b, ALL & ~MRG_RXBUF);
	mdesc_set(&b.q[0], 0, DATA, 70000, D_WRITE, 0);
	mqueue_offer(&b.q[0], 0);
	mqueue_kick(&b.q[0]);
	len = make_frame(&shapes[1], 2, 1);
	hand_over(&a, len);
	work_off();
	assert_true(mqueue_used(&b.q[0], &id, &used));
	assert_int_equal(used, HEADER + len);
	/* One that cannot be written, among good ones, stops the device of its own guest only.
	 */
	open_again(&b, ALL);
	give_buffers(&b, 2, STRIDE);
	mdesc_set(&b.q[0], 2, DATA, STRIDE, 0, 0);
	mqueue_offer(&b.q[0], 2);
	mqueue_kick(&b.q[0]);
	hand_over(&a, make_frame(&shapes[0], 2, 1));
	assert_int_equal(reg_in(&b.g, DEV, R_STATUS, 1), 0xf | BROKEN);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
}

/* A reset in the middle of cutting ends it; nothing is written afterwards. */
static void reset_while_cutting(void **state)
{
	u32 id, used, buffers, n = 0;

	(void)state;
	open_again(&b, MAC);
	give_buffers(&b, 200, 2048);
	hand_over(&a, make_frame(&shapes[1], 2, 1)); /* 45 pieces */
	while (take_frame(&b, &buffers))
		n++;
	assert_int_equal(n, 32);
	assert_true(bus_has_work(a.g.bus));
	open_again(&a, ALL);
	work_off();
	assert_int_equal(take_frame(&b, &buffers), 0);
	assert_false(mqueue_used(&a.q[1], &id, &used));
	hand_over(&a, make_frame(&shapes[0], 2, 1));
	expect_given_back(&a);
	for (n = 0; take_frame(&b, &buffers); n++)
		;
	assert_int_equal(n, 14);
}

#define T(name) cmocka_unit_test_setup_teardown(name, whole_setup, whole_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_large_buffer),
		T(waits_for_buffers),
		T(never_fits),
		T(reset_while_cutting),
	};

	return cmocka_run_group_tests_name("net_whole_waits", tests, NULL, NULL);
}
