/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks and network cards of the machine, for the guests that the configuration gives them to.
 * Neither is looked for, let alone touched, before the first one is asked for.
 */
#ifndef DEVICES_HOST_DISK_DISKS_H
#define DEVICES_HOST_DISK_DISKS_H

#include "devices/devices.h"

/* hda and hdb are master and slave of the first ATA channel, hdc and hdd of the second, hde to
 * hdh those of a PCI controller that is not at the conventional ports; vda, vdb, ... are virtio
 * disks in PCI order. NULL: there is no such disk. */
struct blk_backend *host_disk(const char *name);
/* Commands are under way: host_disks_poll() is to be called about twice a second. It serves what
 * an interrupt should have announced and did not, and gives up what takes too long. */
bool host_disks_busy(void);
void host_disks_poll(u64 now_ns);

/* Make a network card a port of the network; cards are nic0, nic1, ... in PCI order of those we
 * have a driver for. `mac` receives the card's address. HV_ABSENT: no such card; HV_BUSY: it is
 * on a network already; HV_IO: it does not work; HV_NOMEM. */
MUST_CHECK enum hv_status host_nic_bridge(const char *name, const char *network, u8 mac[6]);
/* Frames that one interrupt's worth of work left over; true: there are more still. */
bool host_nics_poll(void);

#endif
