/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AHCI commands, driven by interrupts: a port does one at a time. Whether a command has ended is
 * read from the port and not believed of an interrupt. What fails in the transfer is tried again;
 * a drive that is pulled out fails everything from then on.
 */
#include "devices/host/disk/ahci.h"

#include "devices/host/dma.h"
#include "devices/host/mmio.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"

#define STOP_POLLS  500000u /* about as many microseconds (AHCI 10.1.2) */
#define RESET_US    1000u   /* COMRESET is held (AHCI 10.4.2) */
#define TIMEOUT_MS  31000u
#define FAULTS_MOST 3u
#define DEVICE_LBA  0x40u

struct ahci_disk ahci_disks[AHCI_DISKS];

static struct ahci_disk *disk_of(struct disk_cmd *c)
{
	return container_of(c->queue, struct ahci_disk, queue);
}

static void finish(struct ahci_disk *d, enum hv_status status)
{
	struct disk_cmd *c = d->cmd;

	d->cmd = NULL;
	d->phase = AHCI_IDLE;
	disk_done(c, status);
}

/* ---- The port ------------------------------------------------------------------------------- */

/* Ask it to stop; has it? */
static bool stopped(volatile u8 *port)
{
	mmio_write32(port, PORT_CMD, mmio_read32(port, PORT_CMD) & ~CMD_START);
	return !(mmio_read32(port, PORT_CMD) & CMD_LIST_RUNS);
}

bool ahci_stop(volatile u8 *port)
{
	for (u32 i = 0; i < STOP_POLLS; i++) {
		if (stopped(port))
			return true;
		io_wait();
	}
	return false;
}

void ahci_run(volatile u8 *port)
{
	mmio_write32(port, PORT_SERR, 0xffffffffu);
	mmio_write32(port, PORT_IS, 0xffffffffu);
	mmio_write32(port, PORT_CMD, mmio_read32(port, PORT_CMD) | CMD_FIS | CMD_START);
}

static bool present(const struct ahci_disk *d)
{
	return (mmio_read32(d->port, PORT_SSTS) & SSTS_DETECT) == SSTS_PRESENT;
}

/* COMRESET (AHCI 10.4.2): what was under way is over. */
static void reset_link(volatile u8 *port, u32 then)
{
	u32 control = mmio_read32(port, PORT_SCTL) & ~SCTL_DETECT;

	mmio_write32(port, PORT_SCTL, control | SCTL_RESET);
	for (u32 i = 0; i < RESET_US; i++)
		io_wait();
	mmio_write32(port, PORT_SCTL, control);
	if (then)
		mmio_write32(port, PORT_SCTL, control | then);
}

/* The port touches no memory any more: without a link nothing comes from the drive. A list that
 * does not stand still even then is no port's to be trusted, so its controller loses the bus, and
 * with it the other disks there. */
static void silence(struct ahci_disk *d)
{
	mmio_write32(d->port, PORT_IE, 0);
	(void)ahci_stop(d->port);
	reset_link(d->port, SCTL_OFFLINE);
	if (ahci_stop(d->port))
		return;
	log_line(LOG_ERROR, NULL, "disk %s: its controller is stopped", d->disk.backend.name);
	pcihost_disable(&d->hba->at, PCI_COMMAND_MASTER);
}

static void give_up(struct ahci_disk *d, const char *why)
{
	log_line(LOG_ERROR, NULL, "disk %s: %s; it is given up", d->disk.backend.name, why);
	silence(d);
	d->cmd = NULL;
	d->phase = AHCI_IDLE;
	disk_queue_kill(&d->queue);
}

/* late() waits for its end. */
static void reset(struct ahci_disk *d)
{
	log_line(LOG_WARN, NULL, "disk %s: no answer, status %#x; its port is reset",
		 d->disk.backend.name, mmio_read32(d->port, PORT_TFD) & 0xffu);
	(void)ahci_stop(d->port);
	reset_link(d->port, 0);
	d->phase = AHCI_RESET;
	d->first_ms = 0;
}

/* ---- Commands ------------------------------------------------------------------------------- */

/* The regions are there. */
static void go(struct ahci_disk *d, const struct ahci_fis *fis, u32 flags, u32 regions)
{
	struct ahci_memory *m = d->memory;

	m->fis = *fis;
	m->header[0] = (struct ahci_header){
		.flags = (u16)(sizeof(*fis) / 4 | flags),
		.regions = (u16)regions,
		.table = dma_address(&m->fis),
	};
	dma_barrier();
	mmio_write32(d->port, PORT_CI, 1);
}

static u32 add_region(struct ahci_memory *m, u32 n, u32 at, u32 bytes)
{
	if (!bytes)
		return n;
	m->region[n] = (struct ahci_region){.address = at, .last = bytes - 1};
	return n + 1;
}

void ahci_issue(struct ahci_disk *d, const struct ahci_fis *fis, const struct stretch *piece,
		u32 pieces, bool write)
{
	u32 n = 0;

	for (u32 i = 0; i < pieces; i++)
		n = add_region(d->memory, n, (u32)piece[i].at, piece[i].bytes);
	go(d, fis, write ? HEADER_WRITE : 0, n);
}

void ahci_packet(struct ahci_disk *d, const u8 packet[PACKET_BYTES], u32 before, void *data,
		 u32 bytes, u32 after)
{
	const struct ahci_fis fis = {
		.type = FIS_TO_DEVICE,
		.flags = FIS_COMMAND,
		.command = ATA_CMD_PACKET,
		.features = ATA_FEATURE_DMA,
	};
	struct ahci_memory *m = d->memory;
	u32 spare = dma_address(m->spare), n = add_region(m, 0, spare, before);

	n = add_region(m, n, dma_address(data), bytes);
	n = add_region(m, n, spare, after);
	memcpy(m->packet, packet, PACKET_BYTES);
	go(d, &fis, HEADER_PACKET, n);
}

