/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATA commands, driven by interrupts. A channel belongs to this file from the time its disks are
 * offered. Whether an interrupt is meant for a command is never believed but read from the
 * drive: lines are shared, interrupts get lost, and an edge may arrive after its cause was
 * served. What fails by DMA for reasons of the transfer is tried again, in the end by PIO.
 */
#include "devices/host/disk/atapi.h"

#include "lib/log.h"

#define SELECT_POLLS 2000u  /* about as many microseconds: the drive has ended its last command */
#define DRQ_POLLS    1000u  /* a drive takes the first block at once, unless its motor is off */
#define TIMEOUT_MS   31000u /* the time for a drive to come back (ATA vol. 2, 9.16) */
#define DMA_FAULTS   3u
#define PACKET_TRIES 3u /* the first may only tell of a change of discs */

static struct ata_channel *channel_of(struct disk_cmd *c)
{
	return container_of(c->queue, struct ata_channel, queue);
}

static struct ata_disk *disk_of(struct disk_cmd *c)
{
	return container_of(c->disk, struct ata_disk, disk);
}

static void finish(struct ata_channel *ch, enum hv_status status)
{
	struct disk_cmd *c = ch->cmd;

	ch->cmd = NULL;
	ch->phase = ATA_IDLE;
	disk_done(c, status);
}

/* ---- Reset -------------------------------------------------------------------------------- */

/* From now on the CPU moves all data, through the buffer. */
static void no_dma(struct ata_disk *d)
{
	d->id.dma = false;
	d->disk.direct.sectors = 0;
}

/* Software reset of both drives; late() waits for its end. They may have forgotten their
 * modes then, so the simplest ones are used from now on. */
static void reset(struct ata_channel *ch)
{
	log_line(LOG_WARN, NULL, "disk hd%c: no answer, status %#x; the channel is reset",
		 ch->letter, ata_status(ch));
	ata_dma_stop(ch);
	outb(ch->control, ATA_SRST);
	for (int i = 0; i < 10; i++) /* at least 5 us */
		io_wait();
	outb(ch->control, 0);
	for (u32 i = 0; i < ARRAY_LEN(ch->unit); i++) {
		ch->unit[i].multiple = false;
		no_dma(&ch->unit[i]);
	}
	ch->phase = ATA_RESET;
	ch->first_ms = 0;
}

static void give_up(struct ata_channel *ch)
{
	log_line(LOG_ERROR, NULL, "disk hd%c: does not come back; its channel is given up",
		 ch->letter);
	ata_dma_stop(ch); /* it moves nothing any more, whatever the drive does */
	ch->cmd = NULL;
	ch->phase = ATA_IDLE;
	disk_queue_kill(&ch->queue);
}

/* ---- Start -------------------------------------------------------------------------------- */

static bool select_drive(struct ata_channel *ch, u8 device)
{
	outb(ch->base + ATA_DEVICE, device);
	ata_settle(ch);
	for (u32 i = 0; i < SELECT_POLLS; i++) {
		if (!(ata_status(ch) & (ATA_BSY | ATA_DRQ)))
			return true;
		io_wait();
	}
	return false;
}

/* The registers that 48-bit commands use twice take the high half first (ATA vol. 1, 6.2). */
static void write_address(struct ata_channel *ch, u64 sector, u32 count, bool ext)
{
	if (ext) {
		outb(ch->base + ATA_COUNT, (u8)(count >> 8));
		outb(ch->base + ATA_LBA0, (u8)(sector >> 24));
		outb(ch->base + ATA_LBA1, (u8)(sector >> 32));
		outb(ch->base + ATA_LBA2, (u8)(sector >> 40));
	}
	outb(ch->base + ATA_COUNT, (u8)count);
	outb(ch->base + ATA_LBA0, (u8)sector);
	outb(ch->base + ATA_LBA1, (u8)(sector >> 8));
	outb(ch->base + ATA_LBA2, (u8)(sector >> 16));
}

static void push_block(struct ata_channel *ch)
{
	const struct ata_disk *d = disk_of(ch->cmd);
	u32 n = MIN(ch->left, d->multiple ? d->id.block : 1u);

	outsw(ch->base + ATA_DATA, ch->at, n * ATA_WORDS);
	ch->at += n * SECTOR_SIZE;
	ch->left -= n;
	ata_settle(ch);
}

