/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet commands: see atapi.h. A command is given first, then its packet when the drive asks for
 * it, then data comes in pieces that the drive chooses (ATA vol. 2, 9.10). */
#include "devices/host/disk/atapi.h"

#include "lib/string.h"

#define LIMIT	   (ATA_BLOCK_MAX * SECTOR_SIZE) /* bytes that an interrupt brings at most */
#define DRQ_POLLS  1000u
#define PACKET_US 5000000u
#define WAIT_US	   500000u /* a disc is being looked at by its drive */
#define TRIES	   12u

#define GENERAL_PACKET 0x8000u /* words 0: bits 15..14 are 10 (ATA vol. 1, 6.18.3) */
#define GENERAL_KIND   0xc000u
#define GENERAL_LENGTH 0x0003u /* 0: packets of 12 bytes */
#define GENERAL_TYPE   0x1f00u
#define TYPE_CD	       0x0500u

/* Operations (MMC 6, SPC 6), sense keys, and additional sense codes (SPC 4.5.6). */
enum { OP_SENSE = 0x03, OP_CAPACITY = 0x25, OP_READ = 0x28 };
#define SENSE_BYTES	18u
#define SENSE_CODE	12u
#define KEY_NOT_READY	2u
#define KEY_ATTENTION	6u
#define CODE_NO_MEDIUM	0x3au
#define CODE_GETS_READY 0x04u

static void put_be32(u8 *at, u32 v)
{
	for (u32 i = 0; i < 4; i++)
		at[i] = (u8)(v >> (24 - 8 * i));
}

static u32 get_be32(const u8 *at)
{
	return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

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
	u32 block = (u32)(sector / CD_SECTORS), skip = (u32)(sector % CD_SECTORS);
	u32 blocks = (skip + sectors + CD_SECTORS - 1) / CD_SECTORS;

	memset(ch->packet, 0, sizeof(ch->packet));
	ch->packet[0] = OP_READ;
	put_be32(ch->packet + 2, block);
	ch->packet[7] = (u8)(blocks >> 8);
	ch->packet[8] = (u8)blocks;
	begin(ch, to, skip * SECTOR_SIZE, sectors * SECTOR_SIZE);
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

const char *atapi_identify(const u16 words[ATA_WORDS])
{
	if ((words[0] & GENERAL_KIND) != GENERAL_PACKET || (words[0] & GENERAL_TYPE) != TYPE_CD)
		return "a packet drive for something else than discs";
	if (words[0] & GENERAL_LENGTH)
		return "a packet drive with long packets";
	return NULL;
}

/* Carry out the packet by polling. */
static bool now(struct ata_channel *ch, void *to, u32 bytes)
{
	enum atapi_result r = ATAPI_WAITS;

	begin(ch, to, 0, bytes);
	for (u32 i = 0; i < PACKET_US && (r == ATAPI_WAITS || r == ATAPI_WORKED); i++) {
		if (!(ata_status(ch) & ATA_BSY))
			r = atapi_serve(ch);
		else
			io_wait();
	}
	return r == ATAPI_DONE;
}

static void simple_packet(struct ata_channel *ch, u8 operation, u8 length)
{
	memset(ch->packet, 0, sizeof(ch->packet));
	ch->packet[0] = operation;
	ch->packet[4] = length;
}

/* Why the drive is not ready, in the words of SPC. */
static u8 sense_code(struct ata_channel *ch)
{
	u8 sense[SENSE_BYTES] = {0};

	simple_packet(ch, OP_SENSE, SENSE_BYTES);
	return now(ch, sense, sizeof(sense)) ? sense[SENSE_CODE] : 0;
}

const char *atapi_capacity(struct ata_channel *ch, u64 *sectors)
{
	u8 answer[8], code = CODE_GETS_READY;

	for (u32 try = 0; try < TRIES && code == CODE_GETS_READY; try++) {
		u32 key;

		simple_packet(ch, OP_CAPACITY, 0);
		if (now(ch, answer, sizeof(answer))) {
			*sectors = ((u64)get_be32(answer) + 1) * CD_SECTORS;
			return get_be32(answer + 4) == CD_BLOCK
				       ? NULL
				       : "its blocks are not of 2048 bytes";
		}
		key = inb(ch->base + ATA_ERROR) >> 4;
		if (key == KEY_ATTENTION) /* said once after power-on and a change of discs */
			continue;
		code = key == KEY_NOT_READY ? sense_code(ch) : 0;
		for (u32 i = 0; i < WAIT_US && code == CODE_GETS_READY; i++)
			io_wait();
	}
	return code == CODE_NO_MEDIUM ? "there is no disc in it" : "its disc cannot be read";
}
