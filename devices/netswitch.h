/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A learning Ethernet switch inside the hypervisor, one for each network name. A port is
 * embedded in whoever is plugged in: a guest's network device, or a driver of a real card.
 * Private to devices/.
 */
#ifndef DEVICES_NETSWITCH_H
#define DEVICES_NETSWITCH_H

#include "lib/base.h"

#define NETWORK_NAME_MAX 16u
#define MAC_BYTES	 6u
#define FRAME_MIN	 14u   /* an Ethernet header */
#define FRAME_MAX	 1518u /* 1500 bytes, header, one VLAN tag; no checksum at the end */

struct net_port;

struct net_port_ops {
	/* Take a frame for this port (FRAME_MIN..FRAME_MAX bytes, valid during the call). It is
	 * queued, sent on or dropped; the switch is never entered from here. */
	void (*deliver)(struct net_port *p, const u8 *frame, u32 len);
};

struct net_port {
	const struct net_port_ops *ops;
	u8 mac[MAC_BYTES];
	bool one_mac; /* only frames from `mac` may come in: set for guests */
	/* The rest is the switch's. */
	struct network *network; /* NULL: not attached */
	struct net_port *next;
	u32 sent;    /* frames taken from this port */
	u32 refused; /* wrong length, or a source address that is not a station's */
	u32 spoofed; /* another one's source address */
};

/* Plug in. The network comes to be with its first port. HV_BADARG: empty or too long a name;
 * HV_BUSY: this MAC address is there already; HV_NOMEM: too many networks. */
MUST_CHECK enum hv_status netswitch_attach(struct net_port *p, const char *network);
/* Pull out; nothing is delivered afterwards. Harmless when not attached. */
void netswitch_detach(struct net_port *p);
/* The one port that a frame goes to which begins with these FRAME_MIN bytes and comes from this
 * one. NULL: it would go to several or to none, or it may not come in. */
struct net_port *netswitch_peer(struct net_port *from, const u8 *frame);
/* A frame from this port: to the port its destination was last seen at, else to all others. How
 * many that were. */
u32 netswitch_send(struct net_port *from, const u8 *frame, u32 len);

#endif
