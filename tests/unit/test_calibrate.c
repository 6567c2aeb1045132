/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* Measuring the TSC with counters that are not there, stand still, or wrap unseen; on a machine
 * that is kept waiting. The sources are included, ports and the TSC lead to the board below. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real accesses stay out */

static struct {
	u64 now; /* ns */
	u32 khz; /* of the TSC; 0: it stands */
	bool no_pit, dead2, no_out2;
	u64 hold; /* ns that the machine is kept waiting at each `every`-th access */
	u32 every, accesses;
	u64 loaded[3]; /* when, ns */
	u16 latched;
	bool low;
	u8 port_b;
} b;

static void spend(u64 ns)
{
	b.now += ns;
	if (b.every && ++b.accesses % b.every == 0)
		b.now += b.hold;
}

static u64 pit_ticks(unsigned channel)
{
	return (b.now - b.loaded[channel]) * 1193182 / 1000000000;
}

static u64 rdtsc(void)
{
	spend(30);
	return b.now / 1000 * b.khz / 1000;
}

static void outb(u16 port, u8 v)
{
	unsigned channel = v >> 6;

	spend(700);
	if (port == 0x61)
		b.port_b = v;
	if (port != 0x43)
		return;
	if (v & 0x30) {
		b.loaded[channel] = b.now;
	} else {
		b.latched = channel == 2 && b.dead2 ? 0x1234 : (u16)(0xffff - pit_ticks(channel));
		b.low = true;
	}
}

static u8 inb(u16 port)
{
	u8 v;

	spend(700);
	if (port == 0x61)
		return (u8)(b.port_b | (!b.no_out2 && pit_ticks(2) > 0xffff ? 0x20 : 0));
	v = b.low ? (u8)b.latched : (u8)(b.latched >> 8);
	b.low = false;
	return b.no_pit ? 0xff : v;
}

static u32 inl(u16 port)
{
	assert_int_equal(port, 0x608);
	spend(700);
	return (u32)(b.now * 3579545 / 1000000000) & 0xffffffu;
}

static void io_wait(void)
{
	spend(700);
}

#include "lib/cpu.h"

#include "devices/host/calibrate.c"
#include "devices/host/pit.c"
#include "devices/host/pmtimer.c"

struct cpu_features cpu = {.tsc = true};
struct board board;

const struct counter *hpet_counter(void)
{
	return NULL;
}

static u32 measured(const char *by)
{
	const char *name = "";
	u32 khz;

	b.now = 5000000000ull;
	b.accesses = 0;
	khz = tsc_calibrate(&name);
	if (by)
		assert_string_equal(name, by);
	assert_in_range(b.now, 5000000000ull, 35000000000ull); /* each wait has an end */
	return khz;
}

static void nearly(u32 got, u32 khz)
{
	assert_in_range(got, khz - khz / 1000, khz + khz / 1000);
}

static void speeds(void **state)
{
	static const u32 khz[] = {16000, 166667, 2596121, 4999999};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(khz); i++) {
		memset(&b, 0, sizeof(b));
		b.khz = khz[i];
		nearly(measured("PIT"), khz[i]);
		b.dead2 = true; /* channel 0 does */
		nearly(measured("PIT"), khz[i]);
		b.no_pit = true;
		board.pm_timer = 0;
		assert_int_equal(measured("nothing"), 0);
		board.pm_timer = 0x608;
		nearly(measured("ACPI timer"), khz[i]);
	}
}

static void still(void **state)
{
	(void)state;
	memset(&b, 0, sizeof(b));
	board.pm_timer = 0x608;
	assert_int_equal(measured("nothing"), 0); /* the TSC stands */
	cpu.tsc = false;
	b.khz = 100000;
	assert_int_equal(measured(NULL), 0);
	cpu.tsc = true;
}

/* Each wait of more than 55 ms lets the PIT's counter wrap: the output of channel 2 tells, so the
 * result is right, or there is none. Where a board has no such output, it may be wrong. */
static void wraps(void **state)
{
	unsigned wrong[2] = {0, 0};
	u32 khz;

	(void)state;
	memset(&b, 0, sizeof(b));
	b.khz = 2000000;
	b.hold = 58000000; /* 3 ms more than a wrap */
	board.pm_timer = 0;
	for (unsigned no_out2 = 0; no_out2 < 2; no_out2++) {
		b.no_out2 = no_out2;
		for (b.every = 900; b.every < 60000; b.every += 777) {
			khz = measured(NULL);
			wrong[no_out2] += khz && (khz < 1990000 || khz > 2010000);
		}
	}
	assert_int_equal(wrong[0], 0);
	assert_int_not_equal(wrong[1], 0);
	board.pm_timer = 0x608; /* which does not wrap so soon */
	b.every = 900;
	nearly(measured("ACPI timer"), 2000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speeds),
		cmocka_unit_test(still),
		cmocka_unit_test(wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
