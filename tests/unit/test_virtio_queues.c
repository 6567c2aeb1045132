/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c devices/virtio/rng.c devices/virtio/block.c devices/block.c
 * devices/virtio/net.c devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c
 * devices/ramdisk.c devices/entropy.c
 * tests/unit/fake_gmem.c tests/unit/mini_guest.c tests/unit/virtio_fixture.c */
/* The transport's queues, interrupts and odd accesses; and a fuzzer. */
#include "tests/unit/virtio_fixture.h"

#include <string.h>

/* N-90 */
static void bad_queues(void **state)
{
	static const u16 sizes[] = {0, 3, 255, 257, 512, 0x8000, 65535};
	static const u32 places[][6] = {
		/* desc, avail, used; high halves */
		{0x1008, 0x4000, 0x5000, 0, 0, 0},
		{0x1000, 0x4001, 0x5000, 0, 0, 0},
		{0x1000, 0x4000, 0x5002, 0, 0, 0},
		{0x1000, 0x4000, 0x5000, 1, 0, 0},
		{0x1000, 0x4000, 0x5000, 0, 1, 0},
		{0x1000, 0x4000, 0x5000, 0, 0, 0x80000000},
		{0x1000, 0x4000, 0x4004, 0, 0, 0}, /* used in avail */
		{0x1000, 0x1000, 0x5000, 0, 0, 0}, /* avail in desc */
		{0x1000, 0x4000, 0x1ffc, 0, 0, 0}, /* used's start in desc's end */
		{0x5000, 0x4000, 0x4ff8, 0, 0, 0}, /* used's end in desc's start */
		{0x1000, 0x4000, MINI_RAM - 4, 0, 0, 0},
		{0x1000, MINI_RAM - 2, 0x5000, 0, 0, 0},
		{MINI_RAM - 4096 + 16, 0x4000, 0x5000, 0, 0, 0},
		{MINI_WINDOW, 0x4000, 0x5000, 0, 0, 0},
		{0x1000, MINI_WINDOW, 0x5000, 0, 0, 0},
		{0x1000, 0x4000, 0xfffffffc, 0, 0, 0},
		{0xfffff000, 0x4000, 0x5000, 0, 0, 0},
		{0xffc00000, 0x4000, 0x5000, 0, 0, 0},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
		mini_features(&g, BLOCK, 0, 1);
		reg_out(&g, BLOCK, R_QUEUE_SIZE, 2, sizes[i]);
		assert_int_equal(reg_in(&g, BLOCK, R_QUEUE_SIZE, 2), 256);
		broken_then_healed(BLOCK);
	}
	for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
		mini_features(&g, BLOCK, 0, 1);
		for (unsigned n = 0; n < 3; n++) {
			reg_out(&g, BLOCK, R_DESC + n * 8, 4, places[i][n]);
			reg_out(&g, BLOCK, R_DESC + n * 8 + 4, 4, places[i][n + 3]);
		}
		assert_int_equal(driver_status(BLOCK), 0xb);
		reg_out(&g, BLOCK, R_QUEUE_ENABLE, 2, 1);
		assert_int_equal(reg_in(&g, BLOCK, R_QUEUE_ENABLE, 2), 0);
		broken_then_healed(BLOCK);
	}
	/* The very last place that is right. */
	mini_features(&g, BLOCK, 0, 1);
	reg_out(&g, BLOCK, R_DESC, 4, MINI_RAM - 4096);
	reg_out(&g, BLOCK, R_AVAIL, 4, MINI_RAM - 4096 - 516);
	reg_out(&g, BLOCK, R_USED, 4, MINI_RAM - 4096 - 516 - 2052);
	reg_out(&g, BLOCK, R_QUEUE_ENABLE, 2, 1);
	assert_int_equal(driver_status(BLOCK), 0xb);
	assert_int_equal(reg_in(&g, BLOCK, R_QUEUE_ENABLE, 2), 1);
}