static void issue_packet(struct ahci_disk *d, const struct disk_cmd *c)
{
	u8 packet[PACKET_BYTES];
	u32 before = (u32)(c->sector % CD_SECTORS) * SECTOR_SIZE, bytes = c->sectors * SECTOR_SIZE;
	u32 blocks = packet_read(packet, c->sector, c->sectors);

	ahci_packet(d, packet, before, c->buffer, bytes, blocks * CD_BLOCK - before - bytes);
}

static void issue(struct ahci_disk *d)
{
	/* read, write, flush; with 28 and with 48 bits */
	static const u8 codes[][2] = {
		[DISK_READ] = {ATA_CMD_READ_DMA, ATA_CMD_READ_DMA_EXT},
		[DISK_WRITE] = {ATA_CMD_WRITE_DMA, ATA_CMD_WRITE_DMA_EXT},
		[DISK_FLUSH] = {ATA_CMD_FLUSH, ATA_CMD_FLUSH_EXT},
	};
	const struct disk_cmd *c = d->cmd;
	bool ext = c->op == DISK_FLUSH ? d->id.flush_ext : d->id.lba48;
	struct ahci_fis fis = {
		.type = FIS_TO_DEVICE,
		.flags = FIS_COMMAND,
		.command = codes[c->op][ext],
		.device = (u8)(DEVICE_LBA | (ext ? 0 : c->sector >> 24 & 0xfu)),
		.lba0 = (u8)c->sector,
		.lba1 = (u8)(c->sector >> 8),
		.lba2 = (u8)(c->sector >> 16),
		.lba3 = (u8)(ext ? c->sector >> 24 : 0),
		.lba4 = (u8)(c->sector >> 32),
		.lba5 = (u8)(c->sector >> 40),
		.count = (u8)c->sectors,
		.count_high = (u8)(c->sectors >> 8),
	};

	d->phase = AHCI_WORKS;
	if (d->packet) {
		issue_packet(d, c);
		return;
	}
	ahci_issue(d, &fis, c->piece, c->pieces, c->op == DISK_WRITE);
}

static void start(struct disk_cmd *c)
{
	struct ahci_disk *d = disk_of(c);

	d->cmd = c;
	d->faults = 0;
	if (c->op == DISK_FLUSH && !d->id.flush)
		finish(d, HV_OK); /* it has no cache, or that was switched off */
	else if (d->packet && c->op == DISK_WRITE)
		finish(d, HV_IO);
	else
		issue(d);
}

/* The list stands still after an error, until it was stopped and started (AHCI 6.2.2.1). */
static void failed(struct ahci_disk *d, bool transfer)
{
	if (!ahci_stop(d->port) ||
	    mmio_read32(d->port, PORT_TFD) & (ATA_BSY | ATA_DRQ)) { /* AHCI 6.2.2.2 */
		reset(d);
		return;
	}
	ahci_run(d->port);
	if (transfer && ++d->faults < FAULTS_MOST)
		issue(d);
	else
		finish(d, HV_IO);
}

/* True: something went on. */
static bool serve(struct ahci_disk *d)
{
	u32 cause = mmio_read32(d->port, PORT_IS);

	mmio_write32(d->port, PORT_IS, cause);
	if (d->queue.dead)
		return false;
	if (!present(d)) {
		if (d->phase != AHCI_RESET)
			give_up(d, "it is gone");
		return true;
	}
	if (cause & IS_LINK)
		mmio_write32(d->port, PORT_SERR, 0xffffffffu);
	if (d->phase != AHCI_WORKS)
		return false;
	if (cause & IS_ERROR) {
		/* A drive for discs fails once to tell of a change. */
		failed(d, d->packet || !(cause & IS_DRIVE) ||
				  mmio_read32(d->port, PORT_TFD) >> TFD_ERROR & ATA_ICRC);
		return true;
	}
	if (mmio_read32(d->port, PORT_CI) & 1)
		return false;
	dma_barrier();
	finish(d, mmio_read32(d->port, PORT_TFD) & (ATA_ERR | ATA_DF) ? HV_IO : HV_OK);
	return true;
}

bool ahci_interrupt(void *ctx)
{
	struct ahci_hba *hba = ctx;
	u32 ports = mmio_read32(hba->registers, HBA_IS);

	if (!ports)
		return false; /* somebody else's */
	for (u32 i = 0; i < AHCI_DISKS; i++)
		if (ahci_disks[i].port && ahci_disks[i].hba == hba)
			(void)serve(&ahci_disks[i]);
	mmio_write32(hba->registers, HBA_IS, ports);
	return true;
}

static void late_reset(struct ahci_disk *d, u32 ms)
{
	if (!d->first_ms)
		d->first_ms = ms;
	if (present(d) && !(mmio_read32(d->port, PORT_TFD) & (ATA_BSY | ATA_DRQ)) &&
	    stopped(d->port)) {
		ahci_run(d->port);
		finish(d, HV_IO);
	} else if (ms - d->first_ms >= TIMEOUT_MS) {
		give_up(d, "does not come back");
	}
}

static void late(struct disk_cmd *c, u32 ms)
{
	struct ahci_disk *d = disk_of(c);

	if (d->phase == AHCI_RESET)
		late_reset(d, ms);
	else if (!serve(d) && ms >= TIMEOUT_MS)
		reset(d);
}

const struct disk_driver ahci_driver = {.start = start, .late = late};
