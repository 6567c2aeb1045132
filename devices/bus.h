/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a guest's bus. For the files of devices/ only. It lives in the guest's arena;
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
	u64 free;			/* the first address behind it that no BAR was given */
	struct arena *arena;
	struct gmem *mem;
	const struct bus_ops *ops;
	void *ctx;
	char name[32]; /* the guest's, for log lines */
};

/* Pages of the device window: one for each device, and as many again to move BARs about. */
#define BUS_WINDOW_PAGES 32u
_Static_assert(BUS_WINDOW_PAGES >= 2 * PCI_DEVICES, "a page for each, and as many again");

/* Address for a BAR of `size` (a power of two of at least a page) behind the window, naturally
 * aligned; 0: there is none left below 4 GiB. */
gpa_t bus_place(struct bus *b, u32 size);
/* Give a function the next device number, and its header's fixed fields: identity, class, the
 * BAR of registers in the window. HV_NOMEM: no number left. */
MUST_CHECK enum hv_status bus_plug(struct bus *b, struct pci_function *f,
				   const struct pci_function_ops *ops, u32 id, u32 class);

/* Legacy ports (ports.c): what a kernel probes beside PCI. Whole bytes, any port. */
u8 legacy_port_in(u16 port);

#endif
