/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time. With a TSC: calibrated against the PIT, deadlines by the PIT in one-shot mode, no periodic
 * tick. Without one: a periodic tick counts, the PIT's counter fills in between. Where there is no
 * PIT, or its interrupts do not come, the HPET or the local APIC's timer stands in for it.
 */
#include "devices/host/apic.h"
#include "devices/host/counter.h"
#include "devices/host/hpet.h"
#include "devices/host/irq.h"
#include "devices/host/pit.h"
#include "hv/time/rate.h"
#include "hv/time/time.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"

#define SHIFT_MIN   22 /* 2^22 * 10^6 / khz fits 32 bits from 1 MHz on */
#define SHIFT_MAX   32
#define TICK_HZ	    1000u
#define PIT_MAX	    0xffffu
#define PROBE_TICKS 1000u
#define PROBE_LOOPS 1000000u
/* An interrupt of the one-shot timer that is late by this much, and does not wait in the controller
 * either, never comes. */
#define LOST_NS	  20000000u
#define PIT_NS(n) ((u64)(n)*838095u / 1000u) /* one PIT period is 838.095 ns */
_Static_assert(PIT_NS(PIT_MAX) <= 0xffffffffu, "the longest one-shot fits a word");

static struct {
	u32 tsc_khz;
	u32 scale, shift;      /* ns = TSC * scale / 2^shift */
	u64 tsc_base, base_ns; /* what the TSC was then */
	u64 ticks;	       /* without TSC */
	u64 last;	       /* so that time never runs backwards */
	u64 programmed;	       /* when the host timer will fire; 0 = it will not */
	struct timer *queue;
	const struct alarm *alarm;
	const char *by; /* what the TSC was measured with */
} clock = {.by = "tsc-khz="};

static bool open_apic(void)
{
	return clock.tsc_khz && apic_timer_open(clock.tsc_khz);
}

/* What interrupts us once, after so many of the PIT's ticks. */
static const struct alarm {
	const char *name;
	bool (*open)(void);
	void (*oneshot)(u32 ticks);
	void (*served)(void); /* to be called at its interrupt; NULL: nothing is to be done */
} alarms[] = {
	{"PIT", pit_present, pit_oneshot, NULL},
	{"HPET", hpet_open, hpet_oneshot, NULL},
	{"local APIC", open_apic, apic_timer_oneshot, apic_timer_served},
};
#define PIT_ALARM (&alarms[0])

bool timer_stale;

/* The base follows the TSC, so that a product of words is all there is to do each time. */
static NOINLINE COLD void move_base(u32 high)
{
	clock.base_ns += ((u64)high * clock.scale) << (32 - clock.shift);
	clock.tsc_base += (u64)high << 32;
}

static u64 read_raw(void)
{
	if (clock.tsc_khz) {
		u64 d = rdtsc() - clock.tsc_base;

		if (d >> 32)
			move_base((u32)(d >> 32));
		return clock.base_ns + (((u64)(u32)d * clock.scale) >> clock.shift);
	}
	if (clock.alarm != PIT_ALARM)
		return clock.ticks * (1000000000u / TICK_HZ);
	return clock.ticks * PIT_NS(PIT_HZ / TICK_HZ) + PIT_NS(PIT_HZ / TICK_HZ - pit_read());
}

u64 now_ns(void)
{
	u64 t = read_raw();

	if (t > clock.last)
		clock.last = t;
	return clock.last;
}

static bool timer_irq(void *ctx)
{
	(void)ctx;
	if (clock.alarm->served)
		clock.alarm->served();
	if (!clock.tsc_khz && clock.alarm != PIT_ALARM)
		clock.alarm->oneshot(PIT_HZ / TICK_HZ);
	apic_watch_kick();
	clock.ticks++;
	clock.programmed = 0;
	timer_stale = true;
	return true;
}

/* Does the timer's interrupt get through to us? Bounded: about 3 s on an ISA bus when it does not.
 */
static bool interrupts_come(void)
{
	u64 before = clock.ticks;

	if (clock.tsc_khz)
		clock.alarm->oneshot(PROBE_TICKS);
	for (u32 i = 0; i < PROBE_LOOPS && clock.ticks == before; i++) {
		(void)pit_read();
		host_irq_take();
	}
	return clock.ticks != before;
}

static void begin_ticks(void)
{
	if (clock.alarm == PIT_ALARM)
		pit_periodic(TICK_HZ);
	else
		clock.alarm->oneshot(PIT_HZ / TICK_HZ);
}

/* A timer that is there, and whose interrupts do not come, has no way to the CPU, and so have the
 * devices. */
static void lines_too(void)
{
	if (pic_replace())
		log_line(LOG_WARN, NULL, "the 8259A reach no CPU: the I/O APIC is used");
	else
		log_line(LOG_ERROR, NULL,
			 "the interrupt controllers reach no CPU, and no I/O APIC is described: "
			 "disks and cards will not work");
}

