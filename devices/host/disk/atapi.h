/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet commands by PIO on a channel of parallel ATA. For ata.c and ata_probe.c. */
#ifndef DEVICES_HOST_DISK_ATAPI_H
#define DEVICES_HOST_DISK_ATAPI_H

#include "devices/host/disk/ata_channel.h"

enum atapi_result {
	ATAPI_WAITS, /* for the drive */
	ATAPI_WORKED,
	ATAPI_DONE,
	ATAPI_FAILED, /* the drive's error register has the sense key in its high half */
};

/* Give the selected drive, which is idle, a READ of the blocks that these sectors lie in; what is
 * asked for goes to `to`. */
void atapi_read(struct ata_channel *ch, u64 sector, u32 sectors, void *to);
/* The drive is not busy: do what it wants. */
enum atapi_result atapi_serve(struct ata_channel *ch);

/* The size of the disc in sectors, by polling. NULL, or why it cannot be used. Takes some seconds
 * at most, when the disc was just put in. */
const char *atapi_capacity(struct ata_channel *ch, u64 *sectors);

#endif
