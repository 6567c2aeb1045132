/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c devices/host/dma.c */
/* The ATA driver and the finder of drives, included here, against a model of a channel. */
#include "devices/block.h"
#include "tests/unit/support.h"

#include "tests/unit/ata_model.c"

#include "devices/host/disk/ata.c"
#include "devices/host/disk/ata_identify.c"
#include "devices/host/disk/ata_probe.c"
#include "devices/host/disk/atapi.c"
#include "devices/host/disk/disks.h"
#include "devices/host/disk/packet.c"
#include "devices/host/disk/queue.c"
#include "mm/frame.h"

#include <sys/mman.h>

/* ---- The machine around it ---------------------------------------------------------------- */

static struct {
	bool pci, lent;
	u8 prog_if;
	u32 bar[6];
	u32 command;
	host_irq_fn *fn;
	void *ctx;
	unsigned irq;
} machine;

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	const struct host_function other = {.base_class = 2}, ide = {.base_class = 1,
								     .sub_class = 1,
								     .prog_if = machine.prog_if,
								     .irq_line = 10};

	if (machine.pci)
		(void)(fn(ctx, &other) && fn(ctx, &ide));
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	assert_int_equal(f->base_class, 1);
	assert_non_null(as);
	return !machine.lent;
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	(void)size;
	assert_int_equal(f->base_class, 1);
	if (offset == 6) /* status: no capabilities */
		return 0;
	return offset == 4 ? machine.command : machine.bar[(offset - 0x10) / 4];
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	(void)size;
	assert_int_equal(f->base_class, 1);
	assert_int_equal(offset, 4);
	machine.command = value;
}

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	assert_false(model.line); /* interrupts are still off, and none is left over */
	machine.irq = irq;
	machine.fn = fn;
	machine.ctx = ctx;
	return HV_OK;
}

/* Low memory, at an address of more than 16 bits; handed out once and kept. */
enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	u8 *p = mmap(NULL, count * PAGE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	(void)o;
	assert_ptr_not_equal(p, MAP_FAILED);
	*out = (pfn_t){(u32)((uintptr_t)p >> PAGE_SHIFT)};
	return HV_OK;
}

static void words_of(struct model_drive *d, const char *model_name, u32 sectors)
{
	u16 *w = d->identity;

	memset(w, 0, sizeof(d->identity));
	w[10] = (u16)(uintptr_t)d; /* serial number */
	for (u32 i = 0; i < 20; i++) {
		char a = i * 2 < strlen(model_name) ? model_name[i * 2] : ' ';
		char b = i * 2 + 1 < strlen(model_name) ? model_name[i * 2 + 1] : ' ';

		w[27 + i] = (u16)((u8)a << 8 | (u8)b);
	}
	w[47] = 0x8010;
	w[49] = 0x0300;
	w[53] = 6;
	w[60] = (u16)sectors;
	w[61] = (u16)(sectors >> 16);
	w[63] = 0x0407;
	w[82] = 0x20;
	w[83] = 0x7400; /* both flushes, 48 bits */
	w[85] = 0x20;
	w[100] = w[60];
	w[101] = w[61];
}

/* ---- Requests ----------------------------------------------------------------------------- */

static u32 dones;
static enum hv_status last;

static void done(struct blk_req *r, enum hv_status status)
{
	(void)r;
	dones++;
	last = status;
}

/* Deliver interrupts until there are none. */
static void interrupts(void)
{
	for (u32 i = 0; model.line && i < 1000; i++) {
		model.line = false;
		machine.fn(machine.ctx);
	}
}

static struct blk_req req;
static u8 data[MODEL_SECTORS * 512];

static void ask(struct blk_backend *d, bool write, u64 sector, u32 sectors)
{
	assert_non_null(d);
	req = (struct blk_req){
		.write = write, .sector = sector, .sectors = sectors, .buf = data, .done = done};
	dones = 0;
	d->ops->submit(d, &req);
	interrupts();
}

static enum hv_status run(struct blk_backend *d, bool write, u64 sector, u32 sectors)
{
	ask(d, write, sector, sectors);
	assert_int_equal(dones, 1);
	return last;
}