/* Nobody can run without it: who computes would never be interrupted. */
static void require_interrupts(void)
{
	bool silent = false; /* one that is there */

	for (u32 i = 0; i < ARRAY_LEN(alarms); i++) {
		if (!alarms[i].open())
			continue;
		clock.alarm = &alarms[i];
		if (!clock.tsc_khz)
			begin_ticks();
		if (interrupts_come()) {
			if (silent && clock.alarm->open == open_apic)
				lines_too();
			if (i)
				log_line(LOG_WARN, NULL,
					 "no PIT, or its interrupts do not come: the %s's timer is "
					 "used",
					 clock.alarm->name);
			return;
		}
		if (apic_pass_pic() && interrupts_come()) {
			log_line(LOG_WARN, NULL,
				 "no timer interrupt came: the local APIC kept the "
				 "interrupt controller's line off, it is on now");
			return;
		}
		silent = true;
	}
	panic("no timer interrupt comes, not of a PIT, a HPET nor of the local APIC; this last "
	      "one needs a TSC: if there is one, give its speed by tsc-khz=");
}

/* As many bits of the scale as fit a word: with few, the clock of a fast CPU would drift. */
static void set_scale(void)
{
	u32 shift = SHIFT_MAX;

	while (shift > SHIFT_MIN && (1000000ull << shift) / clock.tsc_khz > 0xffffffffu)
		shift--;
	clock.shift = shift;
	clock.scale = (u32)((1000000ull << shift) / clock.tsc_khz);
}

void time_init(u32 tsc_khz)
{
	if (cpu.tsc)
		clock.tsc_khz = tsc_khz ? tsc_khz : tsc_calibrate(&clock.by);
	if (clock.tsc_khz < 1000)
		clock.tsc_khz = 0;
	if (clock.tsc_khz) {
		set_scale();
		clock.tsc_base = rdtsc();
	}
	if (host_irq_register(0, timer_irq, NULL) != HV_OK)
		panic("no handler slot for the timer");
	require_interrupts();
	if (cpu.tcg && cpu.apic && clock.alarm->open != open_apic)
		apic_watch();
	if (clock.tsc_khz)
		log_line(LOG_INFO, NULL, "time: tsc at %u kHz, one-shot timer", clock.tsc_khz);
	else
		log_line(LOG_INFO, NULL, "time: no usable tsc, %u ticks a second", TICK_HZ);
}

u32 time_tsc_khz(void)
{
	return clock.tsc_khz;
}

/* Nothing jumps: the clock goes on from what it shows. */
void time_set_tsc_khz(u32 khz)
{
	u64 tsc = rdtsc(), now = now_ns();

	clock.tsc_khz = khz;
	set_scale();
	clock.tsc_base = tsc;
	clock.base_ns = now;
	timer_stale = true;
}

const char *time_source(void)
{
	static char text[64];

	if (clock.tsc_khz)
		snprintf(text, sizeof(text), "tsc at %u kHz, by %s; one-shot timer: %s",
			 clock.tsc_khz, clock.by, clock.alarm->name);
	else
		snprintf(text, sizeof(text), "no usable tsc, %u ticks a second: %s", TICK_HZ,
			 clock.alarm->name);
	return text;
}

void timer_cancel(struct timer *t)
{
	struct timer **at = &clock.queue;

	if (!t->armed)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->armed = false;
}

void timer_arm(struct timer *t, u64 when)
{
	struct timer **at = &clock.queue;

	timer_cancel(t);
	t->when = when;
	while (*at && (*at)->when <= when)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
	t->armed = true;
	timer_stale |= t == clock.queue;
}

/* Without this the timer would never be set again: it seems to be set already. */
static NOINLINE bool look_for_lost(u64 now)
{
	static bool said;

	if (now < clock.programmed + LOST_NS || pic_pending(0))
		return false;
	clock.programmed = 0;
	timer_stale = true;
	if (!said)
		log_line(LOG_WARN, NULL,
			 "a timer interrupt is late or lost: the timer is set again");
	said = true;
	return true;
}

static inline bool check_lost(u64 now)
{
	return clock.programmed && look_for_lost(now);
}

void timer_run(void)
{
	u64 now = now_ns();

	(void)check_lost(now);
	while (clock.queue && clock.queue->when <= now) {
		struct timer *t = clock.queue;

		timer_cancel(t);
		t->fire(t);
		now = now_ns();
	}
}

void timer_program(void)
{
	u64 now, left;
	u32 ticks;

	timer_stale = false;
	if (!clock.tsc_khz || !clock.queue)
		return;
	/* The PIT's grain rounds up; loading it anew at every entry would put it off for ever. */
	now = now_ns();
	if (clock.programmed && clock.programmed <= clock.queue->when + PIT_NS(2) &&
	    !check_lost(now))
		return;
	left = clock.queue->when > now ? clock.queue->when - now : 0;
	left = MIN(left, PIT_NS(PIT_MAX));
	/* Rounded up: an interrupt a little late finds its deadline passed, one early does not. */
	ticks = (u32)left / 838u + 1;
	ticks = MIN(ticks, PIT_MAX);
	clock.alarm->oneshot(ticks);
	clock.programmed = now + PIT_NS(ticks) + 1;
	if (clock.programmed > clock.queue->when && left == PIT_NS(PIT_MAX))
		clock.programmed = now + left;
}
