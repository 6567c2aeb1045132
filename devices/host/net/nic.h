/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What drivers of network cards share. A card is a port of the switch: it takes in every frame
 * of its cable and sends what the switch has for it. Private to this folder.
 */
#ifndef DEVICES_HOST_NET_NIC_H
#define DEVICES_HOST_NET_NIC_H

#include "devices/host/pci.h"
#include "devices/netswitch.h"

#define NIC_BUFFER    2048u /* holds any frame; two a page */
#define NIC_FRAME_MIN 60u   /* what Ethernet wants at least, without the checksum */
#define NIC_NAME      12u   /* nic0, isa300-10 */
#define NIC_BUDGET    64u   /* frames taken in at once */
_Static_assert(NIC_BUFFER >= FRAME_MAX + 4, "a frame with its checksum");
_Static_assert(PAGE_SIZE % NIC_BUFFER == 0, "no buffer crosses a page");

struct nic;

struct nic_driver {
	const char *name;
	u16 vendor;
	const u16 *devices; /* ends with 0 */
	/* Reset the card and make it ready, its address in port.mac, its line in irq; it must be
	 * silent still. HV_IO, HV_NOMEM: it stays silent for good. */
	enum hv_status (*open)(struct nic *n, const struct host_function *f);
	void (*go)(struct nic *n);
	/* Where the next frame to be sent goes; NULL: no room. */
	u8 *(*room)(struct nic *n);
	void (*send)(struct nic *n, u32 len); /* the frame is there, NIC_FRAME_MIN.. bytes */
	/* The line was raised, perhaps by another card: quieten the card and take in up to
	 * `budget` frames. True: there may be more. */
	bool (*serve)(struct nic *n, u32 budget);
};

struct nic {
	struct net_port port; /* first */
	const struct nic_driver *driver;
	char name[NIC_NAME];
	struct host_function pci;
	u16 isa_port; /* on the ISA bus, which has no functions; 0: it is not there */
	u8 irq;
	bool up;     /* open: it is on a network */
	bool more;   /* serve() left something over */
	bool raised; /* serve() found that this card had raised its line */
	u32 dropped;
	void *data; /* the driver's own */
};

/* A frame came in, without its checksum. */
void nic_receive(struct nic *n, const u8 *frame, u32 len);
/* How the switch sends through a card. */
extern const struct net_port_ops nic_port_ops;

#endif
