/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks of the machine, for the guests that the configuration gives them to. For hv/. None is
 * looked for, let alone touched, before the first one is asked for.
 */
#ifndef DEVICES_HOST_DISK_DISKS_H
#define DEVICES_HOST_DISK_DISKS_H

#include "devices/block.h"

/* hda and hdb are master and slave of the first ATA channel, hdc and hdd of the second, hde to
 * hdh those of a PCI controller that is not at the conventional ports; sda, sdb, ... are those of
 * AHCI controllers, vda, vdb, ... virtio disks, both in PCI order. A number behind such a name is a
 * partition: hda1. NULL: there is no such disk; *why is a sentence for the user then. */
struct blk_backend *host_disk(const char *name, const char **why);
/* The driver that knows this controller, used or not; NULL: there is none. */
struct host_function;
const char *host_disk_driver(const struct host_function *f);
/* Commands are under way: host_disks_poll() is to be called about twice a second. It serves what
 * an interrupt should have announced and did not, and gives up what takes too long. */
bool host_disks_busy(void);
void host_disks_poll(u64 now_ns);

#endif