static enum hv_status run_flush(struct blk_backend *d)
{
	req = (struct blk_req){.done = done};
	dones = 0;
	d->ops->flush(d, &req);
	interrupts();
	assert_int_equal(dones, 1);
	return last;
}

static u64 clock_ms;

static void time_passes(u32 ms)
{
	for (u32 end = ms / 500; end; end--) {
		clock_ms += 500;
		host_disks_poll(clock_ms * 1000000);
		interrupts();
	}
}

/* A channel with a disk on it; bm: with a bus master. */
static void machine_with(bool bm)
{
	static const struct ata_channel fresh[CHANNELS] = {
		{.base = 0x1f0, .control = 0x3f6, .irq = 14, .letter = 'a'},
		{.base = 0x170, .control = 0x376, .irq = 15, .letter = 'c'},
		{.letter = 'e'},
		{.letter = 'g'},
	};

	memcpy(channels, fresh, sizeof(channels));
	disks = NULL;
	queues = NULL;
	memset(&model, 0, sizeof(model));
	memset(&machine, 0, sizeof(machine));
	machine.pci = bm;
	machine.prog_if = 0x80;
	machine.bar[4] = MODEL_BM | 1;
	model.status = 0x50;
	model.drive[0].kind = DISK;
	words_of(&model.drive[0], "A disk", 256);
	for (u32 i = 0; i < sizeof(model.drive[0].medium); i++)
		model.drive[0].medium[i] = (u8)(i / 512 * 7 + i);
	clock_ms = 1000;
	dones = 0;
}

static int with_dma(void **state)
{
	(void)state;
	machine_with(true);
	return 0;
}

static int with_pio(void **state)
{
	(void)state;
	machine_with(false);
	return 0;
}

static struct blk_backend *probe(const char *name)
{
	ata_probe();
	for (struct disk *d = disks; d; d = d->next)
		if (!strcmp(d->backend.name, name))
			return &d->backend;
	return NULL;
}

static void read_all(struct blk_backend *d)
{
	memset(data, 0, sizeof(data));
	assert_int_equal(run(d, false, 0, 256), HV_OK);
	assert_memory_equal(data, model.drive[0].medium, sizeof(data));
}

/* ---- Finding ------------------------------------------------------------------------------ */

static void finds_a_disk(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->sectors, 256);
	assert_false(d->readonly);
	assert_null(disks->next); /* nobody else */
	assert_int_equal(machine.irq, 14);
	assert_int_equal(machine.command & 5, 5);
	assert_int_equal(model.control, 0);
	assert_int_equal(model.drive[0].block, 8);
	assert_int_equal(model.resets, 0);
}

static void finds_no_ghosts(void **state)
{
	(void)state;
	model.drive[1].kind = GHOST;
	assert_non_null(probe("hda"));
	assert_null(disks->next);
}

static void finds_a_slave(void **state)
{
	struct blk_backend *d;

	(void)state;
	model.drive[0].kind = PACKET;
	model.drive[1].kind = DISK;
	words_of(&model.drive[1], "Second", 100);
	d = probe("hdb");
	assert_null(disks->next);
	assert_non_null(d);
	memset(data, 0x5a, sizeof(data));
	assert_int_equal(run(d, true, 99, 1), HV_OK);
	assert_int_equal(model.drive[1].medium[99 * 512], 0x5a);
	assert_int_equal(model.drive[0].medium[99 * 512], (u8)(99 * 7));
}

static void floating_bus(void **state)
{
	(void)state;
	model.dead_bus = true;
	assert_null(probe("hda"));
	assert_int_equal(model.commands, 0);
}

static void busy_for_ever(void **state)
{
	(void)state;
	model.fault = HANGS;
	model.faults = 1000;
	model.status = 0x80;
	assert_null(probe("hda"));
	assert_int_equal(model.commands, 0);
}

