/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c tests/unit/fake_gmem.c tests/unit/mini_guest.c
 * tests/unit/taker_fixture.c */
/* Split virtqueues: what a device gets for good chains. */
#include "tests/unit/taker_fixture.h"

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

#define T(name) cmocka_unit_test_setup_teardown(name, taker_setup, taker_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(chain_of_three), T(empty_pieces),	T(last_byte_of_ram), T(longest_chain),
		T(indirect),	   T(longest_indirect), T(many_buffers),     T(quiet_flag),
	};

	return cmocka_run_group_tests_name("virtqueue", tests, NULL, NULL);
}
