/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c devices/virtio/block.c devices/block.c devices/ramdisk.c
 * tests/unit/fake_gmem.c tests/unit/mini_guest.c tests/unit/block_fixture.c */
/* Requests to a disk that takes its time: pieces, resets and a guest's death while they are under
 * way. */
#include "tests/unit/block_fixture.h"

#include <string.h>

#define VQ_SEGS 200u

static void completion_later(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);

	(void)state;
	put_request(0, IN, 0, DATA, 512);
	put_request(1, IN, 7, DATA + 512, 512);
	put_request(2, FLUSH, 0, 0, 0);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 3);
	assert_int_equal(slow_flushes, 1);
	expect_none();
	assert_false(bus_poll(g.bus)); /* nothing to do but wait */
	slow_complete(1, HV_OK);
	expect_used(1, 513);
	expect_none();
	assert_int_equal(g.irqs[DEV], 1);
	assert_memory_equal(ram + DATA + 512, disk_bytes + 7 * 512, 512);
	slow_complete(1, HV_IO); /* the flush fails */
	expect_used(2, 1);
	assert_int_equal(status_of(2), 1);
	slow_complete(0, HV_IO);
	expect_used(0, 0);
	assert_int_equal(status_of(0), 1);
	assert_int_equal(slow_count, 0);
}

/* A long request goes piece by piece, each started by the end of the one before. */
static void pieces(void **state)
{
	u32 n = 0;

	(void)state;
	put_request(0, IN, 0, DATA, sizeof(disk_bytes));
	mqueue_kick(&q);
	while (slow_count) {
		assert_int_equal(slow_count, 1);
		expect_none();
		assert_true(slow_queue[0]->sectors <= 64); /* as the disk wants it */
		slow_complete(0, HV_OK);
		n++;
	}
	assert_int_equal(n, sizeof(disk_bytes) / KIB(32));
	expect_used(0, sizeof(disk_bytes) + 1);
	assert_memory_equal(fake_ram(&g.guest.mem) + DATA, disk_bytes, sizeof(disk_bytes));
	/* The third piece fails: the rest is not asked for. */
	put_request(1, OUT, 0, DATA, sizeof(disk_bytes));
	mqueue_kick(&q);
	slow_complete(0, HV_OK);
	slow_complete(0, HV_OK);
	slow_complete(0, HV_IO);
	assert_int_equal(slow_count, 0);
	expect_used(1, 1);
	assert_int_equal(status_of(1), 1);
	/* Of a read the two that came are told. */
	put_request(2, IN, 0, DATA, sizeof(disk_bytes));
	mqueue_kick(&q);
	slow_complete(0, HV_OK);
	slow_complete(0, HV_OK);
	slow_complete(0, HV_IO);
	expect_used(2, 2 * KIB(32));
	assert_int_equal(status_of(2), 1);
}

/* Only so many are under way; the others follow as places become free. */
static void waiting_requests(void **state)
{
	u32 used_id, len, seen = 0;

	(void)state;
	for (u32 n = 0; n < 10; n++)
		put_request(n, IN, n, DATA + n * 512, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 4);
	for (u32 n = 0; n < 10; n++)
		slow_complete(slow_count - 1, HV_OK);
	assert_int_equal(slow_count, 0);
	while (mqueue_used(&q, &used_id, &len))
		seen++;
	assert_int_equal(seen, 10);
	assert_memory_equal(fake_ram(&g.guest.mem) + DATA, disk_bytes, 10 * 512);
}

/* The same buffer offered again while it is under way. */
static void head_twice(void **state)
{
	(void)state;
	put_request(0, IN, 0, DATA, 512);
	mqueue_kick(&q);
	mqueue_offer(&q, 0);
	mqueue_kick(&q);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
	/* The answer comes to a stopped device: nothing is given back. */
	slow_complete(0, HV_OK);
	expect_none();
	assert_int_equal(g.irqs[DEV], 0);
}

/* N-96: a reset forgets what is under way, and the memory may be used for something else. */
static void reset_in_flight(void **state)
{
	static u8 before[MINI_RAM];

	(void)state;
	for (u32 n = 0; n < 6; n++)
		put_request(n, IN, n, DATA + n * 512, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 4);
	memset(fake_ram(&g.guest.mem) + DATA, 0x99, 6 * 512);
	memcpy(before, fake_ram(&g.guest.mem), MINI_RAM);
	reg_out(&g, DEV, R_STATUS, 1, 0);
	assert_int_equal(slow_cancels, 1);
	assert_int_equal(slow_count, 0);
	bus_poll(g.bus);
	assert_memory_equal(before, fake_ram(&g.guest.mem), MINI_RAM);
	mini_open(&g, DEV, 0, RING, 1, &q);
	put_request(0, IN, 2, DATA, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 1);
	slow_complete(0, HV_OK);
	expect_used(0, 513);
}

/* N-96, of a disk that works in the guest's memory by itself: the guest does not run, and at its
 * end keeps its memory, until that is over. */
