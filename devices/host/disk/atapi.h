/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet commands by PIO, as CD-ROM drives on a channel of parallel ATA want them ("MMC" is
 * Multi-Media Commands 4, "SPC" SCSI Primary Commands 3). For ata.c and ata_probe.c.
 */
#ifndef DEVICES_HOST_DISK_ATAPI_H
#define DEVICES_HOST_DISK_ATAPI_H

#include "devices/host/disk/ata_channel.h"

#define CD_BLOCK   2048u /* bytes */
#define CD_SECTORS (CD_BLOCK / SECTOR_SIZE)

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

/* What IDENTIFY PACKET DEVICE told: is it a drive whose disc can be read so? NULL, or why not. */
const char *atapi_identify(const u16 words[ATA_WORDS]);
/* The size of the disc in sectors, by polling. NULL, or why it cannot be used. Takes some seconds
 * at most, when the disc was just put in. */
const char *atapi_capacity(struct ata_channel *ch, u64 *sectors);

#endif
