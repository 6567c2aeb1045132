/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen that guests with a display share: whether there is one, and whose picture it shows.
 */
#include "devices/screen.h"
#include "devices/devices.h"
#include "devices/host/framebuffer.h"
#include "devices/host/textscreen.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/time/time.h"
#include "lib/log.h"
#include "lib/string.h"

#define BURST_NS 2000000ull /* the guests run that long between two turns */

static struct {
	const char *name; /* of what it is; NULL: there is none */
	u32 burst;	  /* turns left */
	u32 burst_all;
	struct timer timer;
} scr;

static bool wanted(void)
{
	for (u32 i = 0; i < config.guests; i++)
		if (config.guest[i].display_width)
			return true;
	return false;
}

void screen_init(const struct framebuffer_info *loader)
{
	if (!wanted())
		return;
	scr.name = screen_find(loader);
	if (!scr.name) {
		log_line(LOG_WARN, NULL,
			 "screen: none; the loader's mode is %ux%u, %u bits at %#llx",
			 loader->width, loader->height, loader->bpp,
			 (unsigned long long)loader->address);
		return;
	}
	log_line(LOG_INFO, NULL, "screen: %s; text is on the serial line only from here on",
		 scr.name);
	text_off(); /* or text would be written into pictures */
}

const char *screen_refusal(void)
{
	static char why[80];
	u32 w, h;

	if (!scr.name)
		return "this machine has neither a Bochs VBE adapter nor a 32-bit graphics mode";
	if (!framebuffer_fixed(&w, &h))
		return "more than the adapter's memory";
	snprintf(why, sizeof(why), "the screen is in a mode of its own; give display=%ux%u", w, h);
	return why;
}

struct guest *screen_guest(void)
{
	const struct bus *b = screen_shown();

	for (u32 i = 0; b && i < guest_count; i++)
		if (guests[i].bus == b)
			return &guests[i];
	return NULL;
}

bool screen_focus(struct guest *g)
{
	return g->bus && screen_show(g->bus);
}

static void burst(struct timer *t)
{
	const struct bus *next = screen_next();

	if (next)
		(void)screen_show(next);
	if (next && --scr.burst) {
		timer_arm(t, now_ns() + BURST_NS);
		return;
	}
	log_line(LOG_INFO, NULL, "screen: %u switches done", scr.burst_all - scr.burst);
	scr.burst = 0;
}

void screen_burst(u32 n)
{
	scr.burst_all = scr.burst = n;
	scr.timer.fire = burst;
	if (n)
		timer_arm(&scr.timer, now_ns() + BURST_NS);
}
