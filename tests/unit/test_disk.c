/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/dma.c devices/host/disk/partition.c */
/* Queues of disk requests over a driver that does what the test says, when it says so. */
#include "devices/block.h"

#define LIB_X86_H /* time does not pass */
static void io_wait(void)
{
}

#include "devices/host/disk/disks.c"
#include "devices/host/disk/queue.c" /* its lists are static, and every test wants fresh ones */

#include "mm/frame.h"
#include "tests/unit/support.h"

#include <sys/mman.h>

static bool no_memory;

/* A frame's pointer is its number, so it must lie low. */
enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	static void *memory;

	(void)o;
	assert_true(count <= DISK_DEPTH * DISK_PIECE * SECTOR_SIZE / PAGE_SIZE);
	if (!memory)
		memory = mmap(NULL, DISK_DEPTH * DISK_PIECE * SECTOR_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	*out = (pfn_t){(u32)((uintptr_t)memory >> PAGE_SHIFT)};
	return no_memory ? HV_NOMEM : HV_OK;
}

static struct disk_queue queue;
static struct disk one, two;

bool ata_knows(const struct host_function *f)
{
	return f->device == 1;
}

bool ahci_knows(const struct host_function *f)
{
	return f->device == 2;
}

bool virtio_blk_knows(const struct host_function *f)
{
	return f->device == 3;
}

void ata_probe(void)
{
}

void ahci_probe(void)
{
}

void virtio_blk_probe(void)
{
	disk_add(&one, &queue, "vda", 1000, false);
	disk_add(&two, &queue, "vdb", 1000, true);
}

/* ---- The driver --------------------------------------------------------------------------- */

static struct disk_cmd *started[100];
static struct disk_cmd as_started[100]; /* a queue uses its own again and again */
static u32 starts, lates, late_ms;
static bool late_ends; /* the driver finds that the command has ended */

static void start(struct disk_cmd *c)
{
	assert_true(starts < 100);
	as_started[starts] = *c;
	started[starts++] = c;
	if (c->op == DISK_READ)
		memset(c->buffer, (int)c->sector, c->sectors * SECTOR_SIZE);
}

static void late(struct disk_cmd *c, u32 ms)
{
	lates++;
	late_ms = ms;
	if (late_ends) {
		memset(c->buffer, 0, c->sectors * SECTOR_SIZE);
		disk_done(c, HV_OK);
	}
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	(void)fn;
	(void)ctx;
}

const char *pcihost_owner(const struct host_function *f)
{
	(void)f;
	return NULL;
}

static const struct disk_driver driver = {.start = start, .late = late};

static void expect(u32 n, enum disk_op op, u64 sector, u32 sectors)
{
	assert_true(n < starts);
	assert_int_equal(as_started[n].op, op);
	assert_int_equal(as_started[n].sector, sector);
	assert_int_equal(as_started[n].sectors, sectors);
}

/* ---- The requester ------------------------------------------------------------------------ */

static u32 dones;
static enum hv_status last;
static struct blk_req *again; /* submitted from within done() */

static void done(struct blk_req *r, enum hv_status status)
{
	struct blk_req *next = again;

	(void)r;
	dones++;
	last = status;
	again = NULL;
	if (next)
		one.backend.ops->submit(&one.backend, next);
}

static struct blk_req request(bool write, u64 sector, u32 sectors, void *buf, void *ctx)
{
	return (struct blk_req){.write = write,
				.sector = sector,
				.sectors = sectors,
				.buf = buf,
				.done = done,
				.ctx = ctx};
}

static void give(struct disk *d, struct blk_req *r)
{
	d->backend.ops->submit(&d->backend, r);
}

static int set_up(void **state)
{
	u32 depth = *state ? *(u32 *)*state : 1;

	queues = NULL;
	disks = NULL;
	memset(&queue, 0, sizeof(queue));
	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	starts = lates = dones = 0;
	last = HV_OK;
	again = NULL;
	no_memory = false;
	assert_int_equal(disk_queue_init(&queue, &driver, depth), HV_OK);
	disk_add(&one, &queue, "one", 1000, false);
	disk_add(&two, &queue, "two", 1000, true);
	return 0;
}

static u8 data[200 * SECTOR_SIZE];
static u32 depth4 = 4;

/* ---- Tests -------------------------------------------------------------------------------- */

static void refused(void **state)
{
	struct blk_req r = request(false, 1000, 1, data, NULL);

	(void)state;
	give(&one, &r);
	assert_int_equal(last, HV_BADARG);
	r = request(false, ~0ull, 2, data, NULL);
	give(&one, &r);
	assert_int_equal(last, HV_BADARG);
	r = request(false, 1, 1000, data, NULL);
	give(&one, &r);
	assert_int_equal(last, HV_BADARG);
	r = request(true, 0, 1, data, NULL);
	give(&two, &r);
	assert_int_equal(last, HV_BADARG);
	r = request(false, 1000, 0, data, NULL);
	give(&one, &r);
	assert_int_equal(last, HV_OK);
	assert_int_equal(dones, 5);
	assert_int_equal(starts, 0);
}

