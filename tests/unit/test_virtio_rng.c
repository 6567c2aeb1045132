/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: devices/virtio/rng.c devices/entropy.c tests/unit/fake_gmem.c */
/* SOURCES: tests/unit/mini_guest.c */
/* The generator against the RFC's numbers, and the entropy device over it. */
#include "devices/entropy.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

#define DEV    1u
#define BROKEN 0x40u
#define DATA   0x8000u

/* RFC 8439, A.1, test vector 2: key 0, counter 1. Must run first, on the untouched pool: the
 * stretch's block 0 became the next key. */
static void known_numbers(void **state)
{
	static const u8 want[32] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a,
				    0x98, 0xba, 0x97, 0x7c, 0x73, 0x2d, 0x08, 0x0d,
				    0xcb, 0x0f, 0x29, 0xa0, 0x48, 0xe3, 0x65, 0x69,
				    0x12, 0xc6, 0x53, 0x3e, 0x32, 0xee, 0x7a, 0xed};
	u8 got[33];

	(void)state;
	got[32] = 0x77;
	entropy_fill(got, 32);
	assert_memory_equal(got, want, 32);
	assert_int_equal(got[32], 0x77);
	entropy_fill(got, 32);
	assert_memory_not_equal(got, want, 32);
}

static void samples_count(void **state)
{
	static u8 a[1000], b[1000];
	u32 ones = 0;

	(void)state;
	entropy_fill(a, sizeof(a));
	entropy_stir(0);
	entropy_fill(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	for (u32 i = 0; i < sizeof(a); i++)
		ones += (u32)__builtin_popcount(a[i]);
	assert_in_range(ones, 3700, 4300);
	for (u32 i = 64; i + 64 <= sizeof(a); i += 64)
		assert_memory_not_equal(a, a + i, 64);
	entropy_fill(a, 0);
}

static struct mini g;
static struct mqueue q;

static int setup(void **state)
{
	(void)state;
	mini_init(&g, "rng");
	assert_int_equal(bus_add_rng(g.bus), HV_OK);
	mini_open(&g, DEV, 0, 0, 1, &q);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mini_free(&g);
	return 0;
}

static void fills(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem), zero[64] = {0};
	u32 id, len;

	(void)state;
	mdesc_set(&q, 3, DATA, 64, D_WRITE | D_NEXT, 4);
	mdesc_set(&q, 4, DATA + 0x100, 36, D_WRITE, 0);
	mqueue_offer(&q, 3);
	mqueue_kick(&q);
	assert_true(mqueue_used(&q, &id, &len));
	assert_int_equal(id, 3);
	assert_int_equal(len, 100);
	assert_memory_not_equal(ram + DATA, zero, 64);
	assert_memory_equal(ram + DATA + 64, zero, 64);
	assert_memory_not_equal(ram + DATA + 0x100, zero, 36);
	assert_memory_equal(ram + DATA + 0x100 + 36, zero, 64);
	assert_int_equal(g.irqs[DEV], 1);
}

static void bounded(void **state)
{
	u32 id, len, seen = 0, polls = 0;

	(void)state;
	for (u16 i = 0; i < 40; i++) {
		mdesc_set(&q, i, DATA, MINI_RAM - DATA, D_WRITE, 0);
		mqueue_offer(&q, i);
	}
	mqueue_kick(&q);
	while (mqueue_used(&q, &id, &len)) {
		assert_int_equal(len, 1024);
		seen++;
	}
	assert_in_range(seen, 2, 16);
	while (bus_poll(g.bus))
		assert_true(++polls < 20);
	while (mqueue_used(&q, &id, &len))
		seen++;
	assert_int_equal(seen, 40);
}

static void nothing_to_fill(void **state)
{
	(void)state;
	mdesc_set(&q, 0, DATA, 64, 0, 0);
	mqueue_offer(&q, 0);
	mqueue_kick(&q);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
	assert_false(bus_poll(g.bus));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_numbers),
		cmocka_unit_test(samples_count),
		T(fills),
		T(bounded),
		T(nothing_to_fill),
	};

	return cmocka_run_group_tests_name("virtio_rng", tests, NULL, NULL);
}
