/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one-shot timer when its interrupts do not come: one of them, or none from the beginning. */
/* SOURCES: hv/time/timer.c */
#include "devices/host/apic.h"
#include "devices/host/counter.h"
#include "devices/host/hpet.h"
#include "devices/host/irq.h"
#include "devices/host/pit.h"
#include "hv/time/time.h"
#include "lib/cpu.h"
#include "lib/x86.h"
#include "tests/unit/support.h"

#include <setjmp.h>
#include <string.h>
#include <unistd.h>

struct cpu_features cpu = {.tsc = true};

static struct {
	host_irq_fn *handler;
	unsigned shots; /* how often the timer was set */
	bool set;	/* and has not fired since */
	bool reaches, waits, apic;
	bool no_pit, hpet, apic_timer, ioapic;
	unsigned served;
	unsigned fired;
} model;

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	assert_int_equal(irq, 0);
	assert_null(ctx);
	model.handler = fn;
	return HV_OK;
}

void host_irq_take(void)
{
	if (model.set && model.reaches)
		assert_true(model.handler(NULL));
	model.set = model.set && !model.reaches;
}

bool pic_pending(unsigned irq)
{
	assert_int_equal(irq, 0);
	return model.waits;
}

bool apic_pass_pic(void)
{
	model.reaches |= model.apic;
	return model.apic;
}

void pit_oneshot(u32 ticks)
{
	assert_in_range(ticks, 1, 65535);
	model.shots++;
	model.set = true;
}

void pit_periodic(u32 hz)
{
	(void)hz;
	fail();
}

u32 pit_read(void)
{
	return 0;
}

bool pic_replace(void)
{
	return model.ioapic;
}

bool hpet_open(void)
{
	return model.hpet;
}

void hpet_oneshot(u32 ticks)
{
	pit_oneshot(ticks);
}

bool apic_timer_open(u32 tsc_khz)
{
	return tsc_khz && model.apic_timer;
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
	model.served++;
}

u32 tsc_calibrate(const char **by)
{
	*by = "PIT";
	return 2000000;
}

bool pit_present(void)
{
	return !model.no_pit;
}

static void fired(struct timer *t)
{
	(void)t;
	model.fired++;
}

/* Nothing else will come: who waits for the interrupt waits for ever, unless the timer is set again
 * at the next chance. */
static void one_is_lost(void **state)
{
	unsigned said, shots;
	struct timer t = {.fire = fired};

	(void)state;
	model.reaches = true;
	time_init(2000000);
	said = support_log_lines[LOG_WARN];
	for (unsigned i = 0; i < 2; i++) {
		timer_arm(&t, now_ns() + 1000000);
		timer_settle();
		shots = model.shots;
		usleep(60000); /* the interrupt is not coming */
		timer_arm(&t, now_ns() + 1000000);
		timer_settle();
		assert_int_equal(model.shots, shots + 1);
		usleep(60000);
		timer_run(); /* the run loop looks, too */
		assert_int_equal(model.fired, i + 1);
		assert_true(timer_stale);
	}
	assert_int_equal(support_log_lines[LOG_WARN], said + 1); /* once */
}

/* It waits in the controller while we are busy: that is no loss. */
static void one_is_late(void **state)
{
	struct timer t = {.fire = fired};
	unsigned shots;

	(void)state;
	time_init(2000000);
	timer_arm(&t, now_ns() + 1000000);
	timer_settle();
	shots = model.shots;
	model.waits = true;
	usleep(60000);
	timer_arm(&t, now_ns() + 1000000);
	timer_settle();
	assert_int_equal(model.shots, shots);
	model.waits = false;
	timer_cancel(&t);
}

static void none_comes_before_the_apic_passes_them(void **state)
{
	unsigned said = support_log_lines[LOG_WARN];

	(void)state;
	model.reaches = false;
	model.apic = true;
	time_init(2000000);
	assert_true(model.reaches);
	assert_int_equal(support_log_lines[LOG_WARN], said + 1);
}

/* Each stands in for those before it. */
static void without_pit(void **state)
{
	(void)state;
	model = (typeof(model)){.reaches = true, .no_pit = true, .hpet = true};
	time_init(2000000);
	assert_non_null(strstr(time_source(), "HPET"));
	assert_int_equal(model.served, 0);
	model.hpet = false;
	model.apic_timer = true;
	time_init(2000000);
	assert_non_null(strstr(time_source(), "local APIC"));
	assert_int_equal(model.served, 1);
	model = (typeof(model)){.reaches = true};
	time_init(2000000);
	assert_non_null(strstr(time_source(), "PIT"));
}

/* The clock goes on from what it shows, at the new speed. */
static void another_speed(void **state)
{
	u64 before, after;

	(void)state;
	model.reaches = true;
	time_init(2000000);
	for (unsigned i = 0; i < 50; i++) {
		before = now_ns();
		time_set_tsc_khz(i % 2 ? 2000000 : 750000);
		after = now_ns();
		assert_in_range(after - before, 0, 1000000000);
		assert_int_equal(time_tsc_khz(), i % 2 ? 2000000 : 750000);
		usleep(1000);
		assert_true(now_ns() > after);
	}
}

/* The same when the clock has moved its base already, which it does every 2^32 ticks. */
static void another_speed_later(void **state)
{
	u64 from = rdtsc(), before;

	(void)state;
	model.reaches = true;
	time_init(1000000);
	while (!((rdtsc() - from) >> 32))
		usleep(20000);
	before = now_ns(); /* 4.3 s, by that clock */
	time_set_tsc_khz(1010000);
	assert_in_range(now_ns() - before, 0, 1000000000);
}

static void none_comes(void **state)
{
	jmp_buf back;

	(void)state;
	model.reaches = model.apic = false;
	support_panic_jump = &back;
	if (!setjmp(back)) {
		time_init(2000000);
		fail_msg("it should have panicked");
	}
	support_panic_jump = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_lost),
		cmocka_unit_test(one_is_late),
		cmocka_unit_test(none_comes_before_the_apic_passes_them),
		cmocka_unit_test(without_pit),
		cmocka_unit_test(another_speed),
		cmocka_unit_test(another_speed_later),
		cmocka_unit_test(none_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
