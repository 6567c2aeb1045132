/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATA disks. Private to the finder (ata_probe.c), the driver (ata.c) and the reader of a drive's
 * description (ata_identify.c). "ATA" is ATA/ATAPI-7 volume 1 and 2 (T13/1532D), "BM" the
 * Programming Interface for Bus Master IDE Controller, revision 1.0.
 * Private to this folder.
 */
#ifndef DEVICES_HOST_DISK_ATA_H
#define DEVICES_HOST_DISK_ATA_H

#include "devices/host/disk/queue.h"
#include "lib/x86.h"

/* Command block, offsets from the channel's base (ATA vol. 2, 5.2). */
enum {
	ATA_DATA,
	ATA_ERROR, /* read; FEATURES when written */
	ATA_COUNT,
	ATA_LBA0,
	ATA_LBA1,
	ATA_LBA2,
	ATA_DEVICE,
	ATA_STATUS, /* reading it quietens the interrupt; COMMAND when written */
};
_Static_assert(ATA_STATUS == 7 && ATA_DEVICE == 6, "ATA vol. 2, 5.2");
#define ATA_FEATURES ATA_ERROR
#define ATA_COMMAND  ATA_STATUS

#define ATA_ERR	     0x01u
#define ATA_DRQ	     0x08u
#define ATA_DF	     0x20u
#define ATA_BSY	     0x80u
#define ATA_NOBODY   0xffu /* a bus with no drive that drives it */
#define ATA_ICRC     0x80u /* error register: the transfer, not the medium */
#define ATA_SLAVE    0x10u /* device register */
#define ATA_LBA	     0x40u
#define ATA_OBSOLETE 0xa0u /* two bits that old drives want set */

/* Control port: alternate status when read. */
#define ATA_NIEN 0x02u
#define ATA_SRST 0x04u

enum ata_command {
	ATA_CMD_READ = 0x20,
	ATA_CMD_READ_EXT = 0x24,
	ATA_CMD_READ_DMA_EXT = 0x25,
	ATA_CMD_READ_MULTIPLE_EXT = 0x29,
	ATA_CMD_WRITE = 0x30,
	ATA_CMD_WRITE_EXT = 0x34,
	ATA_CMD_WRITE_DMA_EXT = 0x35,
	ATA_CMD_WRITE_MULTIPLE_EXT = 0x39,
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

#define ATA_LBA28_SECTORS (1ull << 28)
#define ATA_WORDS	  256u /* of a sector */
/* Sectors moved by the CPU in one go: what a PIO mode 0 drive needs 1.2 ms for. */
#define ATA_BLOCK_MAX 8u
_Static_assert(ATA_WORDS * 2 == SECTOR_SIZE, "a block of PIO is whole sectors");
_Static_assert((ATA_BLOCK_MAX & (ATA_BLOCK_MAX - 1)) == 0, "ATA vol. 1, 6.40: a power of two");
_Static_assert(DISK_PIECE <= 256, "ATA vol. 1: the most sectors of a 28-bit command");

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
/* Read the 256 words. NULL, or why this disk cannot be used. */
const char *ata_identify(const u16 words[ATA_WORDS], struct ata_identity *out);

struct ata_disk {
	struct disk disk; /* first */
	struct ata_identity id;
	u8 select; /* ATA_SLAVE or 0 */
	u32 dma_faults;
	bool multiple; /* SET MULTIPLE is in effect */
};

/* Physical region descriptor (BM 1.2): at most 64 KiB that cross no 64 KiB border. */
struct ata_region {
	u32 address;
	u16 bytes; /* 0 = 64 KiB */
	u16 end;   /* 0x8000 in the last one */
};
_Static_assert(sizeof(struct ata_region) == 8, "BM 1.2");
#define ATA_REGIONS 4u
_Static_assert(ATA_REGIONS >= DISK_PIECE * SECTOR_SIZE / KIB(64) + 2,
	       "a piece that begins anywhere");
/* Describe a stretch of 1..128 KiB; returns how many regions it took. */
u32 ata_regions(struct ata_region table[ATA_REGIONS], u32 address, u32 bytes);

/* The state of the command that a channel carries out. */
enum ata_phase {
	ATA_IDLE,
	ATA_PIO_READ,
	ATA_PIO_WRITE,
	ATA_WAIT, /* no data: a flush */
	ATA_DMA,
	ATA_RESET, /* the drives come back from a software reset */
};

/* A channel with up to two drives, which does one command at a time. */
struct ata_channel {
	struct disk_queue queue; /* first */
	struct ata_disk unit[2];
	u16 base, control; /* control: the port of the control register itself */
	u16 bus_master;	   /* 0 = none */
	u8 irq;
	char letter; /* of its first drive */
	struct disk_cmd *cmd;
	enum ata_phase phase;
	u32 left;     /* sectors the CPU has still to move */
	u8 *at;	      /* from or to here */
	u32 first_ms; /* when the reset began, on the command's clock; 0 = not seen yet */
	bool retry;   /* after the reset the command is tried again */
	struct ata_region *regions;
};

extern const struct disk_driver ata_driver;
bool ata_interrupt(void *channel);

static inline u8 ata_status(const struct ata_channel *ch)
{
	return inb(ch->control);
}

/* The 400 ns after which the status is valid, as four reads of it (ATA vol. 2, 9.2). */
static inline void ata_settle(const struct ata_channel *ch)
{
	for (int i = 0; i < 4; i++)
		(void)ata_status(ch);
}

#endif