static void native_controller(void **state)
{
	(void)state;
	machine.prog_if = 0x80 | 1 | 4;
	machine.bar[0] = MODEL_BASE | 1;
	machine.bar[1] = (MODEL_CONTROL - 2) | 1;
	channels[0].base = 0; /* nothing at the conventional ports */
	assert_non_null(probe("hde"));
	assert_int_equal(machine.irq, 10);
	read_all(&disks->backend);
}

static void lent_to_a_guest(void **state)
{
	(void)state;
	machine.lent = true;
	assert_null(probe("hda"));
	assert_int_equal(model.commands, 0);
	assert_int_equal(machine.command, 0);
}

static void cache_that_cannot_be_flushed(void **state)
{
	(void)state;
	model.drive[0].identity[83] = 0x4000;
	assert_non_null(probe("hda"));
	assert_true(model.drive[0].cache_off);
	assert_int_equal(run_flush(&disks->backend), HV_OK);
	assert_int_equal(model.drive[0].flushes, 0);
}

/* ---- Data --------------------------------------------------------------------------------- */

static void dma(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	read_all(d);
	assert_int_equal(model.dma_commands, 4);
	memset(data, 0x77, sizeof(data));
	assert_int_equal(run(d, true, 3, 130), HV_OK);
	assert_int_equal(model.drive[0].medium[3 * 512 - 1], (u8)(2 * 7 + 3 * 512 - 1));
	assert_int_equal(model.drive[0].medium[3 * 512], 0x77);
	assert_int_equal(model.drive[0].medium[133 * 512 - 1], 0x77);
	assert_int_not_equal(model.drive[0].medium[133 * 512 + 1], 0x77);
	assert_int_equal(run_flush(d), HV_OK);
	assert_int_equal(model.drive[0].flushes, 1);
	assert_true(model.drive[0].flush_48);
}

static void pio(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	read_all(d);
	assert_int_equal(model.dma_commands, 0);
	assert_int_equal(model.multiple_commands, 4);
	memset(data, 0x77, sizeof(data));
	assert_int_equal(run(d, true, 3, 130), HV_OK);
	assert_int_equal(model.drive[0].medium[3 * 512], 0x77);
	assert_int_equal(model.drive[0].medium[133 * 512 - 1], 0x77);
	assert_int_not_equal(model.drive[0].medium[133 * 512 + 1], 0x77);
}

static void pio_by_single_sectors(void **state)
{
	struct blk_backend *d;

	(void)state;
	model.drive[0].identity[47] = 0x8000;
	d = probe("hda");
	read_all(d);
	assert_int_equal(model.multiple_commands, 0);
	memset(data, 0x11, sizeof(data));
	assert_int_equal(run(d, true, 0, 9), HV_OK);
	assert_int_equal(model.drive[0].medium[9 * 512 - 1], 0x11);
}

static void no_dma_mode_chosen(void **state)
{
	(void)state;
	model.drive[0].identity[63] = 0x0007;
	read_all(probe("hda"));
	assert_int_equal(model.dma_commands, 0);
}

static void addresses(void **state)
{
	struct blk_backend *d;

	(void)state;
	model.drive[0].identity[60] = 0xffff;
	model.drive[0].identity[61] = 0x0fff;
	model.drive[0].identity[101] = 0xffff; /* 4 G sectors and more */
	model.drive[0].identity[102] = 1;
	d = probe("hda");
	assert_true(d->sectors == 0x1ffff0100ull);
	assert_int_equal(run(d, false, 0x0ffffff0, 4), HV_OK);
	assert_int_equal(model.ext_commands, 0);
	assert_int_equal(model.sector, 0xf0);
	assert_int_equal(run(d, false, 0x0ffffff0, 64), HV_OK); /* goes over the border */
	assert_int_equal(model.ext_commands, 1);
	assert_int_equal(run(d, false, 0x123456789ull, 64), HV_OK);
	assert_int_equal(model.lba[0][1], 0x23);
	assert_int_equal(model.lba[1][1], 0x01);
	assert_int_equal(model.lba[2][0], 0x45);
}

static void fault(enum model_fault f, u32 times)
{
	model.fault = f;
	model.faults = times;
}

/* ---- Packet drives ----------------------------------------------------------------------------
 */

