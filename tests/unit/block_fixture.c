/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See block_fixture.h. */
#include "tests/unit/block_fixture.h"

#include <string.h>

struct mini g, h;
struct mqueue q;
u8 disk_bytes[SECTORS * 512];
struct blk_backend disk;

struct blk_req *slow_queue[16];
u32 slow_count, slow_flushes, slow_cancels;
bool slow_holds;

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
	for (u32 i = 0; i < slow_count; i++) {
		slow_queue[i]->held = slow_queue[i]->ctx == ctx && slow_holds;
		if (slow_queue[i]->ctx != ctx || slow_holds)
			slow_queue[n++] = slow_queue[i];
	}
	slow_count = n;
}

const struct blk_ops slow_ops = {slow_submit, slow_flush, slow_cancel, NULL};

/* What a disk does by itself: the machine's addresses are the guest's (fake_gmem). */
static void move(const struct blk_req *r)
{
	u8 *at = disk_bytes + r->sector * 512, *ram = fake_ram(&g.guest.mem);

	for (u32 i = 0; i < r->pieces; at += r->piece[i++].bytes) {
		u8 *piece = ram + r->piece[i].at;

		assert_true(r->piece[i].at + r->piece[i].bytes <= MINI_RAM);
		if (r->write)
			memcpy(at, piece, r->piece[i].bytes);
		else
			memcpy(piece, at, r->piece[i].bytes);
	}
	assert_ptr_equal(at, disk_bytes + (r->sector + r->sectors) * 512);
}

void slow_complete(u32 i, enum hv_status status)
{
	struct blk_req *r = slow_queue[i];

	assert_true(i < slow_count);
	memmove(&slow_queue[i], &slow_queue[i + 1], (--slow_count - i) * sizeof(slow_queue[0]));
	if (status == HV_OK)
		move(r);
	r->done(r, status);
	mini_work(); /* done() has only asked for it */
}

void block_start(struct mini *m, const struct blk_ops *ops, bool readonly)
{
	mini_init(m, "block");
	for (u32 i = 0; i < sizeof(disk_bytes); i++)
		disk_bytes[i] = (u8)(i * 7 + i / 512);
	ramdisk_init(&disk, "disk-of-alpha-long-name", disk_bytes, sizeof(disk_bytes));
	if (ops)
		disk.ops = ops;
	slow_count = slow_flushes = slow_cancels = 0;
	slow_holds = false;
	assert_int_equal(bus_add_console(m->bus), HV_OK);
	assert_int_equal(bus_add_block(m->bus, &disk, readonly), HV_OK);
	mini_open(m, DEV, 0x204, RING, 1, &q);
}

int setup_ram(void **state)
{
	(void)state;
	block_start(&g, NULL, false);
	return 0;
}

int setup_slow(void **state)
{
	(void)state;
	block_start(&g, &slow_ops, false);
	return 0;
}

int setup_readonly(void **state)
{
	(void)state;
	block_start(&g, NULL, true);
	return 0;
}

int block_teardown(void **state)
{
	(void)state;
	mini_free(&g);
	assert_int_equal(disk.users, 0);
	assert_int_equal(disk.writers, 0);
	return 0;
}

void put_request(u32 n, u32 type, u64 sector, gpa_t data, u32 len)
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

u8 status_of(u32 n)
{
	u8 s;

	ram_get(&g, STATUS + n, &s, 1);
	return s;
}

void expect_used(u32 n, u32 len)
{
	u32 id, used;

	assert_true(mqueue_used(&q, &id, &used));
	assert_int_equal(id, n * 3);
	assert_int_equal(used, len);
}

void expect_none(void)
{
	u32 id, used;

	assert_false(mqueue_used(&q, &id, &used));
}

u8 run_request(u32 type, u64 sector, u32 len, u32 used)
{
	put_request(0, type, sector, DATA, len);
	mqueue_kick(&q);
	expect_used(0, used);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf);
	return status_of(0);
}
