/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A channel of parallel ATA and its drives. Private to the finder (ata_probe.c) and the driver
 * (ata.c). "BM" is the Programming Interface for Bus Master IDE Controller, revision 1.0.
 */
#ifndef DEVICES_HOST_DISK_ATA_CHANNEL_H
#define DEVICES_HOST_DISK_ATA_CHANNEL_H

#include "devices/host/disk/packet.h"
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

#define ATA_NOBODY   0xffu /* a bus with no drive that drives it */
#define ATA_SLAVE    0x10u /* device register */
#define ATA_LBA	     0x40u
#define ATA_OBSOLETE 0xa0u /* two bits that old drives want set */

/* Control port: alternate status when read. */
#define ATA_NIEN 0x02u
#define ATA_SRST 0x04u

struct ata_disk {
	struct disk disk; /* first */
	struct ata_identity id;
	u8 select; /* ATA_SLAVE or 0 */
	u32 dma_faults;
	bool multiple; /* SET MULTIPLE is in effect */
	bool packet;   /* a CD-ROM drive */
};

/* Physical region descriptor (BM 1.2): at most 64 KiB that cross no 64 KiB border. */
struct ata_region {
	u32 address;
	u16 bytes; /* 0 = 64 KiB */
	u16 end;   /* 0x8000 in the last one */
};
_Static_assert(sizeof(struct ata_region) == 8, "BM 1.2");
#define ATA_REGIONS 512u
#define ATA_PIECES  240u /* stretches of memory of a command */
_Static_assert(DISK_PIECE <= ATA_LBA28_MOST, "ATA vol. 1: the most sectors of a 28-bit command");
_Static_assert(ATA_REGIONS * sizeof(struct ata_region) <= PAGE_SIZE, "BM 1.2: no 64 KiB border");
_Static_assert(ATA_REGIONS >= 2 * ATA_PIECES + DISK_MOST * SECTOR_SIZE / KIB(64),
	       "of a stretch that begins anywhere one more than it has 64 KiB");

/* The state of the command that a channel carries out. */
enum ata_phase {
	ATA_IDLE,
	ATA_PIO_READ,
	ATA_PIO_WRITE,
	ATA_WAIT, /* no data: a flush */
	ATA_DMA,
	ATA_PACKET,
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
	/* A packet command; bytes before those that are wanted, and of those still to come. */
	u8 packet[PACKET_BYTES];
	bool packet_given;
	u32 packet_skip, packet_bytes, packet_tries;
};

extern const struct disk_driver ata_driver;
bool ata_interrupt(void *channel);

/* ata_dma.c: give the drive a command whose data the bus master moves. */
void ata_dma_start(struct ata_channel *ch, const struct disk_cmd *c, u8 code);
/* The bus master says that it is through, or that it failed. */
bool ata_dma_over(const struct ata_channel *ch, bool *error);
/* It moves nothing any more, whatever it was doing. */
void ata_dma_stop(struct ata_channel *ch);

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
