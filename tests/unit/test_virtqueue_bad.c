/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c tests/unit/fake_gmem.c tests/unit/mini_guest.c
 * tests/unit/taker_fixture.c */
/* Bad chains and rings: each stops the device, and nothing is read twice. */
#include "tests/unit/taker_fixture.h"

#include <string.h>

static void bad_descriptors(void **state)
{
	static const struct mdesc bad[][3] = {
		{{DATA, 1, D_NEXT, 0}},			      /* itself */
		{{DATA, 1, D_NEXT, 1}, {DATA, 1, D_NEXT, 0}}, /* two in a ring */
		{{DATA, 0, D_NEXT, 0}},			      /* itself, empty */
		{{DATA, 1, D_NEXT, 8}},			      /* next = size */
		{{DATA, 1, D_NEXT, 0xffff}},
		{{MINI_RAM, 1, 0, 0}},
		{{MINI_RAM - 1, 2, 0, 0}},
		{{DATA, 0xffffffff, 0, 0}},
		{{0xffffffff, 1, D_WRITE, 0}},
		{{0xfffffff0, 0x20, D_WRITE, 0}}, /* wraps */
		{{0x100000000ull + DATA, 1, 0, 0}},
		{{0xffffffff00000000ull + DATA, 1, D_WRITE, 0}},
		{{MINI_WINDOW, 4, 0, 0}},
		{{MINI_WINDOW, 4, D_WRITE, 0}},
		{{DATA, 1, D_WRITE | D_NEXT, 1}, {DATA, 1, 0, 0}}, /* readable after writable */
		{{TABLE, 16, D_INDIRECT, 0}},			   /* not negotiated */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		open_with(0, 8);
		for (u32 n = 0; n < 3; n++)
			mdesc_set(&q, n, bad[i][n].addr, bad[i][n].len, bad[i][n].flags,
				  bad[i][n].next);
		assert_breaks(0);
	}
}

static void bad_indirect(void **state)
{
	static const struct mdesc bad[] = {
		{TABLE, 16, D_INDIRECT | D_NEXT, 1}, {TABLE, 0, D_INDIRECT, 0},
		{TABLE, 15, D_INDIRECT, 0},	     {TABLE, 17, D_INDIRECT, 0},
		{TABLE, 9 * 16, D_INDIRECT, 0}, /* more than the queue's size */
		{TABLE, 0xfffffff0, D_INDIRECT, 0},  {0x100000000ull + TABLE, 16, D_INDIRECT, 0},
		{MINI_RAM - 8, 16, D_INDIRECT, 0},   {MINI_WINDOW, 16, D_INDIRECT, 0},
		{0xfffffff8, 16, D_INDIRECT, 0},
	};
	static const struct mdesc inside[] = {
		{TABLE, 16, D_INDIRECT, 0}, /* a table in the table */
		{TABLE + 16, 16, D_INDIRECT | D_NEXT, 0},
		{DATA, 1, D_NEXT, 0}, /* itself */
		{DATA, 1, D_NEXT, 2}, /* past the table, if in the queue */
		{DATA, 1, D_NEXT, 0xffff},
		{MINI_RAM, 1, 0, 0},
		{DATA, 0xfffffff0, D_WRITE, 0},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		open_with(1u << 28, 8);
		mdesc_set(&q, 0, bad[i].addr, bad[i].len, bad[i].flags, bad[i].next);
		mdesc_set(&q, 1, DATA, 1, 0, 0);
		table_set(0, DATA, 1, 0, 0);
		assert_breaks(0);
	}
	for (unsigned i = 0; i < ARRAY_LEN(inside); i++) {
		open_with(1u << 28, 8);
		mdesc_set(&q, 0, TABLE, 32, D_INDIRECT, 0);
		table_set(0, inside[i].addr, inside[i].len, inside[i].flags, inside[i].next);
		table_set(1, DATA, 1, 0, 0);
		assert_breaks(0);
	}
	/* A direct piece and a full table are one too many. */
	open_with(1u << 28, 8);
	mdesc_set(&q, 0, DATA, 1, D_NEXT, 1);
	mdesc_set(&q, 1, TABLE, 8 * 16, D_INDIRECT, 0);
	for (u32 i = 0; i < 8; i++)
		table_set(i, DATA, 1, i < 7 ? D_NEXT : 0, (u16)(i + 1));
	assert_breaks(0);
}

