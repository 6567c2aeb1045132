/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: devices/virtio/console.c tests/unit/fake_gmem.c tests/unit/mini_guest.c */
/* Split virtqueues, seen through a device that only takes buffers: what it gets for good chains,
 * and that each bad one stops it. */
#include "devices/virtio/virtio.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

#define DEV    1u
#define BROKEN 0x40u
#define RING   0x4000u /* where the queue lies */
#define TABLE  0x8000u /* an indirect table */
#define DATA   0x10000u

struct taker {
	struct vdev vdev;
	u32 taken, limit;
	struct vq_chain chain;
};

static struct mini g;
static struct taker *taker;
static struct mqueue q;

static bool take(struct vdev *d, u32 queue)
{
	struct taker *t = container_of(d, struct taker, vdev);

	while (t->taken < t->limit && vq_pop(d, &d->queue[queue], &t->chain))
		t->taken++;
	return false;
}

static const struct vdev_ops taker_ops = {
	.name = "taker",
	.id = VIRTIO_RNG,
	.queues = 1,
	.features = FEATURE_INDIRECT,
	.service = take,
};

static void open_with(u32 features, u32 size)
{
	memset(fake_ram(&g.guest.mem), 0, MINI_RAM);
	mini_features(&g, DEV, features, 1);
	mini_queue(&g, DEV, 0, RING, size, &q);
	mini_ready(&g, DEV);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf);
	taker->taken = 0;
	taker->limit = 0xffffffff;
}

static int setup(void **state)
{
	(void)state;
	mini_init(&g, "queue");
	taker = (struct taker *)vdev_create(g.bus, &taker_ops, sizeof(*taker));
	assert_non_null(taker);
	vdev_plug(&taker->vdev);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_after_read = NULL;
	mini_free(&g);
	return 0;
}

static void offer(u16 head)
{
	mqueue_offer(&q, head);
	mqueue_kick(&q);
}

static void assert_taken(u32 n)
{
	assert_int_equal(taker->taken, n);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf);
}

/* Offer `head` and see the device stop without having taken it. */
static void assert_breaks(u16 head)
{
	u32 taken = taker->taken, id, len;

	offer(head);
	assert_int_equal(taker->taken, taken);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
	mqueue_kick(&q); /* and it stays so */
	assert_int_equal(taker->taken, taken);
	assert_false(mqueue_used(&q, &id, &len));
}

static void table_set(u32 i, u64 addr, u32 len, u16 flags, u16 next)
{
	struct mdesc d = {addr, len, flags, next};

	ram_put(&g, TABLE + i * (u32)sizeof(d), &d, sizeof(d));
}

/* ---- Good chains -------------------------------------------------------------------------- */

static void chain_of_three(void **state)
{
	u8 bytes[64];

	(void)state;
	open_with(0, 8);
	mdesc_set(&q, 7, DATA, 10, D_NEXT, 2);
	mdesc_set(&q, 2, DATA + 100, 20, D_NEXT, 4);
	mdesc_set(&q, 4, DATA + 200, 30, D_WRITE, 0x7777);
	offer(7);
	assert_taken(1);
	assert_int_equal(taker->chain.head, 7);
	assert_int_equal(taker->chain.out_segs, 2);
	assert_int_equal(taker->chain.in_segs, 1);
	assert_int_equal(taker->chain.out_len, 30);
	assert_int_equal(taker->chain.in_len, 30);

	for (u32 i = 0; i < 20; i++)
		ram_put(&g, DATA + i, &(u8){(u8)i}, 1);
	for (u32 i = 0; i < 20; i++)
		ram_put(&g, DATA + 100 + i, &(u8){(u8)(100 + i)}, 1);
	assert_true(vq_read(&taker->vdev, &taker->chain, 8, bytes, 4));
	assert_memory_equal(bytes, ((u8[]){8, 9, 100, 101}), 4);
	assert_true(vq_read(&taker->vdev, &taker->chain, 10, bytes, 20));
	assert_int_equal(bytes[19], 119);
	assert_false(vq_read(&taker->vdev, &taker->chain, 11, bytes, 20));
	assert_false(vq_read(&taker->vdev, &taker->chain, 31, bytes, 1));
	assert_true(vq_read(&taker->vdev, &taker->chain, 30, bytes, 0));
	assert_true(vq_write(&taker->vdev, &taker->chain, 28, "xy", 2));
	assert_false(vq_write(&taker->vdev, &taker->chain, 29, "xy", 2));
	ram_get(&g, DATA + 228, bytes, 3);
	assert_memory_equal(bytes, "xx", 1);
	assert_int_equal(bytes[2], 0); /* behind the buffer */
}

static void empty_pieces(void **state)
{
	u8 b[2] = {0};

	(void)state;
	open_with(0, 8);
	mdesc_set(&q, 0, DATA, 1, D_NEXT, 1);
	mdesc_set(&q, 1, DATA, 0, D_NEXT, 2);
	mdesc_set(&q, 2, DATA + 1, 1, 0, 0);
	ram_put(&g, DATA, "ab", 2);
	offer(0);
	assert_taken(1);
	assert_true(vq_read(&taker->vdev, &taker->chain, 0, b, 2));
	assert_memory_equal(b, "ab", 2);
	mdesc_set(&q, 3, MINI_RAM, 0, 0, 0); /* nothing, at RAM's very end */
	offer(3);
	assert_taken(2);
	assert_int_equal(taker->chain.out_len, 0);
}

