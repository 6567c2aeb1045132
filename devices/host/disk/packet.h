/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets for CD-ROM drives, and what they answer ("MMC" is Multi-Media Commands 4, "SPC" SCSI
 * Primary Commands 3). Nothing here touches hardware. For the drivers of ATA and AHCI.
 */
#ifndef DEVICES_HOST_DISK_PACKET_H
#define DEVICES_HOST_DISK_PACKET_H

#include "devices/host/disk/ata.h"

#define PACKET_BYTES 12u
#define CD_BLOCK     2048u
#define CD_SECTORS   (CD_BLOCK / SECTOR_SIZE)
_Static_assert(CD_BLOCK % SECTOR_SIZE == 0, "a block is whole sectors");

/* A READ of the blocks that these sectors lie in; how many blocks that is. */
u32 packet_read(u8 packet[PACKET_BYTES], u64 sector, u32 sectors);

/* What IDENTIFY PACKET DEVICE told: is it a drive whose disc can be read so? NULL, or why not. */
const char *packet_drive(const u16 words[ATA_WORDS]);

/* Carry out a packet at once, by polling. False: *error is the drive's error register. */
typedef bool packet_run(void *ctx, const u8 packet[PACKET_BYTES], void *to, u32 bytes, u8 *error);
/* The size of the disc in sectors. NULL, or why it cannot be used. Takes some seconds at most, when
 * the disc was just put in. */
const char *packet_capacity(packet_run *run, void *ctx, u64 *sectors);

#endif