/* No sum of lengths may wrap. */
static void too_many_bytes(void **state)
{
	(void)state;
	open_with(0, 256);
	/* All of RAM as often as a chain can say it. */
	for (u32 i = 0; i < 256; i++)
		mdesc_set(&q, i, 0, MINI_RAM, i < 255 ? D_NEXT : 0, (u16)(i + 1));
	offer(0);
	assert_taken(1);
	assert_int_equal(taker->chain.out_len, 256 * MINI_RAM);
	/* Pretend to have it: descriptors are judged, not touched. */
	open_with(0, 256);
	g.guest.mem.ram_pages = 0xf0000;
	mdesc_set(&q, 0, 0, 0xe0000000, D_NEXT, 1);
	mdesc_set(&q, 1, 0, 0x1fffffff, D_WRITE, 0);
	offer(0);
	assert_taken(1);
	assert_int_equal(taker->chain.out_len, 0xe0000000);
	mdesc_set(&q, 2, 0, 0xe0000000, D_NEXT, 3);
	mdesc_set(&q, 3, 0, 0x20000000, D_WRITE, 0);
	assert_breaks(2);
	g.guest.mem.ram_pages = MINI_RAM_PAGES;
}

static void head_too_large(void **state)
{
	(void)state;
	open_with(0, 8);
	assert_breaks(8);
	open_with(0, 8);
	assert_breaks(0xffff);
	open_with(0, 256);
	assert_breaks(256);
}

static void index_jumps(void **state)
{
	static const u16 jumps[] = {9, 10, 0x8000, 0xffff};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(jumps); i++) {
		open_with(0, 8);
		q.avail_idx = (u16)(jumps[i] - 1);
		assert_breaks(0);
	}
	/* Backwards. */
	open_with(0, 8);
	for (u16 i = 0; i < 3; i++)
		offer(i);
	assert_taken(3);
	q.avail_idx = 1;
	assert_breaks(3);
	/* A full queue at once is no jump. */
	open_with(0, 8);
	for (u16 i = 0; i < 8; i++)
		mqueue_offer(&q, i);
	mqueue_kick(&q);
	assert_taken(8);
}

static void head_in_flight(void **state)
{
	(void)state;
	open_with(0, 64);
	offer(40);
	assert_taken(1);
	assert_breaks(40);
	/* After it came back it may be offered again. */
	open_with(0, 64);
	offer(40);
	vq_push(&taker->vdev, &taker->vdev.queue[0], &taker->chain, 0);
	offer(40);
	assert_taken(2);
}

static void stopped_device_writes_nothing(void **state)
{
	static u8 before[MINI_RAM];

	(void)state;
	open_with(0, 8);
	offer(0);
	assert_taken(1);
	reg_out(&g, DEV, R_STATUS, 1, 0);
	memcpy(before, fake_ram(&g.guest.mem), MINI_RAM);
	vq_push(&taker->vdev, &taker->vdev.queue[0], &taker->chain, 1);
	vq_signal(&taker->vdev, &taker->vdev.queue[0]);
	vq_quiet(&taker->vdev, &taker->vdev.queue[0], true);
	assert_memory_equal(before, fake_ram(&g.guest.mem), MINI_RAM);
	assert_int_equal(g.irqs[DEV], 0);
	/* Begun again from index 0. */
	open_with(0, 8);
	offer(1);
	assert_taken(1);
}

/* After each read of a descriptor, spoil it. */
static void spoil(struct gmem *m, gpa_t at, u32 len)
{
	if (len == 16)
		memset(fake_ram(m) + at, 0xff, 16);
}

static void one_snapshot(void **state)
{
	u8 b;

	(void)state;
	open_with(1u << 28, 8);
	mdesc_set(&q, 0, DATA, 1, D_NEXT, 1);
	mdesc_set(&q, 1, TABLE, 32, D_INDIRECT, 0);
	table_set(0, DATA + 1, 1, D_NEXT, 1);
	table_set(1, DATA + 2, 1, D_WRITE, 0);
	fake_after_read = spoil;
	offer(0);
	fake_after_read = NULL;
	assert_taken(1);
	assert_int_equal(taker->chain.seg[0].at, DATA);
	assert_int_equal(taker->chain.seg[1].at, DATA + 1);
	assert_int_equal(taker->chain.seg[2].at, DATA + 2);
	assert_true(vq_read(&taker->vdev, &taker->chain, 1, &b, 1));
	assert_true(vq_write(&taker->vdev, &taker->chain, 0, &b, 1));
}

#define T(name) cmocka_unit_test_setup_teardown(name, taker_setup, taker_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(bad_descriptors),
		T(bad_indirect),
		T(too_many_bytes),
		T(head_too_large),
		T(index_jumps),
		T(head_in_flight),
		T(stopped_device_writes_nothing),
		T(one_snapshot),
	};

	return cmocka_run_group_tests_name("virtqueue_bad", tests, NULL, NULL);
}
