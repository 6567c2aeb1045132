/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one real screen and the displays that share it. Changing who is seen means: the old one's
 * pages are revoked, so that nothing can be drawn any more; its picture is copied out, the new
 * one's is copied in; both find their pages again by touching them.
 *
 * Displays live in their guests' arenas; they join when they are complete and leave before
 * they go. No frame changes hands at a switch.
 */
#include "devices/screen.h"

#include "devices/display.h"
#include "devices/host/framebuffer.h"
#include "lib/string.h"

static struct {
	struct display *first; /* in the order in which they joined */
	struct display *shown; /* NULL only when there is none */
	u32 switches;
} screen;

const char *screen_find(const struct framebuffer_info *loader)
{
	return framebuffer_find(loader);
}

bool screen_has(const struct display *d)
{
	return screen.shown == d;
}

u32 screen_switches(void)
{
	return screen.switches;
}

/* The whole picture, from the real screen to the private frames or back. */
static void copy_picture(const struct display *d, bool out)
{
	u8 *real = framebuffer_memory();

	for (u32 i = 0; i < d->pages; i++, real += PAGE_SIZE) {
		void *own = frame_map(d->frame[i]);

		if (out)
			memcpy(own, real, PAGE_SIZE);
		else
			memcpy(real, own, PAGE_SIZE);
		frame_unmap(own);
	}
}

static void hide(void)
{
	struct display *d = screen.shown;

	screen.shown = NULL;
	if (!d)
		return;
	pci_membar_clear(&d->pixels, true);
	copy_picture(d, true);
}

static void show(struct display *d)
{
	hide();
	if (!d)
		return;
	pci_membar_clear(&d->pixels, false);
	framebuffer_set(d->width, d->height);
	copy_picture(d, false);
	screen.shown = d;
	screen.switches++;
}

void screen_join(struct display *d)
{
	struct display **at = &screen.first;

	while (*at)
		at = &(*at)->next;
	*at = d;
	if (!screen.shown)
		show(d);
}

void screen_leave(struct display *d)
{
	struct display **at = &screen.first;

	while (*at && *at != d)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = d->next;
	if (screen.shown != d)
		return;
	pci_membar_clear(&d->pixels, true);
	screen.shown = NULL;
	show(d->next ? d->next : screen.first);
}

static struct display *display_of(const struct bus *b)
{
	struct display *d = screen.first;

	while (d && d->bus != b)
		d = d->next;
	return d;
}

bool screen_show(const struct bus *b)
{
	struct display *d = display_of(b);

	if (d && d != screen.shown)
		show(d);
	return d;
}

const struct bus *screen_next(void)
{
	const struct display *d = screen.shown ? screen.shown->next : NULL;

	if (!d)
		d = screen.first;
	return d ? d->bus : NULL;
}

const struct bus *screen_nth(u32 n)
{
	const struct display *d = screen.first;

	while (d && n--)
		d = d->next;
	return d ? d->bus : NULL;
}

const struct bus *screen_shown(void)
{
	return screen.shown ? screen.shown->bus : NULL;
}
