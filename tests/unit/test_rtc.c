/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The CMOS clock: formats, nonsense, and updates at bad moments. The driver is included, and its
 * ports lead to the chip below. Dates are compared with the C library's. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>
#include <time.h>

#define LIB_X86_H /* the real port accesses stay out */

static struct {
	struct tm now;
	int century; /* -1: zero there */
	bool binary, h24, broken;
	u8 index;
	unsigned updating; /* reads of register A until the update is over */
	unsigned tick;	   /* reads until the time moves on; 0 = never */
	unsigned reads;
} chip;

static u8 number(int v)
{
	return (u8)(chip.binary ? v : v / 10 * 16 + v % 10);
}

static u8 hour(void)
{
	int h = chip.now.tm_hour;

	if (chip.h24)
		return number(h);
	return (u8)(number(h % 12 ? h % 12 : 12) | (h >= 12 ? 0x80 : 0));
}

static void move_on(void)
{
	time_t t;

	if (!chip.tick || --chip.tick)
		return;
	chip.now.tm_sec++;
	t = timegm(&chip.now);
	gmtime_r(&t, &chip.now);
}

static u8 chip_read(u8 reg)
{
	chip.reads++;
	if (chip.broken)
		return 0xff;
	move_on();
	switch (reg) {
	case 0:
		return number(chip.now.tm_sec);
	case 2:
		return number(chip.now.tm_min);
	case 4:
		return hour();
	case 7:
		return number(chip.now.tm_mday);
	case 8:
		return number(chip.now.tm_mon + 1);
	case 9:
		return number(chip.now.tm_year % 100);
	case 0x0a:
		return chip.updating && chip.updating-- ? 0xa6 : 0x26;
	case 0x0b:
		return (u8)((chip.binary ? 4 : 0) | (chip.h24 ? 2 : 0));
	case 0x32:
		return chip.century < 0 ? 0 : number(chip.century);
	default:
		return 0x80;
	}
}

static void outb(u16 port, u8 v)
{
	if (port == 0x70)
		chip.index = v;
}

static u8 inb(u16 port)
{
	assert_int_equal(port, 0x71);
	return chip_read(chip.index & 0x7f);
}

static void io_wait(void)
{
}

#include "devices/host/rtc.c"

static void set(int year, int month, int day, int h, int m, int s)
{
	memset(&chip, 0, sizeof(chip));
	chip.now = (struct tm){.tm_year = year - 1900,
			       .tm_mon = month - 1,
			       .tm_mday = day,
			       .tm_hour = h,
			       .tm_min = m,
			       .tm_sec = s};
	chip.century = year / 100;
	chip.h24 = true;
}

static void expect_now(void)
{
	struct tm t = chip.now;
	u64 got = 0;

	assert_true(rtc_read(&got));
	assert_int_equal(got, timegm(&t));
	assert_int_equal(chip.index & 0x80, 0); /* NMI is on again */
}

static void every_format(void **state)
{
	(void)state;
	for (int h = 0; h < 24; h++)
		for (int format = 0; format < 4; format++) {
			set(2026, 11, 21, h, 59, 58);
			chip.binary = format & 1;
			chip.h24 = format & 2;
			expect_now();
		}
}

static void every_day(void **state)
{
	(void)state;
	for (time_t t = 0; t < 4102444800; t += 86400) {
		struct tm tm;

		gmtime_r(&t, &tm);
		set(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 12, 0, 0);
		expect_now();
	}
}

static void centuries(void **state)
{
	static const int wrong[] = {-1, 0, 1, 18, 19, 55, 99};

	(void)state;
	/* In 2026 none of these makes sense; the two digits must do. */
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		set(2026, 2, 28, 1, 2, 3);
		chip.century = wrong[i];
		expect_now();
	}
	set(1999, 12, 31, 23, 59, 59);
	chip.century = -1;
	expect_now();
}

static void updates(void **state)
{
	u64 got;

	(void)state;
	for (unsigned tick = 1; tick < 30; tick++) {
		time_t before;

		/* The moment at which a torn read would be a year off. */
		set(2025, 12, 31, 23, 59, 59);
		before = timegm(&chip.now);
		chip.tick = tick;
		assert_true(rtc_read(&got));
		assert_in_range(got, before, before + 1);
	}
	set(2026, 1, 1, 0, 0, 0);
	chip.updating = 1000;
	expect_now();
	chip.updating = 1u << 30; /* it never ends */
	chip.reads = 0;
	assert_false(rtc_read(&got));
	assert_in_range(chip.reads, 1, 2 * UPDATE_WAIT);
	/* A glance does not wait: two reads of each field, and a few of the mode. */
	chip.updating = 1;
	chip.reads = 0;
	assert_false(rtc_glance(&got));
	assert_in_range(chip.reads, 1, 20);
	set(2026, 1, 1, 0, 0, 0);
	chip.updating = 0;
	chip.tick = 0;
	chip.reads = 0;
	assert_true(rtc_glance(&got));
	assert_int_equal(got, timegm(&chip.now));
	assert_in_range(chip.reads, 1, 20);
}

static void nonsense(void **state)
{
	u64 got;

	(void)state;
	set(2026, 1, 1, 0, 0, 0);
	chip.broken = true;
	assert_false(rtc_read(&got));
	set(2026, 13, 1, 0, 0, 0);
	assert_false(rtc_read(&got));
	set(2026, 1, 32, 0, 0, 0);
	assert_false(rtc_read(&got));
	set(2026, 1, 0, 0, 0, 0);
	assert_false(rtc_read(&got));
	set(2026, 1, 1, 24, 0, 0);
	assert_false(rtc_read(&got));
	set(2026, 1, 1, 0, 60, 0);
	assert_false(rtc_read(&got));
	set(2026, 1, 1, 0, 0, 75);
	assert_false(rtc_read(&got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format), cmocka_unit_test(every_day),
		cmocka_unit_test(centuries),	cmocka_unit_test(updates),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
