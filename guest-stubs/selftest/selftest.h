/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selftest: what its files share. A test returns NULL, or a text that says what was wrong.
 * For the files of this guest. */
#ifndef GUEST_SELFTEST_H
#define GUEST_SELFTEST_H

#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"

struct test {
	const char *name;
	const char *(*run)(void);
};

/* Each ends with a row without a name. */
extern const struct test paging_tests[], execute_tests[], space_tests[], trap_tests[], user_tests[];
extern const struct test instruction_tests[], time_tests[], ring_tests[], device_tests[];
extern const struct test folded_tests[], flag_tests[], stack_segment_tests[], protection_tests[];
extern const struct test text_tests[];

/* The text of a failure, valid until the next one. */
const char *fail(const char *fmt, ...) PRINTF(1, 2);

#define CHECK(condition, text)       \
	do {                         \
		if (!(condition))    \
			return text; \
	} while (0)

#define CHECK_EQ(got, want, what)                                           \
	do {                                                                \
		u32 got_ = (u32)(got), want_ = (u32)(want);                 \
		if (got_ != want_)                                          \
			return fail("%s is %x, not %x", what, got_, want_); \
	} while (0)

/* ---- A user address space to play in ------------------------------------------------------ */

#define PLACE	   0x10000000u /* free for tests, like everything above it to 0x70000000 */
#define HIGH_PLACE 0xe0000000u /* free in the kernel half */

void place_init(void);
extern u32 user_root; /* current when a test starts; a test that changes CR3 puts it back */

/* Memory edits: the entry only, without a word to the hypervisor. */
void edit_pte(u32 root, u32 va, u32 entry);
u32 see_pte(u32 root, u32 va);

/* Accesses for probe(): its argument is the address. */
void read_at(u32 va);
void write_at(u32 va);
void call_at(u32 va); /* of code that may change EAX and EDX */
/* Is NX to be had? A CPU without it does not tell a fetch from a read, either. With two levels
 * there is no bit for it. */
bool nx(void);
u32 peek(u32 va);
void poke(u32 va, u32 value);

/* (folded.c) A device's register of 16 bits, which holds `value` now. NULL: no console. */
volatile u8 *device_cell16(u16 value);

/* ---- The timer (alarm.c) ------------------------------------------------------------------ */

#define MS	 1000000u /* in ns */
#define PATIENCE 60000u	  /* ms to wait for what must come */

extern volatile u32 fired;  /* interrupts since the beginning of a test */
extern u32 flag_in_handler; /* bits of the virtual flag that on_timer() saw */
void on_timer(u32 line);
void alarm_in(u32 ns); /* 0: not at all */
/* Start a test: handler in place, line open, flag off, nothing pending. */
void alarm_fresh(void);
bool wait_for(volatile const u32 *what, u32 value, u32 ms);
void pass_time(u32 ms);

#endif
