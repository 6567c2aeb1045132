/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c devices/virtio/rng.c devices/virtio/block.c devices/block.c
 * devices/virtio/net.c devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c
 * devices/ramdisk.c devices/entropy.c
 * tests/unit/fake_gmem.c tests/unit/mini_guest.c tests/unit/virtio_fixture.c */
/* The transport: a driver's life as Linux leads it, and the ways to get its order wrong. */
#include "tests/unit/virtio_fixture.h"

static void features_offered(void **state)
{
	static const u32 low[] = {0, 0x4, 0x10000204, 0x10000021, 0};

	(void)state;
	for (u32 dev = 1; dev <= DEVICES; dev++) {
		reg_out(&g, dev, R_OFFERED_SELECT, 4, 0);
		assert_int_equal(reg_in(&g, dev, R_OFFERED, 4), low[dev]);
		reg_out(&g, dev, R_OFFERED_SELECT, 4, 1);
		assert_int_equal(reg_in(&g, dev, R_OFFERED, 4), 1);
		reg_out(&g, dev, R_OFFERED_SELECT, 4, 2);
		assert_int_equal(reg_in(&g, dev, R_OFFERED, 4), 0);
		reg_out(&g, dev, R_OFFERED_SELECT, 4, 0xffffffff);
		assert_int_equal(reg_in(&g, dev, R_OFFERED, 4), 0);
		assert_int_equal(reg_in(&g, dev, R_OFFERED_SELECT, 4), 0xffffffff);
	}
}

/* Twice over: probe, set-up, ready, removal. */
static void life_cycle(void **state)
{
	(void)state;
	for (u32 round = 0; round < 2; round++)
		for (u32 dev = 1; dev <= DEVICES; dev++) {
			struct mqueue q[2];

			assert_int_equal(cfg_in(&g, dev, 4, 2) & 2, 2);
			cfg_out(&g, dev, 4, 2, 6);
			mini_open(&g, dev, 0, dev * 0x8000, queues_of[dev], q);
			for (u32 i = 0; i < queues_of[dev]; i++) {
				reg_out(&g, dev, R_QUEUE_SELECT, 2, i);
				assert_int_equal(reg_in(&g, dev, R_QUEUE_SELECT, 2), i);
				assert_int_equal(reg_in(&g, dev, R_QUEUE_ENABLE, 2), 1);
				assert_int_equal(reg_in(&g, dev, R_DESC, 4), q[i].desc);
				assert_int_equal(reg_in(&g, dev, R_AVAIL, 4), q[i].avail);
				assert_int_equal(reg_in(&g, dev, R_USED, 4), q[i].used);
				assert_int_equal(reg_in(&g, dev, R_USED + 4, 4), 0);
			}
			reg_out(&g, dev, R_QUEUE_SELECT, 2, queues_of[dev]);
			assert_int_equal(reg_in(&g, dev, R_QUEUE_SIZE, 2), 0);
			assert_int_equal(reg_in(&g, dev, R_QUEUE_ENABLE, 2), 0);
			assert_int_equal(reg_in(&g, dev, 0x10, 2), 0xffff);
			assert_int_equal(reg_in(&g, dev, 0x15, 1), 0);
			set_status(dev, 0);
			assert_int_equal(driver_status(dev), 0);
			reg_out(&g, dev, R_QUEUE_SELECT, 2, 0);
			assert_int_equal(reg_in(&g, dev, R_QUEUE_SIZE, 2), 256);
			assert_int_equal(reg_in(&g, dev, R_QUEUE_ENABLE, 2), 0);
			assert_int_equal(reg_in(&g, dev, R_DESC, 4), 0);
			reg_out(&g, dev, R_ACCEPTED_SELECT, 4, 1);
			assert_int_equal(reg_in(&g, dev, R_ACCEPTED, 4), 0);
		}
	assert_int_equal(support_log_lines[LOG_WARN], 0);
}

/* Several steps in one write are let pass, and what was there before may be repeated. */
static void status_in_big_steps(void **state)
{
	(void)state;
	set_status(RNG, 3);
	set_status(RNG, 3);
	assert_int_equal(driver_status(RNG), 3);
	reg_out(&g, RNG, R_ACCEPTED_SELECT, 4, 1);
	reg_out(&g, RNG, R_ACCEPTED, 4, 1);
	set_status(RNG, 0xf);
	assert_int_equal(driver_status(RNG), 0xf);
}