/* No interrupt asks for the first block of a write. Where the drive is slow, late() gives it. */
static void push_first(struct ata_channel *ch)
{
	for (u32 i = 0; i < DRQ_POLLS; i++) {
		u8 status = ata_status(ch);

		if (!(status & ATA_BSY) && status & (ATA_DRQ | ATA_ERR | ATA_DF)) {
			(void)ata_interrupt(ch);
			return;
		}
		io_wait();
	}
}

static void command(struct ata_channel *ch, u8 code)
{
	outb(ch->base + ATA_COMMAND, code);
	ata_settle(ch);
}

static void issue_flush(struct ata_channel *ch, const struct ata_disk *d)
{
	if (!d->id.flush) { /* then it has no cache, or that was switched off */
		finish(ch, HV_OK);
		return;
	}
	ch->phase = ATA_WAIT;
	ch->left = 0; /* a transfer that failed may have left some */
	command(ch, d->id.flush_ext ? ATA_CMD_FLUSH_EXT : ATA_CMD_FLUSH);
}

static void issue_pio(struct ata_channel *ch, struct disk_cmd *c, u8 code)
{
	ch->at = c->buffer;
	ch->left = c->sectors;
	ch->phase = c->op == DISK_READ ? ATA_PIO_READ : ATA_PIO_WRITE;
	command(ch, code);
	if (ch->phase == ATA_PIO_WRITE)
		push_first(ch);
}

static void issue_packet(struct ata_channel *ch, const struct disk_cmd *c)
{
	if (c->op != DISK_READ) {
		finish(ch, c->op == DISK_FLUSH ? HV_OK : HV_IO);
		return;
	}
	ch->phase = ATA_PACKET;
	ch->packet_tries++;
	atapi_read(ch, c->sector, c->sectors, c->buffer);
}

/* Give the channel's command to its drive. */
static void issue(struct ata_channel *ch)
{
	static const u8 codes[3][2][2] = {
		/* PIO, PIO with blocks, DMA; each read and write, with 28 and with 48 bits */
		{{ATA_CMD_READ, ATA_CMD_READ_EXT}, {ATA_CMD_WRITE, ATA_CMD_WRITE_EXT}},
		{{ATA_CMD_READ_MULTIPLE, ATA_CMD_READ_MULTIPLE_EXT},
		 {ATA_CMD_WRITE_MULTIPLE, ATA_CMD_WRITE_MULTIPLE_EXT}},
		{{ATA_CMD_READ_DMA, ATA_CMD_READ_DMA_EXT},
		 {ATA_CMD_WRITE_DMA, ATA_CMD_WRITE_DMA_EXT}},
	};
	struct disk_cmd *c = ch->cmd;
	struct ata_disk *d = disk_of(c);
	bool ext = c->sector + c->sectors > ATA_LBA28_SECTORS - 1 || c->sectors > ATA_LBA28_MOST;
	bool dma = d->id.dma && ch->bus_master;
	u8 code = codes[dma ? 2 : d->multiple][c->op == DISK_WRITE][ext];
	u8 device = ATA_OBSOLETE | ATA_LBA | d->select;

	if (!select_drive(ch, ext || c->op == DISK_FLUSH
				      ? device
				      : (u8)(device | (c->sector >> 24 & 0xfu)))) {
		reset(ch);
		return;
	}
	if (d->packet) {
		issue_packet(ch, c);
		return;
	}
	if (c->op == DISK_FLUSH) {
		issue_flush(ch, d);
		return;
	}
	write_address(ch, c->sector, c->sectors, ext);
	if (dma)
		ata_dma_start(ch, c, code);
	else
		issue_pio(ch, c, code);
}

static void start(struct disk_cmd *c)
{
	struct ata_channel *ch = channel_of(c);

	ch->cmd = c;
	ch->packet_tries = 0;
	issue(ch);
}

/* The command once more, by whatever way the drive has now. */
static void again(struct ata_channel *ch)
{
	struct disk_cmd *c = ch->cmd;

	ch->cmd = NULL;
	ch->phase = ATA_IDLE;
	disk_again(c);
}

