/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Displays and the one screen they share, private to devices/. A display is a PCI function of a
 * guest (display.c); at most one of all has the screen (screen.c).
 *
 * The pixels of a display are in exactly one of two places: in the real framebuffer while it has
 * the screen, else in its private frames, which it holds all its life.
 */
#ifndef DEVICES_DISPLAY_H
#define DEVICES_DISPLAY_H

#include "devices/bus.h"

#define DISPLAY_BPP 32u

struct display {
	struct pci_function pci; /* first */
	struct pci_membar pixels;
	struct bus *bus;
	u32 width, height, stride;
	u32 pages;    /* of the picture; the BAR may be larger */
	pfn_t *frame; /* the private ones */
	u32 presents;
	u32 touches; /* calls of the first-touch handler */
	struct display *next;
};

/* Join those that share the screen; who is alone gets it at once. */
void screen_join(struct display *d);
/* Leave; who had the screen gives it to the next one. */
void screen_leave(struct display *d);
bool screen_has(const struct display *d);

#endif
