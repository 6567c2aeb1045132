/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the disks of AHCI controllers: the firmware hands the controller over, and each port
 * whose drive is there asks it what it is, without interrupts. No drive is reset, and nothing is
 * written to a medium; waits are bounded.
 */
#include "devices/host/disk/ahci.h"
#include "devices/host/disk/drivers.h"
#include "devices/host/dma.h"
#include "devices/host/irq.h"
#include "devices/host/mmio.h"
#include "devices/host/pci.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"
#include "mm/host.h"

#define SUBCLASS_SATA 0x06u
#define IF_AHCI	      0x01u
#define BAR_HBA	      5u
#define HBAS	      4u

#define HANDOVER_US 2000000u /* AHCI 10.6.3: two seconds when the BIOS is busy */
#define READY_US    5000000u /* for a drive that is still starting */
#define COMMAND_US  1000000u
#define PACKET_US   5000000u

static struct ahci_hba hbas[HBAS];
static u32 hba_count, disk_count;

/* Wait until `bits` of a register are 0. */
static bool wait_clear(const volatile u8 *base, u32 at, u32 bits, u32 us)
{
	while (us-- && mmio_read32(base, at) & bits)
		io_wait();
	return !(mmio_read32(base, at) & bits);
}

/* AHCI 10.6.3. Firmware that does not answer keeps its word in time, or has none to say. */
static void hand_over(volatile u8 *hba)
{
	if (!(mmio_read32(hba, HBA_CAP2) & CAP2_BOH))
		return;
	mmio_write32(hba, HBA_BOHC, mmio_read32(hba, HBA_BOHC) | BOHC_SYSTEM);
	(void)wait_clear(hba, HBA_BOHC, BOHC_BIOS, HANDOVER_US);
}

/* The port's lists are ours, and it runs. False: no drive that can be asked. */
static bool start_port(struct ahci_disk *d)
{
	volatile u8 *p = d->port;

	if (!ahci_stop(p))
		return false;
	mmio_write32(p, PORT_CMD, mmio_read32(p, PORT_CMD) & ~CMD_FIS);
	if (!wait_clear(p, PORT_CMD, CMD_FIS_RUNS, COMMAND_US))
		return false;
	mmio_write32(p, PORT_CLB, dma_address(d->memory->header));
	mmio_write32(p, PORT_CLBU, 0);
	mmio_write32(p, PORT_FB, dma_address(d->memory->received));
	mmio_write32(p, PORT_FBU, 0);
	mmio_write32(p, PORT_CMD, mmio_read32(p, PORT_CMD) | CMD_FIS | CMD_SPIN_UP | CMD_POWER_ON);
	if (!wait_clear(p, PORT_TFD, ATA_BSY | ATA_DRQ, READY_US))
		return false;
	ahci_run(p);
	return true;
}

/* A command by polling; `data` is a sector that comes in, or NULL. */
static bool ask(struct ahci_disk *d, u8 command, u8 features, const void *data)
{
	const struct stretch sector = {dma_address(data), SECTOR_SIZE};
	const struct ahci_fis fis = {
		.type = FIS_TO_DEVICE,
		.flags = FIS_COMMAND,
		.command = command,
		.features = features,
	};
	bool ended;

	ahci_issue(d, &fis, &sector, data ? 1 : 0, false);
	ended = wait_clear(d->port, PORT_CI, 1, COMMAND_US);
	dma_barrier();
	return ended && !(mmio_read32(d->port, PORT_TFD) & (ATA_ERR | ATA_DF));
}

static bool run_packet(void *ctx, const u8 packet[PACKET_BYTES], void *to, u32 bytes, u8 *error)
{
	struct ahci_disk *d = ctx;
	u32 task;

	ahci_packet(d, packet, 0, d->queue.cmd[0].buffer, bytes, 0);
	for (u32 i = 0; i < PACKET_US && mmio_read32(d->port, PORT_CI) & 1; i++) {
		if (mmio_read32(d->port, PORT_IS) & IS_ERROR)
			break; /* the command stays in its place then */
		io_wait();
	}
	dma_barrier();
	task = mmio_read32(d->port, PORT_TFD);
	*error = (u8)(task >> TFD_ERROR);
	if (!(mmio_read32(d->port, PORT_CI) & 1) && !(task & (ATA_ERR | ATA_DF))) {
		memcpy(to, d->queue.cmd[0].buffer, bytes);
		return true;
	}
	if (ahci_stop(d->port))
		ahci_run(d->port);
	return false;
}

static const char *identify_packet(struct ahci_disk *d)
{
	const char *why;

	if (!ask(d, ATA_CMD_IDENTIFY_PACKET, 0, d->queue.cmd[0].buffer))
		return "it does not tell what it is";
	d->packet = true;
	ata_model((const u16 *)d->queue.cmd[0].buffer, d->id.model);
	why = packet_drive((const u16 *)d->queue.cmd[0].buffer);
	return why ? why : packet_capacity(run_packet, d, &d->id.sectors);
}

