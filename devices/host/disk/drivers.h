/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drivers of disks. For the table in disks.c alone. Each finds its disks and offers them by
 * disk_add(). */
#ifndef DEVICES_HOST_DISK_DRIVERS_H
#define DEVICES_HOST_DISK_DRIVERS_H

#include "lib/base.h"

struct host_function;

void ata_probe(void);
void ahci_probe(void);
void virtio_blk_probe(void);

/* Is this controller one for the driver? */
bool ata_knows(const struct host_function *f);
bool ahci_knows(const struct host_function *f);
bool virtio_blk_knows(const struct host_function *f);

#endif
