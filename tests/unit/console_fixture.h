/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console between two guests, A and B, and the devices as far as it sees them: a serial line, a
 * screen, a keyboard, timers, the monitor. The tests play guests and people.
 */
#ifndef TESTS_UNIT_CONSOLE_FIXTURE_H
#define TESTS_UNIT_CONSOLE_FIXTURE_H

#include "devices/devices.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/time/time.h"
#include "tests/unit/support.h"

extern char serial[65536]; /* what the terminal got, without the carriage returns we add */
extern u32 serial_len;
extern char typed[4096]; /* typed, not yet read */
extern u32 typed_at, typed_len;
extern u64 now; /* nanoseconds; time stands still but for this */
#define TIMERS 8
extern struct timer *armed[TIMERS];
extern char ran[128];	     /* the monitor's last command */
extern void (*on_run)(void); /* what else a command does */
extern char taken[2][4096];  /* what each guest read from its console */
extern u32 takes[2];	     /* how much each still takes */

extern u32 room; /* of the line's buffer */

/* A screen that is slow to draw, as far as the terminal sees it. */
extern bool slow_screen;
extern u32 undrawn;

extern bool no_keyboard; /* the machine has none */

extern const char *keyboard; /* typed at it; NULL: nothing */

extern s32 pages, looked_back; /* asked for by keys, and shown: back in the text, in half screens */

extern u32 hot_key;			/* for the n-th guest's picture */
extern struct guest *on_screen, *asked; /* whose picture is seen, and whose was asked for */

#define A (&guests[0])
#define B (&guests[1])

int console_setup(void **state);
int console_teardown(void **state);
/* A guest prints; somebody types at the serial line. */
void out(struct guest *g, const char *text);
void type(const char *text);

/* The text on the serial line since the last look, without carriage returns before newlines. */
void expect(const char *want);

/* Let the time pass and the timer fire. */
void second_passes(void);
void poll_times(u32 times); /* the console is asked so often */

#endif