static int with_disc(void **state)
{
	struct model_drive *d = &model.drive[0];

	(void)state;
	machine_with(true);
	d->kind = PACKET;
	memset(d->identity, 0, sizeof(d->identity));
	d->identity[0] = 0x8580;
	memcpy(d->identity + 27, "wDro eniisce",
	       12); /* each word's first letter is in its high byte */
	model.attentions = 1;
	model.block_bytes = 2048;
	return 0;
}

static void finds_a_disc(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->sectors, 256);
	assert_true(d->readonly);
}

static void reads_a_disc(void **state)
{
	static const u32 pieces[] = {0, 2048, 1000, 514};
	struct blk_backend *d = probe("hda");

	(void)state;
	read_all(d);
	for (u32 i = 0; i < ARRAY_LEN(pieces); i++)
		for (u32 at = 0; at < 11; at++)
			for (u32 n = 1; n < 70; n += 1 + n / 4) {
				model.piece = pieces[i];
				model.slow_drq = false;
				memset(data, 0xee, sizeof(data));
				assert_int_equal(run(d, false, at, n), HV_OK);
				assert_memory_equal(data, model.drive[0].medium + at * 512,
						    n * 512);
				assert_int_equal(data[n * 512], 0xee);
			}
	assert_int_equal(run(d, false, 255, 1), HV_OK); /* the last one */
	assert_int_equal(run(d, true, 0, 1), HV_BADARG);
	assert_int_equal(run_flush(d), HV_OK);
}

static void no_disc(void **state)
{
	(void)state;
	model.sense_code = 0x3a;
	assert_null(probe("hda"));
	assert_true(model.packets < 6); /* nobody waits for one */
}

static void odd_discs(void **state)
{
	static const u16 words[] = {0x8081, 0x8180, 0x8581, 0x0580};

	(void)state;
	model.block_bytes = 512;
	assert_null(probe("hda"));
	for (u32 i = 0; i < ARRAY_LEN(words); i++) {
		with_disc(NULL);
		model.drive[0].identity[0] = words[i];
		assert_null(probe("hda"));
		assert_int_equal(model.packets, 0);
	}
	with_disc(NULL); /* it never gets ready: an end is found */
	model.sense_code = 0x04;
	assert_null(probe("hda"));
	with_disc(NULL);
	model.attentions = 255;
	assert_null(probe("hda"));
}

static void disc_faults(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(BAD_SECTOR, 2); /* read again */
	assert_int_equal(run(d, false, 3, 4), HV_OK);
	fault(BAD_SECTOR, 3);
	assert_int_equal(run(d, false, 3, 4), HV_IO);
	read_all(d);
	model.attentions = 1; /* another disc */
	read_all(d);
	model.sense_code = 0x3a; /* none any more */
	assert_int_equal(run(d, false, 0, 1), HV_IO);
	model.sense_code = 0;
	read_all(d);
}

/* Lengths that a drive cannot mean; it is reset then, and works again. */
static void disc_lies(void **state)
{
	static const u32 lies[] = {0xfffe, 4098, 0x10000};
	struct blk_backend *d = probe("hda");

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lies); i++) {
		model.length_lie = lies[i];
		ask(d, false, 0, 4);
		time_passes(40000);
		assert_int_equal(dones, 1);
		assert_int_equal(last, HV_IO);
		model.length_lie = 0;
		read_all(d);
	}
}

static void disc_lost_interrupts(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(NO_INTERRUPT, 2);
	ask(d, false, 1, 4);
	assert_int_equal(dones, 0);
	time_passes(5000);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	assert_memory_equal(data, model.drive[0].medium + 512, 4 * 512);
	read_all(d);
}

/* ---- Faults ------------------------------------------------------------------------------- */

static void bad_sector(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(BAD_SECTOR, 1);
	assert_int_equal(run(d, false, 5, 1), HV_IO);
	read_all(d);
}

static void bad_transfers(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(BAD_TRANSFER, 2);
	assert_int_equal(run(d, false, 5, 1), HV_OK);
	fault(BAD_MASTER, 1); /* the third: no more DMA */
	assert_int_equal(run(d, true, 5, 1), HV_OK);
	model.dma_commands = 0;
	read_all(d);
	assert_int_equal(model.dma_commands, 0);
}

