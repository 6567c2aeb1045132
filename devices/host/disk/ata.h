/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATA commands, and a drive's description of itself (ata_identify.c). For the drivers of parallel
 * ATA and of AHCI. "ATA" is ATA/ATAPI-7 volume 1 and 2 (T13/1532D).
 */
#ifndef DEVICES_HOST_DISK_ATA_H
#define DEVICES_HOST_DISK_ATA_H

#include "devices/block.h"
#include "lib/base.h"

#define ATA_ERR	 0x01u
#define ATA_DRQ	 0x08u
#define ATA_DF	 0x20u
#define ATA_BSY	 0x80u
#define ATA_ICRC 0x80u /* error register: the transfer, not the medium */

enum ata_command {
	ATA_CMD_READ = 0x20,
	ATA_CMD_READ_EXT = 0x24,
	ATA_CMD_READ_DMA_EXT = 0x25,
	ATA_CMD_READ_MULTIPLE_EXT = 0x29,
	ATA_CMD_WRITE = 0x30,
	ATA_CMD_WRITE_EXT = 0x34,
	ATA_CMD_WRITE_DMA_EXT = 0x35,
	ATA_CMD_WRITE_MULTIPLE_EXT = 0x39,
	ATA_CMD_PACKET = 0xa0,
	ATA_CMD_IDENTIFY_PACKET = 0xa1,
	ATA_CMD_READ_MULTIPLE = 0xc4,
	ATA_CMD_WRITE_MULTIPLE = 0xc5,
	ATA_CMD_SET_MULTIPLE = 0xc6,
	ATA_CMD_READ_DMA = 0xc8,
	ATA_CMD_WRITE_DMA = 0xca,
	ATA_CMD_FLUSH = 0xe7,
	ATA_CMD_FLUSH_EXT = 0xea,
	ATA_CMD_IDENTIFY = 0xec,
	ATA_CMD_SET_FEATURES = 0xef,
};
#define ATA_FEATURE_CACHE_OFF 0x82u
#define ATA_FEATURE_DMA	      0x01u /* of PACKET: its data comes by DMA */

#define ATA_LBA28_SECTORS (1ull << 28)
#define ATA_LBA28_MOST	  256u /* sectors of a command with 28 bits */
#define ATA_DMA_ALIGN	  4u   /* even would do (BM 1.2, AHCI 4.2.3.3); not for all controllers */
#define ATA_WORDS	  256u /* of a sector */
/* Sectors moved by the CPU in one go: what a PIO mode 0 drive needs 1.2 ms for. */
#define ATA_BLOCK_MAX 8u
_Static_assert(ATA_WORDS * 2 == SECTOR_SIZE, "a block of PIO is whole sectors");
_Static_assert((ATA_BLOCK_MAX & (ATA_BLOCK_MAX - 1)) == 0, "ATA vol. 1, 6.40: a power of two");

/* What IDENTIFY DEVICE told. */
struct ata_identity {
	char model[41];
	u64 sectors;
	bool lba48;
	bool dma;	  /* there is a DMA mode, and the BIOS chose one */
	bool flush;	  /* FLUSH CACHE works, */
	bool flush_ext;	  /* and the 48-bit one */
	bool write_cache; /* on now */
	u32 block;	  /* sectors per interrupt: 1, or for SET MULTIPLE a power of two */
};
void ata_model(const u16 words[ATA_WORDS], char model[41]);
/* Read the 256 words. NULL, or why this disk cannot be used. */
const char *ata_identify(const u16 words[ATA_WORDS], struct ata_identity *out);

#endif
