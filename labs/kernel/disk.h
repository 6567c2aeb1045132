/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B6: the first disk, in sectors of 512 bytes. False: there is none, or it failed. */
#ifndef LABS_KERNEL_DISK_H
#define LABS_KERNEL_DISK_H

#include "labs/kernel/types.h"

#define SECTOR 512u

bool disk_init(void);
u32 disk_sectors(void);
bool disk_read(u32 sector, void *to);
bool disk_write(u32 sector, const void *from);
bool disk_flush(void); /* what was written is on the disk, also after a power cut */

#endif
