/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet commands: see atapi.h. A command is given first, then its packet when the drive asks for
 * it, then data comes in pieces that the drive chooses (ATA vol. 2, 9.10). */
#include "devices/host/disk/atapi.h"

#include "lib/string.h"

#define LIMIT	  (ATA_BLOCK_MAX * SECTOR_SIZE) /* bytes that an interrupt brings at most */
#define DRQ_POLLS 1000u
#define PACKET_US 5000000u
/* The packet is in the channel. Some drives announce that they want it by an interrupt, most do
 * not: where it does not come at once, the next look gives it. */
static void begin(struct ata_channel *ch, void *to, u32 skip, u32 bytes)
{
	ch->at = to;
	ch->packet_skip = skip;
	ch->packet_bytes = bytes;
	ch->packet_given = false;
	outb(ch->base + ATA_FEATURES, 0); /* no DMA */
	outb(ch->base + ATA_LBA1, LIMIT & 0xff);
	outb(ch->base + ATA_LBA2, LIMIT >> 8);
	outb(ch->base + ATA_COMMAND, ATA_CMD_PACKET);
	ata_settle(ch);
	for (u32 i = 0; i < DRQ_POLLS; i++) {
		u8 status = ata_status(ch);

		if (!(status & ATA_BSY) && status & ATA_DRQ) {
			(void)atapi_serve(ch);
			return;
		}
		io_wait();
	}
}

void atapi_read(struct ata_channel *ch, u64 sector, u32 sectors, void *to)
{
	(void)packet_read(ch->packet, sector, sectors);
	begin(ch, to, (u32)(sector % CD_SECTORS) * SECTOR_SIZE, sectors * SECTOR_SIZE);
}

/* A piece of `bytes`, an even number: what stands before and behind the wanted ones vanishes. */
static void take_piece(struct ata_channel *ch, u32 bytes)
{
	while (bytes) {
		u32 n = MIN(bytes, ch->packet_skip    ? ch->packet_skip
				   : ch->packet_bytes ? ch->packet_bytes
						      : bytes);

		if (ch->packet_skip || !ch->packet_bytes) {
			for (u32 i = 0; i < n; i += 2)
				(void)inw(ch->base + ATA_DATA);
			ch->packet_skip -= ch->packet_skip ? n : 0;
		} else {
			insw(ch->base + ATA_DATA, ch->at, n / 2);
			ch->at += n;
			ch->packet_bytes -= n;
		}
		bytes -= n;
	}
}

enum atapi_result atapi_serve(struct ata_channel *ch)
{
	u8 status = inb(ch->base + ATA_STATUS);
	u32 bytes;

	if (status & (ATA_ERR | ATA_DF))
		return ATAPI_FAILED;
	if (!(status & ATA_DRQ)) {
		if (!ch->packet_given)
			return ATAPI_WAITS;
		return ch->packet_bytes ? ATAPI_FAILED : ATAPI_DONE;
	}
	if (!ch->packet_given) {
		ch->packet_given = true;
		outsw(ch->base + ATA_DATA, ch->packet, sizeof(ch->packet) / 2);
		ata_settle(ch);
		return ATAPI_WORKED;
	}
	bytes = inb(ch->base + ATA_LBA1) | (u32)inb(ch->base + ATA_LBA2) << 8;
	if (!bytes || bytes > LIMIT)
		return ATAPI_FAILED;
	take_piece(ch, ALIGN_UP(bytes, 2u));
	ata_settle(ch);
	return ATAPI_WORKED;
}

/* ---- Finding out ---------------------------------------------------------------------------- */

static bool now(void *ctx, const u8 packet[PACKET_BYTES], void *to, u32 bytes, u8 *error)
{
	struct ata_channel *ch = ctx;
	enum atapi_result r = ATAPI_WAITS;

	memcpy(ch->packet, packet, PACKET_BYTES);
	begin(ch, to, 0, bytes);
	for (u32 i = 0; i < PACKET_US && (r == ATAPI_WAITS || r == ATAPI_WORKED); i++) {
		if (!(ata_status(ch) & ATA_BSY))
			r = atapi_serve(ch);
		else
			io_wait();
	}
	*error = inb(ch->base + ATA_ERROR);
	return r == ATAPI_DONE;
}

const char *atapi_capacity(struct ata_channel *ch, u64 *sectors)
{
	return packet_capacity(now, ch, sectors);
}
