/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partitions of a disk. For disks.c alone. */
#ifndef DEVICES_HOST_DISK_PARTITION_H
#define DEVICES_HOST_DISK_PARTITION_H

#include "devices/block.h"

/* Partition `number` (1..) of a disk, as a disk of its own, whose name is the disk's and the
 * number: those of an MBR (5.. the logical ones), or of a GUID partition table. It is looked up
 * once. NULL: *why says what is wrong. */
struct blk_backend *partition_find(struct blk_backend *whole, u32 number, const char **why);

#endif
