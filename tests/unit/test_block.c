/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: devices/virtio/console.c devices/virtio/block.c devices/block.c devices/ramdisk.c */
/* SOURCES: tests/unit/fake_gmem.c tests/unit/mini_guest.c */
/* virtio block over a RAM disk (done at once) and over a slow disk that the test completes. */
#include "devices/block.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

#define DEV    2u
#define BROKEN 0x40u
#define RING   0x0000u
#define HEADER 0x4000u /* headers, 16 bytes each */
#define STATUS 0x5000u
#define DATA   0x8000u

#define SECTORS 256u

enum { IN, OUT, FLUSH = 4, GET_ID = 8 };

static struct mini g, h;
static struct mqueue q;
static u8 bytes[SECTORS * 512];
static struct blk_backend disk;

/* ---- A disk that takes its time ----------------------------------------------------------- */

static struct blk_req *slow_queue[16];
static u32 slow_count, slow_flushes, slow_cancels;

static void slow_submit(struct blk_backend *d, struct blk_req *r)
{
	(void)d;
	assert_true(slow_count < ARRAY_LEN(slow_queue));
	slow_queue[slow_count++] = r;
}

static void slow_flush(struct blk_backend *d, struct blk_req *r)
{
	slow_flushes++;
	slow_submit(d, r);
}

static void slow_cancel(struct blk_backend *d, void *ctx)
{
	u32 n = 0;

	(void)d;
	slow_cancels++;
	for (u32 i = 0; i < slow_count; i++)
		if (slow_queue[i]->ctx != ctx)
			slow_queue[n++] = slow_queue[i];
	slow_count = n;
}

static const struct blk_ops slow_ops = {slow_submit, slow_flush, slow_cancel, NULL};

/* Complete request i of those that wait, moving its data unless it failed. */
static void slow_complete(u32 i, enum hv_status status)
{
	struct blk_req *r = slow_queue[i];
	u32 len = r->sectors * 512;

	assert_true(i < slow_count);
	memmove(&slow_queue[i], &slow_queue[i + 1], (--slow_count - i) * sizeof(slow_queue[0]));
	if (status == HV_OK && len && r->write)
		memcpy(bytes + r->sector * 512, r->buf, len);
	else if (status == HV_OK && len)
		memcpy(r->buf, bytes + r->sector * 512, len);
	r->done(r, status);
	mini_work(); /* done() has only asked for it */
}

/* ---- Set-up ------------------------------------------------------------------------------- */

static void start(struct mini *m, const struct blk_ops *ops, bool readonly)
{
	mini_init(m, "block");
	for (u32 i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(i * 7 + i / 512);
	ramdisk_init(&disk, "disk-of-alpha-long-name", bytes, sizeof(bytes));
	if (ops)
		disk.ops = ops;
	slow_count = slow_flushes = slow_cancels = 0;
	assert_int_equal(bus_add_console(m->bus), HV_OK);
	assert_int_equal(bus_add_block(m->bus, &disk, readonly), HV_OK);
	mini_open(m, DEV, 0x204, RING, 1, &q);
}

static int setup_ram(void **state)
{
	(void)state;
	start(&g, NULL, false);
	return 0;
}

static int setup_slow(void **state)
{
	(void)state;
	start(&g, &slow_ops, false);
	return 0;
}

static int setup_readonly(void **state)
{
	(void)state;
	start(&g, NULL, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mini_free(&g);
	assert_int_equal(disk.users, 0);
	assert_int_equal(disk.writers, 0);
	return 0;
}

/* ---- Requests ----------------------------------------------------------------------------- */

/* Lay request n out: header, one data piece (if any), status. */
static void request(u32 n, u32 type, u64 sector, gpa_t data, u32 len)
{
	struct {
		u32 type, priority;
		u64 sector;
	} header = {type, 0, sector};
	u32 d = n * 3;

	ram_put(&g, HEADER + n * 16, &header, 16);
	ram_put(&g, STATUS + n, &(u8){0xaa}, 1);
	mdesc_set(&q, d, HEADER + n * 16, 16, D_NEXT, (u16)(len ? d + 1 : d + 2));
	mdesc_set(&q, d + 1, data, len, D_NEXT | (type == OUT ? 0 : D_WRITE), (u16)(d + 2));
	mdesc_set(&q, d + 2, STATUS + n, 1, D_WRITE, 0);
	mqueue_offer(&q, (u16)d);
}

static u8 status_of(u32 n)
{
	u8 s;

	ram_get(&g, STATUS + n, &s, 1);
	return s;
}

static void expect_used(u32 n, u32 len)
{
	u32 id, used;

	assert_true(mqueue_used(&q, &id, &used));
	assert_int_equal(id, n * 3);
	assert_int_equal(used, len);
}

static void expect_none(void)
{
	u32 id, used;

	assert_false(mqueue_used(&q, &id, &used));
}

/* One request from beginning to end; its status. */
static u8 run(u32 type, u64 sector, u32 len, u32 used)
{
	request(0, type, sector, DATA, len);
	mqueue_kick(&q);
	expect_used(0, used);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf);
	return status_of(0);
}

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
	assert_int_equal(run(IN, 3, 1024, 1025), 0);
	assert_memory_equal(ram + DATA, bytes + 3 * 512, 1024);
	assert_int_equal(g.irqs[DEV], 1);
	memset(ram + DATA, 0x42, 4096);
	assert_int_equal(run(OUT, SECTORS - 8, 4096, 1), 0);
	assert_memory_equal(ram + DATA, bytes + (SECTORS - 8) * 512, 4096);
	assert_int_equal(run(FLUSH, 0, 0, 1), 0);
	/* Longer than a bounce buffer: the whole disk. */
	assert_int_equal(run(IN, 0, sizeof(bytes), sizeof(bytes) + 1), 0);
	assert_memory_equal(ram + DATA, bytes, sizeof(bytes));
	for (u32 i = 0; i < sizeof(bytes); i++)
		ram[DATA + i] = (u8)(i * 13 + 5);
	assert_int_equal(run(OUT, 0, sizeof(bytes), 1), 0);
	assert_memory_equal(ram + DATA, bytes, sizeof(bytes));
}