/* ---- Service: what the drive says decides. Each returns whether anything went on. ------------ */

static bool serve_dma(struct ata_channel *ch)
{
	struct ata_disk *d = disk_of(ch->cmd);
	bool fault, over = ata_dma_over(ch, &fault);
	u8 status;

	if (!over || ata_status(ch) & ATA_BSY)
		return false;
	ata_dma_stop(ch);
	status = inb(ch->base + ATA_STATUS);
	fault |= status & ATA_ERR && inb(ch->base + ATA_ERROR) & ATA_ICRC;
	if (!fault) {
		finish(ch, status & (ATA_ERR | ATA_DF | ATA_DRQ) ? HV_IO : HV_OK);
		return true;
	}
	if (++d->dma_faults == DMA_FAULTS) {
		log_line(LOG_WARN, NULL, "disk %s: DMA fails, going on without",
			 d->disk.backend.name);
		no_dma(d);
	}
	again(ch);
	return true;
}

static bool serve_pio(struct ata_channel *ch, u8 status)
{
	struct disk_cmd *c = ch->cmd;
	const struct ata_disk *d = disk_of(c);
	bool wants = status & ATA_DRQ;
	u32 n;

	if (status & (ATA_ERR | ATA_DF)) {
		finish(ch, HV_IO);
		return true;
	}
	if (wants != (ch->left != 0))
		return false;
	if (ch->phase == ATA_PIO_READ && wants) {
		n = MIN(ch->left, d->multiple ? d->id.block : 1u);
		insw(ch->base + ATA_DATA, ch->at, n * ATA_WORDS);
		ch->at += n * SECTOR_SIZE;
		ch->left -= n;
		if (ch->left) /* the next block comes with the next interrupt */
			ata_settle(ch);
		else
			finish(ch, HV_OK);
	} else if (wants) {
		push_block(ch);
	} else {
		finish(ch, HV_OK);
	}
	return true;
}

static bool serve_packet(struct ata_channel *ch)
{
	switch (atapi_serve(ch)) {
	case ATAPI_WAITS:
		return false;
	case ATAPI_WORKED:
		break;
	case ATAPI_DONE:
		finish(ch, HV_OK);
		break;
	case ATAPI_FAILED:
		if (ch->packet_tries < PACKET_TRIES)
			issue(ch);
		else
			finish(ch, HV_IO);
		break;
	}
	return true;
}

static bool serve(struct ata_channel *ch)
{
	u8 status;

	if (ch->phase == ATA_RESET)
		return false;
	if (ch->phase == ATA_DMA)
		return serve_dma(ch);
	if (ata_status(ch) & ATA_BSY)
		return false;
	if (ch->phase == ATA_PACKET)
		return serve_packet(ch);
	status = inb(ch->base + ATA_STATUS);
	return ch->cmd && serve_pio(ch, status);
}

bool ata_interrupt(void *channel)
{
	return serve(channel);
}

/* ---- Late --------------------------------------------------------------------------------- */

/* The reset is over when the drives are no longer busy. What was done by DMA may be tried again,
 * without. */
static void late_reset(struct ata_channel *ch, u32 ms)
{
	u8 status = ata_status(ch);
	bool retry;

	if (!ch->first_ms)
		ch->first_ms = ms;
	if (status == ATA_NOBODY || (status & ATA_BSY && ms - ch->first_ms >= TIMEOUT_MS)) {
		give_up(ch);
		return;
	}
	if (status & ATA_BSY)
		return;
	retry = ch->retry;
	ch->retry = false;
	if (retry)
		again(ch); /* its time begins anew */
	else
		finish(ch, HV_IO);
}

static void late(struct disk_cmd *c, u32 ms)
{
	struct ata_channel *ch = channel_of(c);

	if (ch->phase == ATA_RESET) {
		late_reset(ch, ms);
	} else if (ata_status(ch) == ATA_NOBODY) {
		give_up(ch);
	} else if (!serve(ch) && ms >= TIMEOUT_MS) {
		ch->retry = ch->phase == ATA_DMA;
		reset(ch);
	}
}

const struct disk_driver ata_driver = {.start = start, .late = late};