static void held_by_a_reset(void **state)
{
	(void)state;
	slow_holds = true;
	for (u32 n = 0; n < 2; n++)
		put_request(n, IN, n, DATA + n * 512, 512);
	mqueue_kick(&q);
	assert_false(bus_stalled(g.bus));
	reg_out(&g, DEV, R_STATUS, 1, 0);
	assert_int_equal(slow_cancels, 1);
	assert_true(bus_stalled(g.bus));
	assert_int_equal(bus_held(g.bus), 2);
	assert_false(bus_stop(g.bus));
	assert_int_equal(slow_cancels, 1);
	slow_complete(1, HV_OK);
	assert_true(bus_stalled(g.bus));
	assert_false(bus_stop(g.bus));
	slow_complete(0, HV_IO);
	assert_false(bus_stalled(g.bus));
	expect_none(); /* the driver hears of neither */
	assert_int_equal(g.irqs[DEV], 0);
	mini_open(&g, DEV, 0, RING, 1, &q);
	for (u32 n = 0; n < 5; n++) /* all places are free again */
		put_request(n, IN, 2, DATA, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 4);
	slow_holds = false;
	assert_true(bus_stop(g.bus));
}

/* Sectors in pieces of three bytes, in many pages. */
static void many_pieces(void **state)
{
	const u32 count = VQ_SEGS;
	u8 *ram = fake_ram(&g.guest.mem);
	gpa_t table = 0x6000;
	struct {
		u32 type, priority;
		u64 sector;
	} header = {IN, 0, 9};

	(void)state;
	mini_open(&g, DEV, 1u << 28, RING, 1, &q);
	ram_put(&g, HEADER, &header, 16);
	for (u32 i = 0; i < count + 2; i++) {
		const struct {
			u64 addr;
			u32 len;
			u16 flags, next;
		} d = {i == 0		? HEADER
		       : i == count + 1 ? STATUS
					: DATA + i * 100,
		       i == 0		? 16
		       : i == count + 1 ? 1
		       : i == count	? 1024 - 3 * (count - 1)
					: 3,
		       (u16)((i <= count ? D_NEXT : 0) | (i ? D_WRITE : 0)), (u16)(i + 1)};

		ram_put(&g, table + i * 16, &d, 16);
	}
	mdesc_set(&q, 0, table, (count + 2) * 16, D_INDIRECT, 0);
	mqueue_offer(&q, 0);
	mqueue_kick(&q);
	while (slow_count) {
		assert_true(slow_queue[0]->sectors > 0);
		slow_complete(0, HV_OK);
	}
	expect_used(0, 1025);
	for (u32 i = 0; i < 3 * (count - 1); i++)
		assert_int_equal(ram[DATA + (i / 3 + 1) * 100 + i % 3], disk_bytes[9 * 512 + i]);
}

/* A second user of a disk keeps its requests when the first one goes. */
static void death_in_flight(void **state)
{
	(void)state;
	mini_free(&g);
	block_start(&g, &slow_ops, true);
	mini_init(&h, "other");
	assert_int_equal(bus_add_console(h.bus), HV_OK);
	assert_int_equal(bus_add_block(h.bus, &disk, true), HV_OK);
	assert_int_equal(disk.users, 2);
	put_request(0, IN, 2, DATA, 512);
	mqueue_kick(&q);
	bus_detach(h.bus);
	assert_int_equal(slow_count, 1);
	assert_int_equal(slow_cancels, 0); /* it had nothing under way */
	assert_int_equal(disk.users, 1);
	slow_complete(0, HV_OK);
	expect_used(0, 513);
	put_request(1, IN, 2, DATA, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 1);
	bus_detach(g.bus);
	assert_int_equal(slow_count, 0);
	assert_int_equal(disk.users, 0);
	fake_guest_free(&h.guest);
}

static void one_writer(void **state)
{
	(void)state;
	mini_init(&h, "other");
	assert_int_equal(bus_add_console(h.bus), HV_OK);
	assert_int_equal(disk.writers, 1);
	assert_int_equal(bus_add_block(h.bus, NULL, false), HV_ABSENT);
	assert_int_equal(bus_add_block(h.bus, &disk, false), HV_BUSY);
	assert_int_equal(bus_add_block(h.bus, &disk, true), HV_BUSY);
	assert_int_equal(bus_add_block(g.bus, &disk, true), HV_BUSY);
	assert_int_equal(disk.users, 1);
	bus_detach(g.bus);
	assert_int_equal(bus_add_block(h.bus, &disk, true), HV_OK);
	assert_int_equal(bus_add_block(h.bus, &disk, true), HV_OK);
	assert_int_equal(bus_add_block(h.bus, &disk, false), HV_BUSY);
	mini_free(&h);
	assert_int_equal(disk.users + disk.writers, 0);
	disk.readonly = true; /* the back-end's own word counts as well */
	mini_init(&h, "third");
	assert_int_equal(bus_add_block(h.bus, &disk, false), HV_OK);
	assert_int_equal(disk.writers, 0);
	mini_free(&h);
}

#define T(name, with) cmocka_unit_test_setup_teardown(name, setup_##with, block_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(completion_later, slow), T(pieces, slow),	     T(waiting_requests, slow),
		T(head_twice, slow),	   T(reset_in_flight, slow), T(death_in_flight, slow),
		T(one_writer, ram),	   T(held_by_a_reset, slow), T(many_pieces, slow),
	};

	return cmocka_run_group_tests_name("block_slow", tests, NULL, NULL);
}
