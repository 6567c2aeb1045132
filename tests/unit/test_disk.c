/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/dma.c devices/host/disk/partition.c mm/stretch.c tests/unit/disk_fixture.c
 */
/* Queues of disk requests: commands, turns, cancelling, drives that are late or dead; and the names
 * of disks. */
#include "devices/host/disk/disks.h"
#include "tests/unit/disk_fixture.h"

#include <string.h>

static void refused(void **state)
{
	struct blk_req r = make_request(false, 1000, 1, data, NULL);

	(void)state;
	give(&one, &r);
	assert_int_equal(last, HV_BADARG);
	r = make_request(false, ~0ull, 2, data, NULL);
	give(&one, &r);
	assert_int_equal(last, HV_BADARG);
	r = make_request(false, 1, 1000, data, NULL);
	give(&one, &r);
	assert_int_equal(last, HV_BADARG);
	r = make_request(true, 0, 1, data, NULL);
	give(&two, &r);
	assert_int_equal(last, HV_BADARG);
	r = make_request(false, 1000, 0, data, NULL);
	give(&one, &r);
	assert_int_equal(last, HV_OK);
	assert_int_equal(dones, 5);
	assert_int_equal(starts, 0);
}

/* One command does what the buffer holds; the rest is another request's. */
static void part_of_a_read(void **state)
{
	struct blk_req r = make_request(false, 10, 150, data, NULL);

	(void)state;
	memset(data, 0xee, sizeof(data));
	give(&one, &r);
	expect(0, DISK_READ, 10, 64);
	assert_int_equal(dones, 0);
	disk_done(started[0], HV_OK);
	assert_int_equal(starts, 1);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	assert_int_equal(r.sectors, 64);
	assert_int_equal(data[64 * 512 - 1], 10);
	assert_int_equal(data[64 * 512], 0xee);
	assert_false(host_disks_busy());
}

static void part_of_a_write(void **state)
{
	struct blk_req r = make_request(true, 0, 65, data, NULL);

	(void)state;
	memset(data, 1, 64 * 512);
	memset(data + 64 * 512, 2, 512);
	give(&one, &r);
	assert_int_equal(started[0]->buffer[64 * 512 - 1], 1);
	disk_done(started[0], HV_OK);
	assert_int_equal(starts, 1);
	assert_int_equal(dones, 1);
	assert_int_equal(r.sectors, 64);
}

static void an_error_ends_the_request(void **state)
{
	struct blk_req r = make_request(true, 0, 200, data, NULL);

	(void)state;
	give(&one, &r);
	disk_done(started[0], HV_IO);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(starts, 1);
	disk_done(started[0], HV_OK); /* of a command that has ended: nothing */
	assert_int_equal(dones, 1);
}

static void flushing(void **state)
{
	struct blk_req r = make_request(true, 77, 9, NULL, NULL);

	(void)state;
	one.backend.ops->flush(&one.backend, &r);
	expect(0, DISK_FLUSH, 0, 0);
	disk_done(started[0], HV_OK);
	assert_int_equal(dones, 1);
}

static void disks_take_turns(void **state)
{
	struct blk_req r[6];

	(void)state;
	for (u32 i = 0; i < 6; i++) {
		r[i] = make_request(false, i, 1, data, NULL);
		give(i < 3 ? &one : &two, &r[i]);
	}
	assert_int_equal(starts, 1);
	for (u32 i = 0; i < 6; i++)
		disk_done(started[i], HV_OK);
	assert_int_equal(dones, 6);
	expect(1, DISK_READ, 3, 1);
	expect(2, DISK_READ, 1, 1);
	expect(3, DISK_READ, 4, 1);
	expect(4, DISK_READ, 2, 1);
	expect(5, DISK_READ, 5, 1);
}

static void several_at_once(void **state)
{
	struct blk_req r[6];

	(void)state;
	for (u32 i = 0; i < 6; i++) {
		r[i] = make_request(false, i, 1, data + i * 512, NULL);
		give(&one, &r[i]);
	}
	assert_int_equal(starts, 4);
	for (u32 i = 0; i < 4; i++)
		for (u32 k = 0; k < i; k++)
			assert_true(started[i]->buffer >= started[k]->buffer + DISK_PIECE * 512);
	disk_done(started[2], HV_OK);
	assert_int_equal(starts, 5);
	assert_int_equal(data[2 * 512], 2);
	disk_done(started[0], HV_OK);
	assert_int_equal(starts, 6);
	assert_int_equal(dones, 2);
}

static void cancel_what_waits(void **state)
{
	struct blk_req mine[2], other;
	int ctx;

	(void)state;
	mine[0] = make_request(false, 1, 1, data, &ctx);
	mine[1] = make_request(false, 2, 1, data, &ctx);
	other = make_request(false, 3, 1, data, NULL);
	give(&one, &other);
	give(&one, &mine[0]);
	give(&one, &mine[1]);
	one.backend.ops->cancel(&one.backend, &ctx);
	disk_done(started[0], HV_OK);
	assert_int_equal(starts, 1);
	assert_int_equal(dones, 1);
	give(&one, &mine[0]); /* the list is whole */
	assert_int_equal(starts, 2);
}