/* What is wrong with the drive, NULL: nothing. Its words come into the queue's first buffer. */
static const char *identify(struct ahci_disk *d, const char *name)
{
	const char *why;

	if (!start_port(d))
		return "its port does not get ready";
	if (mmio_read32(d->port, PORT_SIG) == SIGNATURE_PACKET)
		return identify_packet(d);
	if (!ask(d, ATA_CMD_IDENTIFY, 0, d->queue.cmd[0].buffer))
		return "it does not tell what it is";
	why = ata_identify((const u16 *)d->queue.cmd[0].buffer, &d->id);
	/* A cache that cannot be flushed would break promises made to guests. */
	if (!why && d->id.write_cache && !d->id.flush &&
	    !ask(d, ATA_CMD_SET_FEATURES, ATA_FEATURE_CACHE_OFF, NULL))
		log_line(LOG_WARN, NULL, "disk %s: its write cache stays on and cannot be flushed",
			 name);
	return why;
}

static void add_port(struct ahci_hba *hba, u32 n)
{
	struct ahci_disk *d = &ahci_disks[disk_count];
	char name[4] = {'s', 'd', (char)('a' + disk_count), 0};
	volatile u8 *port = hba->registers + PORT_BASE(n);
	const char *why = "out of memory";

	/* What firmware left on where no disk of ours is would come for ever: nobody quietens it.
	 */
	mmio_write32(port, PORT_IE, 0);
	if ((mmio_read32(port, PORT_SSTS) & SSTS_DETECT) != SSTS_PRESENT ||
	    disk_count == AHCI_DISKS)
		return;
	disk_count++; /* its name is taken, whether it works or not */
	d->hba = hba;
	d->memory = dma_alloc(sizeof(*d->memory));
	d->port = port;
	if (d->memory && disk_queue_init(&d->queue, &ahci_driver, 1) == HV_OK)
		why = identify(d, name);
	if (why) {
		log_line(d->packet ? LOG_INFO : LOG_WARN, NULL, "disk %s: not used, %s", name, why);
		(void)ahci_stop(port);
		d->port = NULL;
		return;
	}
	log_line(LOG_INFO, NULL, "disk %s: %s, %u MiB, AHCI%s", name, d->id.model,
		 (u32)(d->id.sectors >> 11), d->packet ? ", a disc, read-only" : "");
	if (!d->packet)
		d->disk.direct = (struct disk_direct){
			.sectors = d->id.lba48 ? DISK_MOST : ATA_LBA28_MOST,
			.pieces = AHCI_REGIONS,
			.align = ATA_DMA_ALIGN,
		};
	disk_add(&d->disk, &d->queue, name, d->id.sectors, d->packet);
	mmio_write32(port, PORT_IS, 0xffffffffu);
	mmio_write32(port, PORT_IE, IS_DONE | IS_LINK | IS_ERROR);
}

bool ahci_knows(const struct host_function *f)
{
	return f->base_class == PCI_CLASS_STORAGE && f->sub_class == SUBCLASS_SATA &&
	       f->prog_if == IF_AHCI;
}

static bool add_controller(void *ctx UNUSED, const struct host_function *f)
{
	struct ahci_hba *hba = &hbas[hba_count];
	u32 base, ports;

	if (!ahci_knows(f) || hba_count == HBAS)
		return true;
	base = pcihost_address(f, BAR_HBA);
	if (!base || !f->irq_line ||
	    !pcihost_claim(f, "it is the hypervisor's: its disks are guests' disks"))
		return true;
	hba->registers = host_map_device(base, PORT_BASE(AHCI_PORTS), CACHE_UC);
	hba->at = *f;
	hba->irq = f->irq_line;
	if (!hba->registers || host_irq_register(hba->irq, ahci_interrupt, hba) != HV_OK) {
		log_line(LOG_ERROR, NULL, "AHCI controller %02x:%02x.%u: not used, out of memory",
			 f->bus, f->dev, f->fn);
		return true;
	}
	hba_count++;
	pcihost_enable(f, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	hand_over(hba->registers);
	mmio_write32(hba->registers, HBA_GHC, GHC_AE);
	ports = mmio_read32(hba->registers, HBA_PI);
	for (u32 i = 0; i < AHCI_PORTS; i++)
		if (ports & BIT(i))
			add_port(hba, i);
	mmio_write32(hba->registers, HBA_IS, 0xffffffffu);
	mmio_write32(hba->registers, HBA_GHC, GHC_AE | GHC_IE);
	return true;
}

void ahci_probe(void)
{
	pcihost_scan(add_controller, NULL);
}
