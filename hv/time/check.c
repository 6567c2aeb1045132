/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TSC's speed, checked while guests run: against ACPI's timer where there is one, else against
 * the clock chip, which takes some minutes. A calibration at boot goes wrong where the host of an
 * emulator is busy, and a TSC may change its speed.
 */
#include "devices/host/counter.h"
#include "hv/time/rate.h"
#include "hv/time/time.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/x86.h"

#define S_NS 1000000000ull
/* The counter wraps after 4.7 s, and our clock may be three times too slow. */
#define LOOK_NS	 S_NS
#define PAUSE_NS (60 * S_NS)

static struct {
	bool on;
	const struct counter *counter;
	u32 last; /* its value */
	u64 ticks;
	struct timer look;
} check;

/* An emulator may be kept waiting between two readings; the chip shows whole seconds. */
static struct rate by_counter = {.slack_ns = 5000000, .window_ns = 5 * S_NS},
		   by_chip = {.slack_ns = 1000000000, .window_ns = 60 * S_NS};

static void judge(struct rate *r, u64 tsc, u64 ns, const char *by, bool *over)
{
	u32 was = time_tsc_khz(), khz = rate_look(r, tsc, ns, was, over);

	if (!khz)
		return;
	if (r == &by_counter && !pmtimer_right()) {
		log_line(LOG_WARN, NULL, "the ACPI timer runs at a wrong speed: not used");
		check.counter = NULL; /* the clock chip judges from now on */
		return;
	}
	time_set_tsc_khz(khz);
	log_line(LOG_WARN, NULL,
		 "the TSC runs at %u kHz by %s, not at %u: corrected; guests that run keep "
		 "what they were told",
		 khz, by, was);
}

static void look(struct timer *t)
{
	struct counter_sample s = counter_sample(check.counter);
	bool over;

	check.ticks += (s.count - check.last) & check.counter->mask;
	check.last = s.count;
	judge(&by_counter, s.tsc,
	      check.ticks / check.counter->hz * S_NS +
		      check.ticks % check.counter->hz * S_NS / check.counter->hz,
	      check.counter->name, &over);
	if (!check.counter)
		return;
	if (over && !by_counter.candidate) {
		by_counter.begun = false; /* it wraps in the pause */
		timer_arm(t, now_ns() + PAUSE_NS);
	} else {
		timer_arm(t, now_ns() + LOOK_NS);
	}
}

void time_check_init(void)
{
	if (!cpu.tsc || !time_tsc_khz())
		return;
	check.on = true;
	check.counter = pmtimer_counter();
	if (!check.counter)
		return;
	check.look.fire = look;
	timer_arm(&check.look, now_ns() + LOOK_NS);
}

void time_check_chip(u64 unix_seconds)
{
	bool over;

	if (check.on && !check.counter)
		judge(&by_chip, rdtsc(), unix_seconds * S_NS, "the clock chip", &over);
}
