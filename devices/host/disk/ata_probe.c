/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding ATA disks: at the conventional ports, with the bus master of a PCI controller where
 * there is one, and at the ports that a controller in native mode names. Drives are asked what
 * they are and told how many sectors to announce at once; nothing is written to a medium, and
 * no drive is reset. Interrupts of the channel are off meanwhile, waits are bounded.
 */
#include "devices/host/disk/atapi.h"
#include "devices/host/disk/drivers.h"
#include "devices/host/dma.h"
#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "lib/log.h"
#include "lib/string.h"

#define CHANNELS   4u
#define READY_US   5000000u /* for a drive that is still starting */
#define COMMAND_US 1000000u

/* PCI (PCI IDE controller specification 1.0). */
#define SUBCLASS_IDE  0x01u
#define IF_NATIVE(n)  (0x01u << 2 * (n))
#define IF_BUS_MASTER 0x80u
#define BM_SIMPLEX    0x80u /* one channel at a time */

#define SIGNATURE_PACKET 0xeb14u /* ATA vol. 2, 9.12 */

static struct ata_channel channels[CHANNELS] = {
	{.base = 0x1f0, .control = 0x3f6, .irq = 14, .letter = 'a'},
	{.base = 0x170, .control = 0x376, .irq = 15, .letter = 'c'},
	{.letter = 'e'},
	{.letter = 'g'},
};

/* ---- Controllers -------------------------------------------------------------------------- */

/* One half of a controller. The conventional ports are known; native ones take a free place. */
static void add_half(const struct host_function *f, u32 half, u16 bus_master)
{
	struct ata_channel *ch = &channels[half];
	u16 base = pcihost_port(f, half * 2), control = pcihost_port(f, half * 2 + 1);

	if (f->prog_if & IF_NATIVE(half)) {
		ch = channels[2].base ? &channels[3] : &channels[2];
		if (ch->base || !base || !control || !f->irq_line || f->irq_line >= HOST_IRQS)
			return;
		ch->base = base;
		ch->control = control + 2u;
		ch->irq = f->irq_line;
	} else if (ch->bus_master) {
		return;
	}
	if (bus_master && !(half && inb(bus_master + 2u) & BM_SIMPLEX))
		ch->bus_master = bus_master + (u16)(half * 8u);
}

/* A controller that was lent to a guest has its ports too. */
static void leave_alone(const struct host_function *f)
{
	for (u32 half = 0; half < 2; half++)
		if (!(f->prog_if & IF_NATIVE(half)))
			channels[half].base = 0;
}

bool ata_knows(const struct host_function *f)
{
	return f->base_class == PCI_CLASS_STORAGE && f->sub_class == SUBCLASS_IDE;
}

static bool add_controller(void *ctx UNUSED, const struct host_function *f)
{
	u16 bus_master;

	if (!ata_knows(f))
		return true;
	if (!pcihost_claim(f, "it is the hypervisor's: its disks are guests' disks")) {
		leave_alone(f);
		return true;
	}
	bus_master = f->prog_if & IF_BUS_MASTER ? pcihost_port(f, 4) : 0;
	pcihost_enable(f, PCI_COMMAND_IO | (bus_master ? PCI_COMMAND_MASTER : 0));
	add_half(f, 0, bus_master);
	add_half(f, 1, bus_master);
	return true;
}

/* ---- Drives ------------------------------------------------------------------------------- */

static bool wait_ready(const struct ata_channel *ch, u32 us)
{
	while (us-- && ata_status(ch) & ATA_BSY)
		io_wait();
	return !(ata_status(ch) & ATA_BSY);
}

/* Is there a drive whose registers hold what is written to them? */
static bool answers(struct ata_channel *ch, u8 select)
{
	outb(ch->base + ATA_DEVICE, ATA_OBSOLETE | select);
	ata_settle(ch);
	if (ata_status(ch) == ATA_NOBODY || !wait_ready(ch, READY_US))
		return false;
	outb(ch->base + ATA_COUNT, 0x55);
	outb(ch->base + ATA_LBA0, 0xaa);
	return inb(ch->base + ATA_COUNT) == 0x55 && inb(ch->base + ATA_LBA0) == 0xaa;
}

/* A command without data. */
static bool plain_command(struct ata_channel *ch, u8 code)
{
	outb(ch->base + ATA_COMMAND, code);
	ata_settle(ch);
	return wait_ready(ch, COMMAND_US) &&
	       !(inb(ch->base + ATA_STATUS) & (ATA_ERR | ATA_DF | ATA_DRQ));
}

static u32 signature(const struct ata_channel *ch)
{
	return inb(ch->base + ATA_LBA1) | (u32)inb(ch->base + ATA_LBA2) << 8;
}

/* The words that IDENTIFY DEVICE, or IDENTIFY PACKET DEVICE, brings. */
static bool describe(struct ata_channel *ch, u8 code, u16 words[ATA_WORDS])
{
	outb(ch->base + ATA_LBA1, 0);
	outb(ch->base + ATA_LBA2, 0);
	outb(ch->base + ATA_COMMAND, code);
	ata_settle(ch);
	/* No status at all: the other drive speaks for one that is not there. */
	if (!ata_status(ch) || !wait_ready(ch, COMMAND_US) ||
	    (inb(ch->base + ATA_STATUS) & (ATA_ERR | ATA_DF | ATA_DRQ)) != ATA_DRQ ||
	    (code == ATA_CMD_IDENTIFY && signature(ch)))
		return false;
	insw(ch->base + ATA_DATA, words, ATA_WORDS);
	(void)inb(ch->base + ATA_STATUS);
	return true;
}

