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
	u32 work;			/* bit per device number: it has some for bus_poll() */
	u32 last;			/* whose work came last */
	s32 budget;			/* what is left for this call of bus_poll(), or this exit */
	bool polled;			/* there are functions with a poll() */
	bool stalled;
	u32 held; /* requests of a device that was reset, in which a disk works still */
	struct arena *arena;
	struct gmem *mem;
	const struct bus_ops *ops;
	void *ctx;
	char name[32]; /* the guest's, for log lines */
};

/* What bus_poll() does at once, in instructions, about. One more step of one device comes on top:
 * 64 buffers of 511 pieces in all to be followed and a frame of 64 KiB to be copied into them, or
 * 32 KiB of a disk to be copied twice. docs/limits.md states what the two may come to. */
#define BUS_BUDGET 100000
/* An access to a register or a port, its emulation included: a string instruction makes many. */
#define COST_ACCESS 1500u
/* Work of about so many instructions was done. */
static inline void bus_spend(struct bus *b, u32 instructions)
{
	b->budget -= (s32)instructions;
}
/* A BAR of so many pages was moved. */
#define COST_MOVED_PAGE 200u
static inline bool bus_spent(const struct bus *b)
{
	return b->budget <= 0;
}

/* A disk of the machine goes on in the guest's memory although the device was reset: as on a
 * machine where the write to the register takes so long, the guest does not run until it was let
 * go. */
static inline void bus_hold(struct bus *b)
{
	b->held++;
	b->ops->work(b->ctx); /* its turn ends */
}

static inline void bus_let_go(struct bus *b)
{
	if (--b->held == 0)
		b->ops->work(b->ctx);
}

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
