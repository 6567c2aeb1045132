/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c devices/virtio/block.c devices/block.c devices/ramdisk.c
 * tests/unit/fake_gmem.c tests/unit/mini_guest.c tests/unit/block_fixture.c */
/* Requests to a virtio disk: what is done, what is refused. */
#include "tests/unit/block_fixture.h"

#include <string.h>

static void config(void **state)
{
	(void)state;
	assert_int_equal(reg_in(&g, DEV, R_CONFIG, 4), SECTORS);
	assert_int_equal(reg_in(&g, DEV, R_CONFIG + 4, 4), 0);
	assert_int_equal(reg_in(&g, DEV, R_CONFIG + 12, 4), 254);
	for (u32 i = 16; i < 36; i++)
		assert_int_equal(reg_in(&g, DEV, R_CONFIG + i, 1), 0);
}

static void read_write_flush(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);

	(void)state;
	assert_int_equal(run_request(IN, 3, 1024, 1025), 0);
	assert_memory_equal(ram + DATA, disk_bytes + 3 * 512, 1024);
	assert_int_equal(g.irqs[DEV], 1);
	memset(ram + DATA, 0x42, 4096);
	assert_int_equal(run_request(OUT, SECTORS - 8, 4096, 1), 0);
	assert_memory_equal(ram + DATA, disk_bytes + (SECTORS - 8) * 512, 4096);
	assert_int_equal(run_request(FLUSH, 0, 0, 1), 0);
	/* The whole disk. */
	assert_int_equal(run_request(IN, 0, sizeof(disk_bytes), sizeof(disk_bytes) + 1), 0);
	assert_memory_equal(ram + DATA, disk_bytes, sizeof(disk_bytes));
	for (u32 i = 0; i < sizeof(disk_bytes); i++)
		ram[DATA + i] = (u8)(i * 13 + 5);
	assert_int_equal(run_request(OUT, 0, sizeof(disk_bytes), 1), 0);
	assert_memory_equal(ram + DATA, disk_bytes, sizeof(disk_bytes));
}

static void id(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);

	(void)state;
	memset(ram + DATA, 0xcc, 64);
	assert_int_equal(run_request(GET_ID, 0, 20, 21), 0);
	assert_memory_equal(ram + DATA, "disk-of-alpha-long-n", 20);
	assert_int_equal(ram[DATA + 20], 0xcc);
	memset(ram + DATA, 0xcc, 64);
	assert_int_equal(run_request(GET_ID, 0, 4, 5), 0);
	assert_int_equal(ram[DATA + 4], 0xcc);
}

/* N-93: each is answered by its status, and the disk is as before. */
static void refused(void **state)
{
	static const struct {
		u32 type;
		u64 sector;
		u32 len;
		u8 status;
	} bad[] = {
		{IN, SECTORS, 512, 1},
		{IN, SECTORS - 1, 1024, 1},
		{IN, 0xffffffffffffffff, 512, 1},
		{IN, 0xffffffffffffffff, 1024, 1},
		{IN, 0x80000000000000, 512, 1},
		{IN, 0x100000000, 512, 1},
		{IN, 0, 511, 1},
		{IN, 0, 513, 1},
		{IN, 0, 0, 1},
		{OUT, SECTORS, 512, 1},
		{OUT, SECTORS - 1, 1024, 1},
		{OUT, 0xffffffffffffffff, 512, 1},
		{OUT, 0, 100, 1},
		{OUT, 0, 0, 1},
		{2, 0, 512, 2},
		{3, 0, 512, 2},
		{5, 0, 512, 2},
		{7, 0, 512, 2},
		{9, 0, 512, 2},
		{11, 0, 512, 2},
		{0x80000000, 0, 512, 2},
		{0x80000001, 0, 512, 2},
		{0xffffffff, 0, 512, 2},
	};
	static u8 before[sizeof(disk_bytes)];

	(void)state;
	memcpy(before, disk_bytes, sizeof(disk_bytes));
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		/* Used length: what was written from the buffer's start, so not the status byte
		 * behind data that never came. */
		bool status_first = bad[i].type == OUT || !bad[i].len;

		assert_int_equal(run_request(bad[i].type, bad[i].sector, bad[i].len, status_first),
				 bad[i].status);
	}
	assert_memory_equal(before, disk_bytes, sizeof(disk_bytes));
}

/* A range is judged before the back-end hears of it. */
static void refused_before_the_disk(void **state)
{
	(void)state;
	assert_int_equal(run_request(IN, SECTORS, 512, 0), 1);
	assert_int_equal(run_request(OUT, SECTORS - 1, 1024, 1), 1);
	assert_int_equal(run_request(IN, 0xffffffffffffffff, 1024, 0), 1);
	assert_int_equal(slow_count, 0);
}