static void queue_set_up_at_the_wrong_time(void **state)
{
	static const struct {
		u8 offset, width;
	} regs[] = {{0x18, 2}, {0x1c, 2}, {0x20, 4}, {0x24, 4},
		    {0x28, 4}, {0x2c, 4}, {0x30, 4}, {0x34, 4}};
	struct mqueue q[1];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(regs); i++) {
		reg_out(&g, BLOCK, regs[i].offset, regs[i].width, 1);
		broken_then_healed(BLOCK);
		set_status(BLOCK, 3);
		reg_out(&g, BLOCK, regs[i].offset, regs[i].width, 1);
		broken_then_healed(BLOCK);
		mini_features(&g, BLOCK, 0, 1);
		mini_queue(&g, BLOCK, 0, 0x4000, 128, q);
		reg_out(&g, BLOCK, regs[i].offset, regs[i].width, 1); /* enabled already */
		broken_then_healed(BLOCK);
		mini_features(&g, BLOCK, 0, 1);
		mini_ready(&g, BLOCK);
		reg_out(&g, BLOCK, regs[i].offset, regs[i].width, 1); /* running */
		broken_then_healed(BLOCK);
	}
	for (u32 v = 0; v < 4; v++) {
		if (v == 1)
			continue;
		mini_features(&g, BLOCK, 0, 1);
		reg_out(&g, BLOCK, R_QUEUE_ENABLE, 2, v);
		broken_then_healed(BLOCK);
	}
}

/* N-97: accesses no register knows are dropped and change nothing. */
static void odd_accesses(void **state)
{
	static const u8 width[0x3c] = {
		[0x00] = 4, [0x04] = 4, [0x08] = 4, [0x0c] = 4, [0x10] = 2, [0x12] = 2, [0x14] = 1,
		[0x15] = 1, [0x16] = 2, [0x18] = 2, [0x1a] = 2, [0x1c] = 2, [0x1e] = 2, [0x20] = 4,
		[0x24] = 4, [0x28] = 4, [0x2c] = 4, [0x30] = 4, [0x34] = 4, [0x38] = 2, [0x3a] = 1,
	};
	u8 before[DEVICES + 1][0x3c], config[36];
	struct mqueue q[2];

	(void)state;
	for (u32 dev = 1; dev <= DEVICES; dev++)
		mini_open(&g, dev, 0, dev * 0x8000, queues_of[dev], q);
	for (u32 dev = 1; dev <= DEVICES; dev++)
		for (u32 at = 0; at < 0x3a; at++)
			if (width[at]) {
				u32 v = reg_in(&g, dev, at, width[at]);

				memcpy(&before[dev][at], &v, width[at]);
			}
	for (u32 i = 0; i < 36; i++)
		config[i] = (u8)reg_in(&g, BLOCK, 0x3c + i, 1);
	for (u32 dev = 1; dev <= DEVICES; dev++)
		for (u32 at = 0; at < 0x1000; at++)
			for (unsigned size = 1; size <= 4; size *= 2) {
				bool known = at < 0x3c && width[at] == size;

				if (at + size > 0x1000 || known || (dev == CONSOLE && at == 0x44))
					continue;
				reg_out(&g, dev, at, size, 0);
				reg_out(&g, dev, at, size, 0xffffffff);
				if (at < 0x3c || at >= 0x3c + 36)
					assert_int_equal(reg_in(&g, dev, at, size),
							 0xffffffffu >> (32 - 8 * size));
			}
	for (u32 dev = 1; dev <= DEVICES; dev++)
		for (u32 at = 0; at < 0x3a; at++)
			if (width[at])
				assert_int_equal(memcmp(&before[dev][at],
							&(u32){reg_in(&g, dev, at, width[at])},
							width[at]),
						 0);
	for (u32 i = 0; i < 36; i++)
		assert_int_equal(config[i], reg_in(&g, BLOCK, 0x3c + i, 1));
	/* Read-only registers at their own width. */
	reg_out(&g, BLOCK, 0x04, 4, 0);
	reg_out(&g, BLOCK, 0x12, 2, 7);
	reg_out(&g, BLOCK, 0x15, 1, 7);
	reg_out(&g, BLOCK, 0x1e, 2, 7);
	reg_out(&g, BLOCK, 0x3a, 1, 7);
	assert_int_equal(reg_in(&g, BLOCK, 0x12, 2), 1);
	for (u32 dev = 1; dev <= DEVICES; dev++)
		assert_int_equal(driver_status(dev), 0xf);
	/* All of it cost four log lines a device. */
	assert_int_equal(support_log_lines[LOG_WARN], 4 * DEVICES);
	assert_int_equal(g.text_len, 0);
}