static void lost_interrupts(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(NO_INTERRUPT, 1);
	ask(d, false, 0, 16);
	assert_int_equal(dones, 0);
	time_passes(1000);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	assert_memory_equal(data, model.drive[0].medium, 16 * 512);
	assert_int_equal(model.resets, 0);
	fault(NO_INTERRUPT, 1);
	ask(d, true, 0, 1);
	time_passes(1000);
	assert_int_equal(dones, 1);
	read_all(d);
}

static void stray_interrupts(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	machine.fn(machine.ctx);
	fault(NO_INTERRUPT, 1); /* busy, and somebody else raises the line */
	model.slow_drq = true;
	ask(d, true, 0, 1);
	model.status = 0xd0;
	machine.fn(machine.ctx);
	machine.fn(machine.ctx);
	assert_int_equal(dones, 0);
	model.status = 0x50;
	if (model.phase == M_WRITE)
		model_block(false);
	time_passes(1500);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	model.slow_drq = false;
	read_all(d);
}

static void hangs_then_resets(void **state)
{
	struct blk_backend *d = probe("hda");
	bool was_dma = machine.pci;

	(void)state;
	fault(HANGS, 1);
	ask(d, false, 0, 16);
	time_passes(30000);
	assert_int_equal(dones, 0);
	assert_int_equal(model.resets, 0);
	model.busy_polls = 5;
	time_passes(6000);
	assert_int_equal(model.resets, 1);
	/* By DMA it is tried again without; by PIO there is nothing else to try. */
	assert_int_equal(dones, 1);
	assert_int_equal(last, was_dma ? HV_OK : HV_IO);
	model.dma_commands = model.multiple_commands = 0;
	read_all(d);
	assert_int_equal(model.dma_commands + model.multiple_commands, 0);
}

static void never_comes_back(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(HANGS, 1000);
	ask(d, false, 0, 16);
	time_passes(70000);
	assert_int_equal(model.resets, 1);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(run(d, false, 0, 1), HV_IO);
	assert_false(host_disks_busy());
}

static void pulled_out(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(GONE, 1);
	ask(d, true, 0, 16);
	time_passes(1500);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(run_flush(d), HV_IO);
}

static void cancelled(void **state)
{
	struct blk_backend *d = probe("hda");
	int ctx;

	(void)state;
	memset(data, 0xee, sizeof(data));
	req = (struct blk_req){.sector = 1, .sectors = 64, .buf = data, .done = done, .ctx = &ctx};
	d->ops->submit(d, &req);
	d->ops->cancel(d, &ctx);
	memset(&req, 0xff, sizeof(req));
	interrupts();
	assert_int_equal(dones, 0);
	assert_int_equal(data[0], 0xee);
	read_all(d);
}

/* A transfer that failed half way does not keep the next flush waiting. */
static void flush_after_bad_sector(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(BAD_SECTOR, 1);
	assert_int_equal(run(d, false, 5, 1), HV_IO);
	req = (struct blk_req){.done = done};
	dones = 0;
	d->ops->flush(d, &req);
	interrupts();
	for (u32 t = 0; t < 80 && !dones; t++)
		time_passes(500);
	assert_int_equal(model.resets, 0);
	assert_int_equal(last, HV_OK);
}

/* After the reset the second try has as long as any command. */
static void second_try_has_time(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	fault(HANGS, 1);
	ask(d, true, 0, 16);
	model.slow_drq = true; /* the drive takes a second for the first block */
	for (u32 t = 0; t < 80 && !model.resets; t++)
		time_passes(500);
	assert_int_equal(model.resets, 1);
	time_passes(500); /* out of the reset, tried again */
	time_passes(500);
	assert_int_equal(model.resets, 1);
}

/* ---- The description of a drive ------------------------------------------------------------ */