static void id(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);

	(void)state;
	memset(ram + DATA, 0xcc, 64);
	assert_int_equal(run(GET_ID, 0, 20, 21), 0);
	assert_memory_equal(ram + DATA, "disk-of-alpha-long-n", 20);
	assert_int_equal(ram[DATA + 20], 0xcc);
	memset(ram + DATA, 0xcc, 64);
	assert_int_equal(run(GET_ID, 0, 4, 5), 0);
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
	static u8 before[sizeof(bytes)];

	(void)state;
	memcpy(before, bytes, sizeof(bytes));
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		/* Used length: what was written from the buffer's start, so not the status byte
		 * behind data that never came. */
		bool status_first = bad[i].type == OUT || !bad[i].len;

		assert_int_equal(run(bad[i].type, bad[i].sector, bad[i].len, status_first),
				 bad[i].status);
	}
	assert_memory_equal(before, bytes, sizeof(bytes));
}

/* A range is judged before the back-end hears of it. */
static void refused_before_the_disk(void **state)
{
	(void)state;
	assert_int_equal(run(IN, SECTORS, 512, 0), 1);
	assert_int_equal(run(OUT, SECTORS - 1, 1024, 1), 1);
	assert_int_equal(run(IN, 0xffffffffffffffff, 1024, 0), 1);
	assert_int_equal(slow_count, 0);
}

static void readonly(void **state)
{
	u8 first = bytes[0];

	(void)state;
	reg_out(&g, DEV, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(reg_in(&g, DEV, R_OFFERED, 4), 0x10000224);
	assert_int_equal(run(IN, 0, 512, 513), 0);
	fake_ram(&g.guest.mem)[DATA] = (u8)~first;
	assert_int_equal(run(OUT, 0, 512, 1), 1);
	assert_int_equal(bytes[0], first);
	assert_int_equal(run(FLUSH, 0, 0, 1), 0);
}

/* Header and status in odd shapes: split up, glued to the data. */
static void any_layout(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);
	u32 used_id, len;

	(void)state;
	request(0, OUT, 9, DATA, 512);
	memset(ram + DATA, 0x33, 513);
	mdesc_set(&q, 0, HEADER, 7, D_NEXT, 10);
	mdesc_set(&q, 10, HEADER + 7, 9, D_NEXT, 11);
	mdesc_set(&q, 11, DATA, 1, D_NEXT, 12);
	mdesc_set(&q, 12, DATA + 1, 511, D_NEXT, 2);
	mqueue_kick(&q);
	assert_true(mqueue_used(&q, &used_id, &len));
	assert_int_equal(status_of(0), 0);
	assert_memory_equal(bytes + 9 * 512, ram + DATA, 512);
	/* Data and status in one piece. */
	request(1, IN, 1, DATA, 512);
	mdesc_set(&q, 4, DATA, 513, D_WRITE, 0);
	mqueue_kick(&q);
	assert_true(mqueue_used(&q, &used_id, &len));
	assert_int_equal(len, 513);
	assert_memory_equal(bytes + 512, ram + DATA, 512);
	assert_int_equal(ram[DATA + 512], 0);
	assert_int_equal(status_of(1), 0xaa);
	/* A writable piece where a write's data should be: no data. */
	request(2, OUT, 0, DATA, 512);
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
		request(0, IN, 0, DATA, 0);
		mdesc_set(&q, 0, bad[i].addr, bad[i].len, bad[i].flags, bad[i].next);
		mqueue_kick(&q);
		assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
		expect_none();
	}
	mini_open(&g, DEV, 0, RING, 1, &q);
	assert_int_equal(run(IN, 0, 512, 513), 0);
}