static void last_byte_of_ram(void **state)
{
	(void)state;
	open_with(0, 8);
	mdesc_set(&q, 0, MINI_RAM - 1, 1, D_NEXT, 1);
	mdesc_set(&q, 1, 0, MINI_RAM, D_WRITE, 0);
	offer(0);
	assert_taken(1);
	assert_int_equal(taker->chain.in_len, MINI_RAM);
}

static void longest_chain(void **state)
{
	(void)state;
	for (u32 size = 1; size <= 256; size *= 2) {
		open_with(0, size);
		for (u32 i = 0; i < size; i++)
			mdesc_set(&q, i, DATA + i, 1, i + 1 < size ? D_NEXT : 0, (u16)(i + 1));
		offer(0);
		assert_taken(1);
		assert_int_equal(taker->chain.out_len, size);
	}
}

static void indirect(void **state)
{
	(void)state;
	open_with(1u << 28, 8);
	/* A direct piece before it is allowed; D_WRITE means nothing here. */
	mdesc_set(&q, 0, DATA, 4, D_NEXT, 1);
	mdesc_set(&q, 1, TABLE, 3 * 16, D_INDIRECT | D_WRITE, 0);
	table_set(0, DATA + 10, 5, D_NEXT, 2);
	table_set(2, DATA + 20, 6, D_NEXT | D_WRITE, 1);
	table_set(1, DATA + 30, 7, D_WRITE, 0);
	offer(0);
	assert_taken(1);
	assert_int_equal(taker->chain.out_segs, 2);
	assert_int_equal(taker->chain.out_len, 9);
	assert_int_equal(taker->chain.in_segs, 2);
	assert_int_equal(taker->chain.in_len, 13);
	assert_int_equal(taker->chain.seg[3].at, DATA + 30);
}

static void longest_indirect(void **state)
{
	(void)state;
	open_with(1u << 28, 8);
	mdesc_set(&q, 0, TABLE, 8 * 16, D_INDIRECT, 0);
	for (u32 i = 0; i < 8; i++)
		table_set(i, DATA, 1, i < 7 ? D_NEXT : 0, (u16)(i + 1));
	offer(0);
	assert_taken(1);
	assert_int_equal(taker->chain.out_segs, 8);
}

/* The ring's indices wrap at 65536, and slots at the queue's size. */
static void many_buffers(void **state)
{
	u32 id, len;

	(void)state;
	open_with(0, 4);
	for (u32 i = 0; i < 0x10005; i++) {
		mdesc_set(&q, i % 4, DATA, 1, D_WRITE, 0);
		offer((u16)(i % 4));
		vq_push(&taker->vdev, &taker->vdev.queue[0], &taker->chain, i);
		assert_true(mqueue_used(&q, &id, &len));
		assert_int_equal(id, i % 4);
		assert_int_equal(len, i);
	}
	assert_taken(0x10005);
	assert_false(mqueue_used(&q, &id, &len));
}

/* ---- N-91: bad chains --------------------------------------------------------------------- */

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

/* ---- N-92: bad rings ---------------------------------------------------------------------- */

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

/* ---- Suppression -------------------------------------------------------------------------- */

static void quiet_flag(void **state)
{
	struct vqueue *v = &taker->vdev.queue[0];

	(void)state;
	open_with(0, 8);
	assert_int_equal(mqueue_used_flags(&q), 0);
	vq_quiet(&taker->vdev, v, true);
	assert_int_equal(mqueue_used_flags(&q), 1);
	vq_quiet(&taker->vdev, v, false);
	assert_int_equal(mqueue_used_flags(&q), 0);
	offer(0);
	vq_push(&taker->vdev, v, &taker->chain, 0);
	mqueue_avail_flags(&q, 1);
	vq_signal(&taker->vdev, v);
	assert_int_equal(g.irqs[DEV], 0);
	mqueue_avail_flags(&q, 0);
	vq_signal(&taker->vdev, v); /* nothing new */
	assert_int_equal(g.irqs[DEV], 0);
	offer(1);
	vq_push(&taker->vdev, v, &taker->chain, 0);
	vq_signal(&taker->vdev, v);
	assert_int_equal(g.irqs[DEV], 1);
}

/* ---- Somebody changes memory between our looks -------------------------------------------- */

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

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(chain_of_three),   T(empty_pieces),
		T(last_byte_of_ram), T(longest_chain),
		T(indirect),	     T(longest_indirect),
		T(many_buffers),     T(bad_descriptors),
		T(bad_indirect),     T(too_many_bytes),
		T(head_too_large),   T(index_jumps),
		T(head_in_flight),   T(stopped_device_writes_nothing),
		T(quiet_flag),	     T(one_snapshot),
	};

	return cmocka_run_group_tests_name("virtqueue", tests, NULL, NULL);
}
