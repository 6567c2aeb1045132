/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network cards of the machine as ports of the guests' networks. For hv/. None is looked for, let
 * alone touched, before the first one is asked for.
 */
#ifndef DEVICES_HOST_NET_CARDS_H
#define DEVICES_HOST_NET_CARDS_H

#include "lib/base.h"

/* Make a network card a port of the network; cards are nic0, nic1, ... in PCI order of those we
 * have a driver for. `mac` receives the card's address. HV_ABSENT: no such card; HV_BUSY: it is
 * on a network already; HV_IO: it does not work; HV_NOMEM. */
MUST_CHECK enum hv_status host_nic_bridge(const char *name, const char *network, u8 mac[6]);
/* The driver that knows this card, used or not; NULL: there is none. */
struct host_function;
const char *host_nic_driver(const struct host_function *f);
/* Frames that one interrupt's worth of work left over; true: there are more still. */
bool host_nics_poll(void);

#endif
