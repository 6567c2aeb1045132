/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, from the serial line and the keyboard: to the prompt while it is open, else to a guest. */
#include "devices/devices.h"
#include "devices/host/ps2.h"
#include "devices/host/scancode.h"
#include "devices/host/textscreen.h"
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/console/frames.h"
#include "hv/console/guest_side.h"
#include "hv/console/status.h"
#include "hv/console/terminal.h"
#include "hv/guest/guest.h"
#include "hv/time/time.h"
#include "lib/log.h"

#define KEYS_MAX 64u /* taken at one console_poll() */

/* A paste goes as fast as its reader. One who takes nothing for so long does not read at all: then
 * what is typed is dropped, so that Ctrl-A comes through. */
#define STALL_NS 2000000000ull
#define QUIET_NS 500000000ull /* the dropped ones are counted up to a pause like this */

static struct {
	bool hinted;	/* that keys go nowhere */
	bool wait;	/* some guest's input buffer is not empty */
	u64 full_since; /* the listener has no room for a key; 0: it has */
	struct guest *deaf;
	u32 dropped; /* keys for it */
	struct timer recheck, say;
} keys;

/* The focused guest, else the one on the screen, else the only one that runs; NULL when there is no
 * such. */
static struct guest *listener(void)
{
	struct guest *only = NULL;

	if (console_focus() || screen_guest())
		return console_focus() ? console_focus() : screen_guest();
	for (u32 i = 0; i < guest_count; i++) {
		if (guests[i].state != GUEST_RUNNING)
			continue;
		if (only)
			return NULL;
		only = &guests[i];
	}
	return only;
}

static void say_dropped(struct timer *t)
{
	(void)t;
	if (keys.dropped)
		log_line(LOG_WARN, keys.deaf->name,
			 "%u bytes of input were dropped: the guest does not read its console",
			 keys.dropped);
	keys.dropped = 0;
}

static void drop(struct guest *g)
{
	if (g != keys.deaf)
		say_dropped(NULL);
	keys.deaf = g;
	keys.dropped++;
	keys.say.fire = say_dropped;
	timer_arm(&keys.say, now_ns() + QUIET_NS);
}

static void look_again(struct timer *t)
{
	(void)t; /* console_poll() is next */
}

/* Leave keys where they are: who is to have them has no room, and may soon have some. */
static bool must_wait(void)
{
	struct guest *g;

	if (!keys.wait) { /* where nothing waits nothing is full */
		keys.full_since = 0;
		return false;
	}
	g = console_prompt_open() ? NULL : listener();
	if (!g || !g->console || guest_key_room(g)) {
		keys.full_since = 0;
		return false;
	}
	if (!keys.full_since) {
		keys.full_since = now_ns();
		keys.recheck.fire = look_again;
		timer_arm(&keys.recheck, keys.full_since + STALL_NS);
	}
	return now_ns() - keys.full_since < STALL_NS;
}

void console_type(char c)
{
	struct guest *g = listener();

	if (g && g->console) {
		if (guest_key(g, c))
			keys.wait = true;
		else
			drop(g);
		keys.hinted = false;
		return;
	}
	if (!keys.hinted)
		log_line(LOG_INFO, NULL, "nobody gets the keys: Ctrl-A, then focus NAME");
	keys.hinted = true;
}

static void take_key(char c)
{
	if (!console_prompt_key(c))
		console_type(c);
}

static void feed_guests(void)
{
	keys.wait = false;
	for (u32 i = 0; i < guest_count; i++) {
		struct guest *g = &guests[i];

		if (!g->console || !g->console->in.len)
			continue;
		if (g->state == GUEST_RUNNING && g->bus)
			guest_feed(g);
		keys.wait |= g->console->in.len != 0;
	}
}

/* At the machine's own keyboard: who types wants to see the end. */
static void typed(char c, bool frames)
{
	text_look_end();
	terminal_show();
	(frames ? console_type : take_key)(c);
}

bool console_poll(void)
{
	bool frames = frames_on();
	u32 n, i = 0;
	s32 pages;
	int c;

	for (; i < KEYS_MAX && (frames || !must_wait()) && (c = uart_getc()) >= 0; i++) {
		if (!frames)
			take_key((char)c);
		else if (frames_take((char)c))
			keys.wait = true;
	}
	for (; i < KEYS_MAX && (frames || !must_wait()) && (c = ps2_getc()) >= 0; i++)
		typed((char)c, frames);
	pages = scancode_pages();
	if (pages) {
		text_look_back(pages);
		terminal_show();
	}
	status_poll();
	n = scancode_hot_key();
	if (n)
		screen_select(n);
	if (keys.wait)
		feed_guests();
	return i == KEYS_MAX;
}
