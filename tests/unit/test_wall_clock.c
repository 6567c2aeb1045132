/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/time/timer.c hv/time/rate.c hv/time/wall.c */
/* The wall clock beside the machine's clock chip, on a machine without a TSC: a tick is a ms. */
#include "devices/host/apic.h"
#include "devices/host/counter.h"
#include "devices/host/hpet.h"
#include "devices/host/irq.h"
#include "devices/host/pit.h"
#include "devices/host/rtc.h"
#include "hv/time/time.h"
#include "lib/cpu.h"
#include "tests/unit/support.h"

struct cpu_features cpu;

static host_irq_fn *tick;
static u64 chip; /* what the clock chip shows */
static bool chip_works, chip_busy;
static u32 looks;

enum hv_status host_irq_register(unsigned line, host_irq_fn *fn, void *ctx)
{
	(void)ctx;
	assert_int_equal(line, 0);
	tick = fn;
	return HV_OK;
}

void host_irq_take(void)
{
	tick(NULL);
}

bool pic_pending(unsigned irq)
{
	(void)irq;
	return false;
}

bool apic_pass_pic(void)
{
	fail();
	return false;
}

bool pic_replace(void)
{
	fail();
	return false;
}

bool hpet_open(void)
{
	return false;
}

void hpet_oneshot(u32 ticks)
{
	pit_oneshot(ticks);
}

bool apic_timer_open(u32 tsc_khz)
{
	return tsc_khz && false;
}

void apic_timer_oneshot(u32 ticks)
{
	pit_oneshot(ticks);
}

void apic_watch(void)
{
}

void apic_watch_kick(void)
{
}

void apic_timer_served(void)
{
	fail();
}

u32 tsc_calibrate(const char **by)
{
	*by = "PIT";
	return 0;
}

bool pit_present(void)
{
	return true;
}

void time_check_chip(u64 unix_seconds)
{
	assert_int_equal(unix_seconds, chip);
}

void pit_periodic(u32 hz)
{
	assert_int_equal(hz, 1000);
}

u32 pit_read(void)
{
	return PIT_HZ / 1000;
}

void pit_oneshot(u32 ticks)
{
	(void)ticks;
}

bool rtc_read(u64 *unix_seconds)
{
	*unix_seconds = chip;
	return chip_works;
}

bool rtc_glance(u64 *unix_seconds)
{
	looks++;
	*unix_seconds = chip;
	return chip_works && !chip_busy;
}

/* `ours` ms of our clock, while the chip goes on for `its` seconds. */
static void pass(u32 ours, u32 its)
{
	chip += its;
	while (ours--)
		tick(NULL);
	timer_run();
}

static u32 seconds(void)
{
	u32 sec, nsec;

	wall_clock(&sec, &nsec);
	assert_true(nsec < 1000000000);
	return sec;
}

static int boot(void **state)
{
	(void)state;
	chip = 1000000;
	chip_works = true;
	chip_busy = false;
	looks = 0;
	time_init(0);
	wall_init();
	return 0;
}

static void goes_with_the_chip(void **state)
{
	(void)state;
	assert_int_equal(seconds(), 1000000);
	for (u32 i = 0; i < 300; i++) {
		pass(1000, 1);
		assert_in_range(seconds(), chip - 1, chip + 1);
	}
	assert_in_range(looks, 13, 16); /* every 20 s */
}

static void catches_up(void **state)
{
	(void)state;
	pass(1000, 1);
	pass(0, 3600); /* the machine stood for an hour, and our clock with it */
	for (u32 i = 0; i < 60; i++)
		pass(1000, 1);
	assert_in_range(seconds(), chip - 1, chip + 1);
	pass(1500, 2);
	assert_in_range(seconds(), chip - 1, chip + 1);
}

static void looks_again_when_the_chip_is_busy(void **state)
{
	(void)state;
	pass(0, 100);
	chip_busy = true;
	pass(61000, 61);
	assert_in_range(seconds(), 1000060, 1000062);
	chip_busy = false;
	pass(61000, 61);
	assert_in_range(seconds(), chip - 1, chip + 1);
}

/* A guest's clock never goes back, and a difference of a second is none. */
static void does_not_go_back(void **state)
{
	(void)state;
	pass(10000, 10);
	chip -= 5000;
	pass(120000, 120);
	assert_in_range(seconds(), 1000129, 1000131);
	chip += 5001;
	pass(120000, 120);
	assert_in_range(seconds(), 1000249, 1000251);
}

/* Without a chip it counts from 1970. */
static void no_chip(void **state)
{
	(void)state;
	chip = 0;
	chip_works = false;
	time_init(0);
	wall_init();
	looks = 0;
	pass(130000, 130);
	assert_in_range(seconds(), 130, 131);
	assert_int_equal(looks, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(no_chip, NULL),
		cmocka_unit_test_setup(goes_with_the_chip, boot),
		cmocka_unit_test_setup(catches_up, boot),
		cmocka_unit_test_setup(looks_again_when_the_chip_is_busy, boot),
		cmocka_unit_test_setup(does_not_go_back, boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