static void notify_storms(void **state)
{
	u64 accesses;
	struct mqueue q[1];

	(void)state;
	reg_out(&g, RNG, R_NOTIFY, 2, 0); /* nothing is set up */
	mini_open(&g, RNG, 0, 0, 1, q);
	accesses = fake_accesses;
	for (u32 i = 1; i < 0x10000; i++)
		reg_out(&g, RNG, R_NOTIFY, 2, i);
	assert_int_equal(fake_accesses, accesses);
	assert_int_equal(driver_status(RNG), 0xf);
	assert_int_equal(support_log_lines[LOG_WARN], 4);
	/* A queue that was never enabled. */
	mini_features(&g, RNG, 0, 1);
	mini_ready(&g, RNG);
	reg_out(&g, RNG, R_NOTIFY, 2, 0);
	assert_int_equal(driver_status(RNG), 0xf);
	assert_int_equal(reg_in(&g, RNG, R_NOTIFY, 2), 0);
}

static void isr_and_interrupts(void **state)
{
	struct mqueue q[1];
	u32 id, len;

	(void)state;
	mini_open(&g, RNG, 0, 0, 1, q);
	assert_int_equal(reg_in(&g, RNG, R_ISR, 1), 0);
	mdesc_set(q, 0, 0x8000, 64, D_WRITE, 0);
	mqueue_offer(q, 0);
	mqueue_kick(q);
	assert_true(mqueue_used(q, &id, &len));
	assert_int_equal(len, 64);
	assert_int_equal(g.irqs[RNG], 1);
	assert_int_equal(reg_in(&g, RNG, R_ISR, 1), 1);
	assert_int_equal(reg_in(&g, RNG, R_ISR, 1), 0);
	mqueue_avail_flags(q, 1);
	mqueue_offer(q, 0);
	mqueue_kick(q);
	assert_true(mqueue_used(q, &id, &len));
	assert_int_equal(g.irqs[RNG], 1);
	assert_int_equal(reg_in(&g, RNG, R_ISR, 1), 0);
	/* An interrupt nobody looked at is gone after a reset. */
	mqueue_avail_flags(q, 0);
	mqueue_offer(q, 0);
	mqueue_kick(q);
	assert_int_equal(g.irqs[RNG], 2);
	set_status(RNG, 0);
	assert_int_equal(reg_in(&g, RNG, R_ISR, 1), 0);
}

/* Buffers that were there before DRIVER_OK are taken then. */
static void buffers_before_ready(void **state)
{
	struct mqueue q[1];
	u32 id, len;

	(void)state;
	mini_features(&g, RNG, 0, 1);
	memset(fake_ram(&g.guest.mem), 0, 3 * PAGE_SIZE);
	mini_queue(&g, RNG, 0, 0, 8, q);
	mdesc_set(q, 5, 0x8000, 16, D_WRITE, 0);
	mqueue_offer(q, 5);
	mqueue_kick(q);
	assert_false(mqueue_used(q, &id, &len));
	mini_ready(&g, RNG);
	assert_true(mqueue_used(q, &id, &len));
	assert_int_equal(id, 5);
}

/* Random writes that know where the registers are, over random rings: nothing outside the
 * guest's RAM is touched (the sanitizers), every call ends, resets heal. */