/* Data in the device window, in ROM of nobody, past RAM. */
static void data_not_in_ram(void **state)
{
	static const gpa_t where[] = {MINI_WINDOW, MINI_RAM, MINI_RAM - 511, 0xffc00000,
				      0xfffffe00};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(where); i++) {
		mini_open(&g, DEV, 0, RING, 1, &q);
		request(0, IN, 0, where[i], 512);
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
		request(n, IN, 0, DATA, 8192);
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
		request(n, GET_ID, 0, DATA, 20);
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
		request(n, IN, n, DATA + n * 512, 512);
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
	request(0, IN, 5, DATA, 1024);
	ram_put(&g, 0x6000, table, sizeof(table));
	mdesc_set(&q, 0, 0x6000, sizeof(table), D_INDIRECT, 0);
	mqueue_kick(&q);
	expect_used(0, 1025);
	assert_int_equal(status_of(0), 0);
	assert_memory_equal(fake_ram(&g.guest.mem) + DATA, bytes + 5 * 512, 1024);
}

/* ---- The slow disk ------------------------------------------------------------------------ */

static void completion_later(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);

	(void)state;
	request(0, IN, 0, DATA, 512);
	request(1, IN, 7, DATA + 512, 512);
	request(2, FLUSH, 0, 0, 0);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 3);
	assert_int_equal(slow_flushes, 1);
	expect_none();
	assert_false(bus_poll(g.bus)); /* nothing to do but wait */
	slow_complete(1, HV_OK);
	expect_used(1, 513);
	expect_none();
	assert_int_equal(g.irqs[DEV], 1);
	assert_memory_equal(ram + DATA + 512, bytes + 7 * 512, 512);
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
	request(0, IN, 0, DATA, sizeof(bytes));
	mqueue_kick(&q);
	while (slow_count) {
		assert_int_equal(slow_count, 1);
		expect_none();
		assert_true(slow_queue[0]->sectors <= 64);
		slow_complete(0, HV_OK);
		n++;
	}
	assert_int_equal(n, sizeof(bytes) / KIB(32));
	expect_used(0, sizeof(bytes) + 1);
	assert_memory_equal(fake_ram(&g.guest.mem) + DATA, bytes, sizeof(bytes));
	/* The third piece fails: the rest is not asked for. */
	request(1, OUT, 0, DATA, sizeof(bytes));
	mqueue_kick(&q);
	slow_complete(0, HV_OK);
	slow_complete(0, HV_OK);
	slow_complete(0, HV_IO);
	assert_int_equal(slow_count, 0);
	expect_used(1, 1);
	assert_int_equal(status_of(1), 1);
	/* Of a read the two that came are told. */
	request(2, IN, 0, DATA, sizeof(bytes));
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
		request(n, IN, n, DATA + n * 512, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 4);
	for (u32 n = 0; n < 10; n++)
		slow_complete(slow_count - 1, HV_OK);
	assert_int_equal(slow_count, 0);
	while (mqueue_used(&q, &used_id, &len))
		seen++;
	assert_int_equal(seen, 10);
	assert_memory_equal(fake_ram(&g.guest.mem) + DATA, bytes, 10 * 512);
}

/* The same buffer offered again while it is under way. */
static void head_twice(void **state)
{
	(void)state;
	request(0, IN, 0, DATA, 512);
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
		request(n, IN, n, DATA + n * 512, 512);
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
	request(0, IN, 2, DATA, 512);
	mqueue_kick(&q);
	assert_int_equal(slow_count, 1);
	slow_complete(0, HV_OK);
	expect_used(0, 513);
}

/* A second user of a disk keeps its requests when the first one goes. */
static void death_in_flight(void **state)
{
	(void)state;
	mini_free(&g);
	start(&g, &slow_ops, true);
	mini_init(&h, "other");
	assert_int_equal(bus_add_console(h.bus), HV_OK);
	assert_int_equal(bus_add_block(h.bus, &disk, true), HV_OK);
	assert_int_equal(disk.users, 2);
	request(0, IN, 2, DATA, 512);
	mqueue_kick(&q);
	bus_detach(h.bus);
	assert_int_equal(slow_count, 1);
	assert_int_equal(slow_cancels, 0); /* it had nothing under way */
	assert_int_equal(disk.users, 1);
	slow_complete(0, HV_OK);
	expect_used(0, 513);
	request(1, IN, 2, DATA, 512);
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

#define T(name, with) cmocka_unit_test_setup_teardown(name, setup_##with, teardown)

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
		T(completion_later, slow),
		T(completion_only_asks, slow),
		T(pieces, slow),
		T(waiting_requests, slow),
		T(head_twice, slow),
		T(reset_in_flight, slow),
		T(death_in_flight, slow),
		T(one_writer, ram),
	};

	return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