/* N-89: orders that are not the driver's. */
static void status_out_of_order(void **state)
{
	static const u8 bad[][5] = {
		{2},	{4},	{8},	{9},	{5},	{7},	   {0x10},    {0x20},	 {1, 5},
		{1, 9}, {1, 2}, {3, 7}, {3, 1}, {3, 2}, {1, 0x11}, {1, 0x21}, {3, 0x13}, {0x0e},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		set_status(BLOCK, 0);
		for (unsigned n = 0; bad[i][n]; n++)
			set_status(BLOCK, bad[i][n]);
		broken_then_healed(BLOCK);
	}
	/* Taking back a bit of a running device. */
	for (u32 v = 1; v < 0x0f; v++) {
		struct mqueue q[1];

		mini_open(&g, BLOCK, 0, 0, 1, q);
		set_status(BLOCK, v);
		broken_then_healed(BLOCK);
	}
}

/* The driver's own word for a failure is accepted at any time and stops the device. */
static void failed_is_accepted(void **state)
{
	struct mqueue q[2];
	u32 id, len;

	(void)state;
	set_status(CONSOLE, 0x80);
	assert_int_equal(driver_status(CONSOLE), 0x80);
	mini_open(&g, CONSOLE, 0, 0, 2, q);
	mdesc_set(&q[1], 0, 0x10000, 5, 0, 0);
	mqueue_offer(&q[1], 0);
	set_status(CONSOLE, 0x8f);
	assert_int_equal(driver_status(CONSOLE), 0x8f);
	mqueue_kick(&q[1]);
	assert_false(mqueue_used(&q[1], &id, &len));
	assert_int_equal(g.text_len, 0);
	assert_int_equal(support_log_lines[LOG_WARN], 0);
	set_status(CONSOLE, 0);
	assert_int_equal(driver_status(CONSOLE), 0);
}

static void needs_reset_stays(void **state)
{
	(void)state;
	set_status(BLOCK, 4);
	assert_int_equal(driver_status(BLOCK), BROKEN);
	set_status(BLOCK, 1);
	set_status(BLOCK, 3);
	assert_int_equal(driver_status(BLOCK), BROKEN);
	set_status(BLOCK, 0x40); /* the bit is not the driver's */
	assert_int_equal(driver_status(BLOCK), BROKEN);
	set_status(BLOCK, 0);
	set_status(BLOCK, 1);
	set_status(BLOCK, 0x43);
	assert_int_equal(driver_status(BLOCK), 3);
}

static void features_over_accepted(void **state)
{
	(void)state;
	set_status(BLOCK, 1);
	set_status(BLOCK, 3);
	reg_out(&g, BLOCK, R_ACCEPTED_SELECT, 4, 0);
	reg_out(&g, BLOCK, R_ACCEPTED, 4, 0x5);
	assert_int_equal(reg_in(&g, BLOCK, R_ACCEPTED, 4), 0);
	set_status(BLOCK, 0xb);
	assert_int_equal(driver_status(BLOCK) & 8, 0);
	broken_then_healed(BLOCK);
	/* Bits of words that do not exist. */
	set_status(BLOCK, 3);
	reg_out(&g, BLOCK, R_ACCEPTED_SELECT, 4, 2);
	reg_out(&g, BLOCK, R_ACCEPTED, 4, 0);
	assert_int_equal(driver_status(BLOCK), 3);
	reg_out(&g, BLOCK, R_ACCEPTED, 4, 1);
	broken_then_healed(BLOCK);
}

static void features_at_the_wrong_time(void **state)
{
	(void)state;
	reg_out(&g, BLOCK, R_ACCEPTED, 4, 0);
	broken_then_healed(BLOCK);
	set_status(BLOCK, 1);
	reg_out(&g, BLOCK, R_ACCEPTED, 4, 0);
	broken_then_healed(BLOCK);
	mini_features(&g, BLOCK, 4, 1);
	reg_out(&g, BLOCK, R_ACCEPTED, 4, 0);
	broken_then_healed(BLOCK);
}

static void version_1_is_a_must(void **state)
{
	(void)state;
	mini_features(&g, BLOCK, 4, 0);
	assert_int_equal(driver_status(BLOCK), 3 | BROKEN);
	broken_then_healed(BLOCK);
}

#define T(name) cmocka_unit_test_setup_teardown(name, virtio_setup, virtio_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(features_offered),	   T(life_cycle),
		T(status_in_big_steps),	   T(status_out_of_order),
		T(failed_is_accepted),	   T(needs_reset_stays),
		T(features_over_accepted), T(features_at_the_wrong_time),
		T(version_1_is_a_must),
	};

	return cmocka_run_group_tests_name("virtio", tests, NULL, NULL);
}