static void cancel_what_is_under_way(void **state)
{
	struct blk_req r, next;
	int ctx;

	(void)state;
	r = make_request(false, 9, 100, data, &ctx);
	next = make_request(false, 3, 1, data + 512, NULL);
	memset(data, 0xee, sizeof(data));
	give(&one, &r);
	one.backend.ops->cancel(&one.backend, &ctx);
	assert_true(host_disks_busy());
	give(&two, &next);
	assert_int_equal(starts, 1); /* though the queue has room: the orphan goes first */
	disk_done(started[0], HV_OK);
	assert_int_equal(dones, 0);
	assert_int_equal(data[0], 0xee);
	expect(1, DISK_READ, 3, 1);
	disk_done(started[1], HV_OK);
	assert_int_equal(dones, 1);
	assert_int_equal(queue.orphans, 0);
}

static void submit_from_done(void **state)
{
	struct blk_req a = make_request(false, 1, 1, data, NULL),
		       b = make_request(false, 2, 1, data, NULL);

	(void)state;
	give(&one, &a);
	again = &b;
	disk_done(started[0], HV_OK);
	expect(1, DISK_READ, 2, 1);
	disk_done(started[1], HV_OK);
	assert_int_equal(dones, 2);
}

static void dead_hardware(void **state)
{
	struct blk_req r[6], more = make_request(true, 0, 1, data, NULL);

	(void)state;
	for (u32 i = 0; i < 6; i++) {
		r[i] = make_request(false, i, 1, data, NULL);
		give(&one, &r[i]);
	}
	again = &more;
	disk_queue_kill(&queue);
	assert_int_equal(dones, 7);
	assert_int_equal(last, HV_IO);
	assert_int_equal(starts, 4);
	r[0] = make_request(false, 0, 1, data, NULL);
	give(&two, &r[0]);
	assert_int_equal(dones, 8);
	assert_false(host_disks_busy());
}

static void lateness(void **state)
{
	const u64 ms = 1000000;
	struct blk_req r = make_request(false, 0, 65, data, NULL),
		       next = make_request(false, 64, 1, data, NULL);

	(void)state;
	give(&one, &r);
	host_disks_poll(5000 * ms);
	host_disks_poll(5499 * ms);
	assert_int_equal(lates, 0);
	host_disks_poll(5500 * ms);
	assert_int_equal(late_ms, 500);
	host_disks_poll(9000 * ms);
	assert_int_equal(late_ms, 4000);
	disk_done(started[0], HV_OK); /* the next one has a clock of its own */
	give(&one, &next);
	host_disks_poll(9400 * ms);
	host_disks_poll(9800 * ms);
	assert_int_equal(lates, 2);
	disk_done(started[1], HV_OK);
	host_disks_poll(20000 * ms);
	assert_int_equal(lates, 2);
}

static void names(void **state)
{
	static const char *const no_names[] = {"vd",	 "",	  "vda0", "vda01",
					       "vda129", "vda1x", "vdaa", "vda99999999999"};
	const char *why;

	(void)state;
	no_disks();
	assert_int_equal(disk_queue_init(&queue, &driver, 1), HV_OK);
	assert_null(host_disk("hda", &why));
	assert_string_equal(why, "the machine has no disk hda; it has vdb, vda");
	assert_ptr_equal(host_disk("vda", &why), &one.backend);
	assert_ptr_equal(host_disk("vdb", &why), &two.backend);
	assert_true(two.backend.readonly);
	for (u32 i = 0; i < ARRAY_LEN(no_names); i++)
		assert_null(host_disk(no_names[i], &why));
	/* A partition: its disk is read while nobody takes interrupts. */
	starts = lates = 0;
	late_ends = true;
	assert_null(host_disk("vda1", &why));
	assert_string_equal(why, "disk vda1 cannot be had from vda: it has no partition table");
	assert_int_equal(starts, 1);
	assert_int_equal(lates, 1);
	assert_null(host_disk("vdc1", &why));
	assert_int_equal(starts, 1);
	no_memory = true;
	memset(&queue, 0, sizeof(queue));
	assert_int_equal(disk_queue_init(&queue, &driver, 4), HV_NOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(refused, disks_setup),
		cmocka_unit_test_setup(part_of_a_read, disks_setup),
		cmocka_unit_test_setup(part_of_a_write, disks_setup),
		cmocka_unit_test_setup(an_error_ends_the_request, disks_setup),
		cmocka_unit_test_setup(flushing, disks_setup),
		cmocka_unit_test_setup(disks_take_turns, disks_setup),
		cmocka_unit_test_prestate_setup_teardown(several_at_once, disks_setup, NULL,
							 &depth4),
		cmocka_unit_test_setup(cancel_what_waits, disks_setup),
		cmocka_unit_test_prestate_setup_teardown(cancel_what_is_under_way, disks_setup,
							 NULL, &depth4),
		cmocka_unit_test_setup(submit_from_done, disks_setup),
		cmocka_unit_test_prestate_setup_teardown(dead_hardware, disks_setup, NULL, &depth4),
		cmocka_unit_test_setup(lateness, disks_setup),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