static void readonly(void **state)
{
	u8 first = disk_bytes[0];

	(void)state;
	reg_out(&g, DEV, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(reg_in(&g, DEV, R_OFFERED, 4), 0x10000224);
	assert_int_equal(run_request(IN, 0, 512, 513), 0);
	fake_ram(&g.guest.mem)[DATA] = (u8)~first;
	assert_int_equal(run_request(OUT, 0, 512, 1), 1);
	assert_int_equal(disk_bytes[0], first);
	assert_int_equal(run_request(FLUSH, 0, 0, 1), 0);
}

/* Header and status in odd shapes: split up, glued to the data. */
static void any_layout(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);
	u32 used_id, len;

	(void)state;
	put_request(0, OUT, 9, DATA, 512);
	memset(ram + DATA, 0x33, 513);
	mdesc_set(&q, 0, HEADER, 7, D_NEXT, 10);
	mdesc_set(&q, 10, HEADER + 7, 9, D_NEXT, 11);
	mdesc_set(&q, 11, DATA, 1, D_NEXT, 12);
	mdesc_set(&q, 12, DATA + 1, 511, D_NEXT, 2);
	mqueue_kick(&q);
	assert_true(mqueue_used(&q, &used_id, &len));
	assert_int_equal(status_of(0), 0);
	assert_memory_equal(disk_bytes + 9 * 512, ram + DATA, 512);
	/* Data and status in one piece. */
	put_request(1, IN, 1, DATA, 512);
	mdesc_set(&q, 4, DATA, 513, D_WRITE, 0);
	mqueue_kick(&q);
	assert_true(mqueue_used(&q, &used_id, &len));
	assert_int_equal(len, 513);
	assert_memory_equal(disk_bytes + 512, ram + DATA, 512);
	assert_int_equal(ram[DATA + 512], 0);
	assert_int_equal(status_of(1), 0xaa);
	/* A writable piece where a write's data should be: no data. */
	put_request(2, OUT, 0, DATA, 512);
	mdesc_set(&q, 7, DATA, 512, D_NEXT | D_WRITE, 8);
	mqueue_kick(&q);
	assert_true(mqueue_used(&q, &used_id, &len));
	assert_int_equal(status_of(2), 1);
}

static void without_header_or_status(void **state)
{
	static const struct mdesc bad[] = {
		{HEADER, 16, 0, 0},	 /* no status byte */
		{HEADER, 15, D_NEXT, 2}, /* header one short */
		{HEADER, 0, D_NEXT, 2},
		{HEADER, 16, D_WRITE, 0}, /* nothing to read */
		{HEADER, 16, D_WRITE | D_NEXT, 2},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		mini_open(&g, DEV, 0, RING, 1, &q);
		put_request(0, IN, 0, DATA, 0);
		mdesc_set(&q, 0, bad[i].addr, bad[i].len, bad[i].flags, bad[i].next);
		mqueue_kick(&q);
		assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
		expect_none();
	}
	mini_open(&g, DEV, 0, RING, 1, &q);
	assert_int_equal(run_request(IN, 0, 512, 513), 0);
}

/* Data in the device window, in ROM of nobody, past RAM. */
static void data_not_in_ram(void **state)
{
	static const gpa_t where[] = {MINI_WINDOW, MINI_RAM, MINI_RAM - 511, 0xffc00000,
				      0xfffffe00};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(where); i++) {
		mini_open(&g, DEV, 0, RING, 1, &q);
		put_request(0, IN, 0, where[i], 512);
		mqueue_kick(&q);
		assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
		expect_none();
	}
}

/* More work than one call may do is finished by bus_poll, in as many calls as it is worth. */
static void work_is_bounded(void **state)
{
	u32 polls = 0, seen = 0, id, len;

	(void)state;
	for (u32 n = 0; n < 80; n++)
		put_request(n, IN, 0, DATA, 8192);
	mqueue_kick(&q);
	for (; mqueue_used(&q, &id, &len); seen++)
		assert_int_equal(id, seen * 3);
	assert_in_range(seen, 5, 40);
	assert_int_equal(g.irqs[DEV], 1);
	while (bus_poll(g.bus))
		assert_true(++polls < 16);
	assert_true(polls >= 1);
	for (; mqueue_used(&q, &id, &len); seen++)
		assert_int_equal(id, seen * 3);
	assert_int_equal(seen, 80);
	assert_false(bus_poll(g.bus));
	/* Small ones are more in a call. */
	for (u32 n = 0; n < 80; n++)
		put_request(n, GET_ID, 0, DATA, 20);
	mqueue_kick(&q);
	for (u32 n = 0; n < 50; n++)
		expect_used(n, 21);
}

/* A completion in somebody else's time: nothing is given back and nothing new begun before the
 * guest's own. */
static void completion_only_asks(void **state)
{
	struct blk_req *r;

	(void)state;
	for (u32 n = 0; n < 5; n++)
		put_request(n, IN, n, DATA + n * 512, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 4);
	r = slow_queue[--slow_count];
	r->done(r, HV_OK);
	assert_int_equal(slow_count, 3);
	expect_none();
	assert_int_equal(g.irqs[DEV], 0);
	assert_true(bus_has_work(g.bus));
	mini_work();
	assert_int_equal(slow_count, 4);
	expect_used(3, 513);
	assert_int_equal(g.irqs[DEV], 1);
}

static void indirect(void **state)
{
	struct mdesc table[3] = {
		{HEADER, 16, D_NEXT, 1},
		{DATA, 1024, D_NEXT | D_WRITE, 2},
		{STATUS, 1, D_WRITE, 0},
	};

	(void)state;
	mini_open(&g, DEV, 1u << 28, RING, 1, &q);
	put_request(0, IN, 5, DATA, 1024);
	ram_put(&g, 0x6000, table, sizeof(table));
	mdesc_set(&q, 0, 0x6000, sizeof(table), D_INDIRECT, 0);
	mqueue_kick(&q);
	expect_used(0, 1025);
	assert_int_equal(status_of(0), 0);
	assert_memory_equal(fake_ram(&g.guest.mem) + DATA, disk_bytes + 5 * 512, 1024);
}

#define T(name, with) cmocka_unit_test_setup_teardown(name, setup_##with, block_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(config, ram),
		T(read_write_flush, ram),
		T(id, ram),
		T(refused, ram),
		T(readonly, readonly),
		T(any_layout, ram),
		T(without_header_or_status, ram),
		T(data_not_in_ram, ram),
		T(work_is_bounded, ram),
		T(indirect, ram),
		T(refused_before_the_disk, slow),
		T(completion_only_asks, slow),
	};

	return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