static bool identify(struct ata_channel *ch, struct ata_disk *d, u16 words[ATA_WORDS])
{
	if (describe(ch, ATA_CMD_IDENTIFY, words))
		return true;
	/* Packet devices refuse, and leave their signature (ATA vol. 2, 9.12). */
	d->packet =
		signature(ch) == SIGNATURE_PACKET && describe(ch, ATA_CMD_IDENTIFY_PACKET, words);
	return d->packet;
}

/* NULL, or why the drive cannot be used. */
static const char *learn(struct ata_channel *ch, struct ata_disk *d, const u16 words[ATA_WORDS])
{
	const char *why;

	if (!d->packet)
		return ata_identify(words, &d->id);
	ata_model(words, d->id.model);
	why = packet_drive(words);
	return why ? why : atapi_capacity(ch, &d->id.sectors);
}

static void prepare(struct ata_channel *ch, struct ata_disk *d)
{
	if (d->id.block > 1) {
		outb(ch->base + ATA_COUNT, (u8)d->id.block);
		d->multiple = plain_command(ch, ATA_CMD_SET_MULTIPLE);
	}
	/* A cache that cannot be flushed would break promises made to guests. */
	if (d->id.write_cache && !d->id.flush) {
		outb(ch->base + ATA_FEATURES, ATA_FEATURE_CACHE_OFF);
		if (!plain_command(ch, ATA_CMD_SET_FEATURES))
			log_line(LOG_WARN, NULL,
				 "disk hd%c: its write cache stays on and cannot be flushed",
				 ch->letter + (d->select ? 1 : 0));
	}
}

/* Ask both drives. `words` of a slave that equal the master's are its ghost: the serial number
 * (words 10..19) is among them. */
static u32 find_drives(struct ata_channel *ch)
{
	u16 words[2][ATA_WORDS];
	bool there[2] = {false, false};
	const char *why;
	u32 found = 0;

	for (u32 i = 0; i < 2; i++) {
		struct ata_disk *d = &ch->unit[i];

		d->select = i ? ATA_SLAVE : 0;
		there[i] = answers(ch, d->select) && identify(ch, d, words[i]);
		if (!there[i] || (i && there[0] && !memcmp(words[0], words[1], sizeof(words[0]))))
			continue;
		why = learn(ch, d, words[i]);
		if (why) {
			log_line(d->packet ? LOG_INFO : LOG_WARN, NULL,
				 "disk hd%c (%s): not used, %s", ch->letter + (int)i, d->id.model,
				 why);
			continue;
		}
		prepare(ch, d);
		found |= BIT(i);
	}
	return found;
}

/* ---- Channels ----------------------------------------------------------------------------- */

static void offer(struct ata_channel *ch, struct ata_disk *d)
{
	char name[4] = {'h', 'd', (char)(ch->letter + (d->select ? 1 : 0)), 0};

	d->id.dma &= ch->bus_master != 0;
	log_line(LOG_INFO, NULL, "disk %s: %s, %u MiB, %s", name, d->id.model,
		 (u32)(d->id.sectors >> 11),
		 d->packet   ? "a disc, read-only"
		 : d->id.dma ? "DMA"
			     : "PIO");
	if (d->id.dma && !d->packet)
		d->disk.direct = (struct disk_direct){
			.sectors = d->id.lba48 ? DISK_MOST : ATA_LBA28_MOST,
			.pieces = ATA_PIECES,
			.align = ATA_DMA_ALIGN,
		};
	disk_add(&d->disk, &ch->queue, name, d->id.sectors, d->packet);
}

static void set_up(struct ata_channel *ch)
{
	enum hv_status s;
	u32 found;

	if (!ch->base || ata_status(ch) == ATA_NOBODY)
		return;
	outb(ch->control, ATA_NIEN);
	if (ch->bus_master) /* whatever the BIOS left running */
		outb(ch->bus_master, 0);
	found = find_drives(ch);
	if (!found)
		return;
	ch->regions = dma_alloc(ATA_REGIONS * sizeof(*ch->regions));
	s = ch->regions ? disk_queue_init(&ch->queue, &ata_driver, 1) : HV_NOMEM;
	if (s == HV_OK)
		s = host_irq_register(ch->irq, ata_interrupt, ch);
	if (s != HV_OK) {
		log_line(LOG_ERROR, NULL, "disk hd%c: not used, out of memory", ch->letter);
		return;
	}
	for (u32 i = 0; i < 2; i++)
		if (found & BIT(i))
			offer(ch, &ch->unit[i]);
	outb(ch->control, 0);
}

void ata_probe(void)
{
	pcihost_scan(add_controller, NULL);
	for (u32 i = 0; i < CHANNELS; i++)
		set_up(&channels[i]);
}
