/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The HPET beside a model of one: speeds, nonsense, a counter that stands, a moment that passes
 * while it is set. The driver is included, and its registers lead to the model. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define DEVICES_HOST_MMIO_H

static struct {
	u32 period, count, comparator, conf, timer;
	bool stands, no_legacy, unmapped, in_ram;
	u32 latch, since; /* a comparator knows its value so many ticks after it was written */
	u32 step;	  /* what an access takes */
	bool fires;
} chip;

static void pass(void)
{
	u32 before = chip.count;

	if (chip.stands || !(chip.conf & 1))
		return;
	chip.count += chip.step;
	/* It waits for equality, on the way. */
	if (chip.comparator - before - 1 < chip.step && chip.comparator - chip.since >= chip.latch)
		chip.fires = true;
}

static u32 mmio_read32(const volatile u8 *base, u32 at)
{
	(void)base;
	pass();
	switch (at) {
	case 0x000:
		return chip.no_legacy ? 1 : 0x8001;
	case 0x004:
		return chip.period;
	case 0x010:
		return chip.conf;
	default:
		assert_int_equal(at, 0x0f0);
		return chip.count;
	}
}

static void mmio_write32(volatile u8 *base, u32 at, u32 value)
{
	(void)base;
	pass();
	if (at == 0x010)
		chip.conf = value;
	else if (at == 0x100)
		chip.timer = value;
	else if (at == 0x108)
		chip.comparator = value, chip.since = chip.count;
	else
		fail();
}

#include "devices/host/hpet.c"

struct board board;

bool frame_overlaps_ram(u64 start, u64 end)
{
	assert_true(start < end);
	return chip.in_ram;
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	static u8 place;

	assert_int_equal(phys, 0xfed00000);
	assert_int_equal(bytes, 0x400);
	assert_int_equal(cache, CACHE_UC);
	return chip.unmapped ? NULL : &place;
}

static void machine(u32 period)
{
	memset(&hpet, 0, sizeof(hpet));
	memset(&chip, 0, sizeof(chip));
	chip.period = period;
	chip.step = 10;
	board.hpet = 0xfed00000;
}

static void found(void **state)
{
	const struct counter *c;

	(void)state;
	machine(69841279); /* 14.318 MHz */
	c = hpet_counter();
	assert_non_null(c);
	assert_int_equal(c->hz, 14318179);
	assert_ptr_equal(hpet_counter(), c);
	assert_true(hpet_open());
	assert_int_equal(chip.conf, 3);
	assert_int_equal(chip.timer, 0x104);
	hpet_oneshot(1193); /* 1 ms */
	assert_in_range(chip.comparator - chip.count, 14000, 14400);
}

static void nonsense(void **state)
{
	static const u32 periods[] = {0, 1, 999999, 100000001, ~0u};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
		machine(periods[i]);
		assert_null(hpet_counter());
		assert_false(hpet_open());
	}
	machine(10000000);
	chip.stands = true;
	assert_null(hpet_counter());
	machine(10000000);
	chip.no_legacy = true;
	assert_non_null(hpet_counter());
	assert_false(hpet_open());
	machine(10000000);
	chip.in_ram = true;
	assert_null(hpet_counter());
	chip.in_ram = false;
	chip.unmapped = true;
	assert_false(hpet_open());
	machine(10000000);
	board.hpet = 0;
	assert_null(hpet_counter());
}

/* However slow an access is: each one-shot fires within the machine's next accesses, not after a
 * wrap. */
static void passed_moments(void **state)
{
	(void)state;
	for (u32 step = 1; step < 5000; step += 7)
		for (u32 ticks = 1; ticks < 65536; ticks = ticks * 3 + 1) {
			machine(10000000);
			chip.step = step;
			chip.latch = 40;
			chip.count = 0u - step * 9;
			assert_true(hpet_open());
			chip.fires = false;
			hpet_oneshot(ticks);
			for (u32 i = 0; !chip.fires && i < 66000u * 84 / step + 4000; i++)
				pass();
			assert_true(chip.fires);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(passed_moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
