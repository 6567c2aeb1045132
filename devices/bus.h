/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a guest's bus, for the files of devices/ only. It lives in the guest's arena;
 * what it holds outside (network ports, uses of a disk) bus_detach() gives back.
 */
#ifndef DEVICES_BUS_H
#define DEVICES_BUS_H

#include "devices/devices.h"
#include "devices/pci/pci.h"

struct vdev;

struct bus {
	struct pci_bus pci;
	struct vdev *vdev[PCI_DEVICES]; /* by device number; [0] and free places are NULL */
	u32 devices;			/* numbers given so far, the bridge included */
	gpa_t window;			/* the device window's first byte */
	struct arena *arena;
	struct gmem *mem;
	const struct bus_ops *ops;
	void *ctx;
	char name[32]; /* the guest's, for log lines */
};

/* Pages of the device window: one for each device, and as many again to move BARs about. */
#define BUS_WINDOW_PAGES 32u

/* Legacy ports (ports.c): what a kernel probes beside PCI. Whole bytes, any port. */
u8 legacy_port_in(u16 port);

#endif
