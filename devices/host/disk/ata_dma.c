/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bus master of an ATA channel, which moves a command's data by itself. */
#include "devices/host/disk/ata_channel.h"
#include "devices/host/dma.h"

/* Bus master registers of a channel, and their bits (BM 2). */
enum { BM_COMMAND = 0, BM_STATUS = 2, BM_TABLE = 4 };
#define BM_START   0x01u
#define BM_READ	   0x08u /* from the drive into memory */
#define BM_ERROR   0x02u
#define BM_IRQ	   0x04u
#define BM_CAPABLE 0x60u /* what the BIOS noted about the drives stays */

void ata_dma_stop(struct ata_channel *ch)
{
	if (!ch->bus_master)
		return;
	outb(ch->bus_master + BM_COMMAND, 0);
	outb(ch->bus_master + BM_STATUS,
	     (inb(ch->bus_master + BM_STATUS) & BM_CAPABLE) | BM_IRQ | BM_ERROR);
}

bool ata_dma_over(const struct ata_channel *ch, bool *error)
{
	u8 status = inb(ch->bus_master + BM_STATUS);

	*error = status & BM_ERROR;
	return status & (BM_IRQ | BM_ERROR);
}

/* Describe stretches, cut where they cross 64 KiB; returns how many regions it took. */
static u32 ata_regions(struct ata_region table[ATA_REGIONS], const struct stretch *piece,
		       u32 pieces)
{
	u32 n = 0;

	for (u32 i = 0; i < pieces; i++) {
		u32 address = (u32)piece[i].at, bytes = piece[i].bytes;

		while (bytes) {
			u32 part = MIN(bytes, 0x10000u - (address & 0xffffu));

			table[n++] = (struct ata_region){address, (u16)part, 0};
			address += part;
			bytes -= part;
		}
	}
	table[n - 1].end = 0x8000u;
	return n;
}

void ata_dma_start(struct ata_channel *ch, const struct disk_cmd *c, u8 code)
{
	u8 direction = c->op == DISK_READ ? BM_READ : 0;

	(void)ata_regions(ch->regions, c->piece, c->pieces);
	ata_dma_stop(ch);
	outl(ch->bus_master + BM_TABLE, dma_address(ch->regions));
	outb(ch->bus_master + BM_COMMAND, direction);
	ch->phase = ATA_DMA;
	outb(ch->base + ATA_COMMAND, code);
	outb(ch->bus_master + BM_COMMAND, direction | BM_START);
}
