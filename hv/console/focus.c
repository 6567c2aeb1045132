/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is heard and seen. The screen follows the focus of the serial line when that goes to a guest
 * with a display. Turning it by key moves the serial line along, unless nobody has that: then all
 * guests' lines go on appearing there.
 */
#include "devices/devices.h"
#include "devices/screen.h"
#include "hv/console/console.h"
#include "hv/console/follow.h"
#include "hv/guest/guest.h"
#include "lib/log.h"

bool console_set_focus(struct guest *g)
{
	if (!console_follow(g))
		return false;
	if (g)
		(void)screen_focus(g); /* it may have no display */
	return true;
}

/* What the configuration gave the serial line to gets the screen, too. */
void screen_started(struct guest *g)
{
	struct display_mode m;

	if (!bus_display(g->bus, &m))
		return;
	log_line(LOG_INFO, g->name, "display %ux%u at %#x", m.width, m.height, m.address);
	if (console_focus() == g)
		(void)screen_focus(g);
}

/* Show the guest of this bus. */
static void turn_to(const struct bus *b)
{
	for (u32 i = 0; b && i < guest_count; i++) {
		struct guest *g = &guests[i];

		if (g->bus != b)
			continue;
		if (console_focus() && console_set_focus(g))
			return;
		(void)screen_focus(g);
	}
}

void screen_turn(void)
{
	turn_to(screen_next());
}

void screen_select(u32 n)
{
	turn_to(screen_nth(n - 1));
}