static void pieces_of_a_read(void **state)
{
	struct blk_req r = request(false, 10, 150, data, NULL);

	(void)state;
	memset(data, 0xee, sizeof(data));
	give(&one, &r);
	expect(0, DISK_READ, 10, 64);
	disk_done(started[0], HV_OK);
	expect(1, DISK_READ, 74, 64);
	assert_int_equal(data[63 * 512], 10);
	assert_int_equal(data[64 * 512], 0xee);
	disk_done(started[1], HV_OK);
	expect(2, DISK_READ, 138, 22);
	assert_int_equal(dones, 0);
	disk_done(started[2], HV_OK);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	assert_int_equal(data[127 * 512], 74);
	assert_int_equal(data[150 * 512 - 1], 138);
	assert_int_equal(data[150 * 512], 0xee);
	assert_false(host_disks_busy());
}

static void pieces_of_a_write(void **state)
{
	struct blk_req r = request(true, 0, 65, data, NULL);

	(void)state;
	memset(data, 1, 64 * 512);
	memset(data + 64 * 512, 2, 512);
	give(&one, &r);
	assert_int_equal(started[0]->buffer[64 * 512 - 1], 1);
	disk_done(started[0], HV_OK);
	expect(1, DISK_WRITE, 64, 1);
	assert_int_equal(started[1]->buffer[511], 2);
	disk_done(started[1], HV_OK);
	assert_int_equal(dones, 1);
}

static void an_error_ends_the_request(void **state)
{
	struct blk_req r = request(true, 0, 200, data, NULL);

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
	struct blk_req r = request(true, 77, 9, NULL, NULL);

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
		r[i] = request(false, i, 1, data, NULL);
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
		r[i] = request(false, i, 1, data + i * 512, NULL);
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
	mine[0] = request(false, 1, 1, data, &ctx);
	mine[1] = request(false, 2, 1, data, &ctx);
	other = request(false, 3, 1, data, NULL);
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
	r = request(false, 9, 100, data, &ctx);
	next = request(false, 3, 1, data + 512, NULL);
	memset(data, 0xee, sizeof(data));
	give(&one, &r);
	one.backend.ops->cancel(&one.backend, &ctx);
	assert_true(host_disks_busy());
	give(&two, &next);
	assert_int_equal(starts, 1); /* though the queue has room: the orphan goes first */
	disk_done(started[0], HV_OK);
	assert_int_equal(dones, 0);
	assert_int_equal(data[0], 0xee);
	expect(1, DISK_READ, 3, 1); /* and no second piece of the orphan */
	disk_done(started[1], HV_OK);
	assert_int_equal(dones, 1);
	assert_int_equal(queue.orphans, 0);
}

static void submit_from_done(void **state)
{
	struct blk_req a = request(false, 1, 1, data, NULL), b = request(false, 2, 1, data, NULL);

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
	struct blk_req r[6], more = request(true, 0, 1, data, NULL);

	(void)state;
	for (u32 i = 0; i < 6; i++) {
		r[i] = request(false, i, 1, data, NULL);
		give(&one, &r[i]);
	}
	again = &more;
	disk_queue_kill(&queue);
	assert_int_equal(dones, 7);
	assert_int_equal(last, HV_IO);
	assert_int_equal(starts, 4);
	r[0] = request(false, 0, 1, data, NULL);
	give(&two, &r[0]);
	assert_int_equal(dones, 8);
	assert_false(host_disks_busy());
}

static void lateness(void **state)
{
	const u64 ms = 1000000;
	struct blk_req r = request(false, 0, 65, data, NULL);

	(void)state;
	give(&one, &r);
	host_disks_poll(5000 * ms);
	host_disks_poll(5499 * ms);
	assert_int_equal(lates, 0);
	host_disks_poll(5500 * ms);
	assert_int_equal(late_ms, 500);
	host_disks_poll(9000 * ms);
	assert_int_equal(late_ms, 4000);
	disk_done(started[0], HV_OK); /* the second piece has a clock of its own */
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
	queues = NULL;
	disks = NULL;
	memset(&queue, 0, sizeof(queue));
	no_memory = false;
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
		cmocka_unit_test_setup(refused, set_up),
		cmocka_unit_test_setup(pieces_of_a_read, set_up),
		cmocka_unit_test_setup(pieces_of_a_write, set_up),
		cmocka_unit_test_setup(an_error_ends_the_request, set_up),
		cmocka_unit_test_setup(flushing, set_up),
		cmocka_unit_test_setup(disks_take_turns, set_up),
		cmocka_unit_test_prestate_setup_teardown(several_at_once, set_up, NULL, &depth4),
		cmocka_unit_test_setup(cancel_what_waits, set_up),
		cmocka_unit_test_prestate_setup_teardown(cancel_what_is_under_way, set_up, NULL,
							 &depth4),
		cmocka_unit_test_setup(submit_from_done, set_up),
		cmocka_unit_test_prestate_setup_teardown(dead_hardware, set_up, NULL, &depth4),
		cmocka_unit_test_setup(lateness, set_up),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