static void random_ring(u32 *seed, gpa_t at)
{
	struct mdesc d[32];
	u16 ring[34];

	for (u32 i = 0; i < ARRAY_LEN(d); i++) {
		u32 r = mini_random(seed);

		d[i] = (struct mdesc){
			.addr = mini_random(seed) % (r & 0xf000 ? MINI_RAM : 0xffffffff),
			.len = r & 0xf0000 ? mini_random(seed) % 0x900 : mini_random(seed),
			.flags = (u16)(r & 0xf00 ? r & 3 : r & 7),
			.next = (u16)(r >> 24 & (r & 0x70 ? 7 : 0x3f)),
		};
		if (r & 0x30000000) /* nearby, tables may be hit */
			d[i].addr %= 0x10000;
	}
	ram_put(&g, at, d, sizeof(d));
	for (u32 i = 0; i < ARRAY_LEN(ring); i++)
		ring[i] = (u16)(mini_random(seed) % 9);
	ring[0] = (u16)(mini_random(seed) & 1);
	ring[1] = (u16)(mini_random(seed) % 12);
	ram_put(&g, at + 4096, ring, sizeof(ring));
}

static void random_queue(u32 *seed, u32 dev, u32 index)
{
	gpa_t at = dev * 0x8000 + index * 0x3000;
	u32 r = mini_random(seed);

	reg_out(&g, dev, R_QUEUE_SELECT, 2, index);
	reg_out(&g, dev, R_QUEUE_SIZE, 2, r & 3 ? 8u : 1u << (r >> 8) % 10);
	reg_out(&g, dev, R_DESC, 4, at);
	reg_out(&g, dev, R_AVAIL, 4, at + 4096);
	reg_out(&g, dev, R_USED, 4, r & 0xf0 ? at + 8192 : mini_random(seed) % MINI_RAM);
	reg_out(&g, dev, R_QUEUE_ENABLE, 2, 1);
	random_ring(seed, at);
}

static void fuzz(void **state)
{
	u32 seed = 77 + support_seed(), served = 0, broken = 0;
	struct mqueue q[2];

	(void)state;
	for (u32 round = 0; round < 30000; round++) {
		u32 r = mini_random(&seed), dev = 1 + r % DEVICES;

		set_status(dev, 0);
		set_status(dev, 3);
		reg_out(&g, dev, R_ACCEPTED_SELECT, 4, 0);
		reg_out(&g, dev, R_OFFERED_SELECT, 4, 0);
		reg_out(&g, dev, R_ACCEPTED, 4, reg_in(&g, dev, R_OFFERED, 4) & (r | 1u << 28));
		reg_out(&g, dev, R_ACCEPTED_SELECT, 4, 1);
		reg_out(&g, dev, R_ACCEPTED, 4, 1);
		set_status(dev, 0xb);
		for (u32 i = 0; i < queues_of[dev]; i++)
			random_queue(&seed, dev, i);
		set_status(dev, 0xf);
		for (u32 i = 0; i < 6; i++) {
			u32 v = mini_random(&seed), n = v >> 8 & 1;

			if (v & 0x30)
				random_ring(&seed, dev * 0x8000 + n * 0x3000);
			if ((v & 0xf) == 0)
				reg_out(&g, dev, v >> 4 & 0x7f, 1u << (v >> 12) % 3, v >> 20);
			reg_out(&g, dev, R_NOTIFY, 2, n);
			bus_console_input(g.bus, "typed", 5);
			bus_poll(g.bus);
		}
		bus_console_flush(g.bus);
		g.text_len = 0;
		if (driver_status(dev) & BROKEN)
			broken++;
		served += g.irqs[dev];
		g.irqs[dev] = 0;
	}
	/* It was worth something: work was done, and mistakes were found. */
	assert_true(served > 1000);
	assert_true(broken > 1000);
	assert_true(support_log_lines[LOG_WARN] <= 4 * DEVICES);
	for (u32 dev = 1; dev <= DEVICES; dev++)
		mini_open(&g, dev, 0, dev * 0x8000, queues_of[dev], q);
}

#define T(name) cmocka_unit_test_setup_teardown(name, virtio_setup, virtio_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(bad_queues),
		T(queue_set_up_at_the_wrong_time),
		T(odd_accesses),
		T(notify_storms),
		T(isr_and_interrupts),
		T(buffers_before_ready),
		T(fuzz),
	};

	return cmocka_run_group_tests_name("virtio_queues", tests, NULL, NULL);
}