static void identities(void **state)
{
	struct model_drive d;
	struct ata_identity id;

	(void)state;
	words_of(&d, "Model \x01 of 40 letters, all of them used!", 1000);
	assert_null(ata_identify(d.identity, &id));
	assert_string_equal(id.model, "Model   of 40 letters, all of them used!");
	assert_true(id.lba48 && id.dma && id.flush && id.flush_ext && id.write_cache);
	assert_int_equal(id.block, 8);
	d.identity[47] = 0x8003;
	assert_null(ata_identify(d.identity, &id));
	assert_int_equal(id.block, 2);
	d.identity[83] = 0x3400; /* not marked as valid */
	assert_null(ata_identify(d.identity, &id));
	assert_false(id.lba48 || id.flush || id.flush_ext);
	d.identity[53] = 0;
	d.identity[63] = 7;
	d.identity[88] = 0x203f; /* means nothing now */
	assert_null(ata_identify(d.identity, &id));
	assert_false(id.dma);
	d.identity[106] = 0x5000;
	assert_non_null(ata_identify(d.identity, &id));
	d.identity[106] = 0xffff;
	assert_null(ata_identify(d.identity, &id));
	d.identity[49] = 0x0100;
	assert_non_null(ata_identify(d.identity, &id));
	memset(&d, 0xff, sizeof(d));
	assert_non_null(ata_identify(d.identity, &id));
	memset(&d, 0, sizeof(d));
	assert_non_null(ata_identify(d.identity, &id));
}

static void region(const struct ata_region *r, u32 address, u16 length, bool end)
{
	assert_int_equal(r->address, address);
	assert_int_equal(r->bytes, length);
	assert_int_equal(r->end, end ? 0x8000 : 0);
}

static void regions(void **state)
{
	struct ata_region t[ATA_REGIONS];

	(void)state;
	assert_int_equal(ata_regions(t, 0x12340000, 0x8000), 1);
	region(&t[0], 0x12340000, 0x8000, true);
	assert_int_equal(ata_regions(t, 0x1234f000, 0x8000), 2);
	region(&t[0], 0x1234f000, 0x1000, false);
	region(&t[1], 0x12350000, 0x7000, true);
	assert_int_equal(ata_regions(t, 0x10000, 0x10000), 1);
	region(&t[0], 0x10000, 0, true);
	assert_int_equal(ata_regions(t, 0x1fe00, 0x20000), 3);
	region(&t[1], 0x20000, 0, false);
	region(&t[2], 0x30000, 0xfe00, true);
}

int main(void)
{
#define DMA(f)	cmocka_unit_test_setup(f, with_dma)
#define DISC(f) cmocka_unit_test_setup(f, with_disc)
#define PIO(f)                                       \
	{                                            \
#f " (PIO)", f, with_pio, NULL, NULL \
	}
	const struct CMUnitTest tests[] = {
		DMA(finds_a_disk),
		DMA(finds_no_ghosts),
		DMA(finds_a_slave),
		DMA(floating_bus),
		DMA(busy_for_ever),
		DMA(native_controller),
		DMA(lent_to_a_guest),
		DMA(dma),
		PIO(pio),
		DMA(addresses),
		PIO(pio_by_single_sectors),
		DMA(bad_sector),
		PIO(bad_sector),
		DMA(bad_transfers),
		DMA(no_dma_mode_chosen),
		DMA(lost_interrupts),
		PIO(lost_interrupts),
		PIO(stray_interrupts),
		DMA(cache_that_cannot_be_flushed),
		DMA(hangs_then_resets),
		PIO(hangs_then_resets),
		DMA(never_comes_back),
		PIO(never_comes_back),
		DMA(pulled_out),
		PIO(pulled_out),
		DMA(cancelled),
		PIO(cancelled),
		PIO(flush_after_bad_sector),
		DMA(flush_after_bad_sector),
		DMA(second_try_has_time),
		DISC(finds_a_disc),
		DISC(reads_a_disc),
		DISC(no_disc),
		DISC(odd_discs),
		DISC(disc_faults),
		DISC(disc_lies),
		DISC(disc_lost_interrupts),
		cmocka_unit_test(identities),
		cmocka_unit_test(regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
